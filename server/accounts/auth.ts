import { randomBytes } from 'node:crypto'
import { type Observer, silentObserver } from '@parley/core'
import { newId } from '@parley/model'
import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { getMigrations } from 'better-auth/db/migration'
import { admin, anonymous, bearer, username } from 'better-auth/plugins'
import { Kysely } from 'kysely'
import type { AccountsDatabase } from '../storage.ts'
import { accountHooks, nameHooks } from './auth-hooks.ts'
import { USERNAME } from './names.ts'
import { TOKEN_LIFETIME } from './tokens.ts'

/** Better Auth reads the client's address from this header alone, which the dispatcher writes and nobody else can. */
export const CLIENT_ADDRESS_HEADER = 'x-parley-client-address'

/** Links are relative and origins come from the origin policy: nothing may depend on a request's Host header. */
export const AUTH_BASE_URL = 'http://localhost'

export interface AuthOptions {
  /** Better Auth makes its own Kysely over it; the worker's dialect needs no transactions for it. */
  readonly database: AccountsDatabase
  readonly secret: string
  /** Hears of every session that ends, whatever ended it; null: every session of the user. */
  readonly onIdentityEnded: (userId: string, sessionId: string | null) => void
  readonly onAccountChanged: (userId: string) => void
  readonly onAccountRemoved: (userId: string) => void
  readonly observer: Observer
}

const toOptions = (options: AuthOptions) =>
  ({
    secret: options.secret,
    baseURL: AUTH_BASE_URL,
    basePath: '/api/auth',
    database: { db: new Kysely({ dialect: options.database.dialect }), type: options.database.type },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      revokeSessionsOnPasswordReset: true,
    },
    session: { expiresIn: TOKEN_LIFETIME, updateAge: 24 * 60 * 60, cookieCache: { enabled: false } },
    // The dispatcher refused foreign origins before: what comes here with an Origin has a good one.
    trustedOrigins: async (request?: Request) => {
      const origin = request?.headers.get('origin')
      return origin === null || origin === undefined ? [] : [origin]
    },
    // Refusals are answered and, where they matter, audited by the guard; it would print them on stderr.
    onAPIError: {
      onError: (error: unknown) => {
        if (!(error instanceof APIError)) options.observer.error('account operation failed', error)
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // Its own sentences may name addresses: only the error object goes to our log, and it holds no values.
    logger: {
      level: 'error' as const,
      log: (level: string, _message: string, ...rest: unknown[]) => {
        const error = rest.find((value) => value instanceof Error)
        if (level === 'error' && error !== undefined)
          options.observer.error('account operation failed', error)
      },
    },
    advanced: {
      useSecureCookies: false,
      database: { generateId: () => newId(), defaultFindManyLimit: 10_000 },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    plugins: [
      username({
        minUsernameLength: USERNAME.min,
        maxUsernameLength: USERNAME.max,
        usernameValidator: (name: string) => USERNAME.pattern.test(name),
      }),
      bearer({ requireSignature: true }),
      admin({ adminRoles: ['admin'], bannedUserMessage: 'This account is disabled' }),
      anonymous(),
    ],
    databaseHooks: accountHooks(options),
    hooks: nameHooks(options),
  }) satisfies BetterAuthOptions

const build = (options: AuthOptions) => betterAuth(toOptions(options))

export type Auth = ReturnType<typeof build>

/**
 * Makes the tables of accounts, or brings them up to date. By an instance of its own: one looks at the tables as it is built, and
 * refuses everything from then on when another node makes them a moment later.
 */
export const makeAccountTables = (database: AccountsDatabase): Promise<void> => {
  const nothing = (): void => {}
  const listeners = { onIdentityEnded: nothing, onAccountChanged: nothing, onAccountRemoved: nothing }
  const secret = randomBytes(32).toString('base64url')
  return database.exclusively(async () => {
    const { options } = build({ database, secret, observer: silentObserver, ...listeners })
    const { runMigrations } = await getMigrations(options)
    await runMigrations()
  })
}

/** Better Auth on our database, its tables made or brought up to date. */
export const createAuth = async (options: AuthOptions): Promise<Auth> => {
  await makeAccountTables(options.database)
  return build(options)
}
