import type { Authenticator, Clock, Identity, Observer } from '@parley/core'
import { type Account, Fault, newId } from '@parley/model'
import type { AccountsDatabase } from '../storage.ts'
import { unavailable, withFaults } from './account-faults.ts'
import { AccountReader } from './account-reader.ts'
import { type Auth, CLIENT_ADDRESS_HEADER, createAuth } from './auth.ts'
import { createAuthenticator } from './authenticator.ts'
import { RecordCache } from './record-cache.ts'
import { toAccount } from './records.ts'
import { deriveAuthSecret, SessionSigner } from './session-cookie.ts'
import { createTokens, TOKEN_LIFETIME, type Tokens } from './tokens.ts'

/** Where a request comes from, for the session's record. */
export interface ClientInfo {
  readonly address: string
  readonly userAgent: string
}

/** Somebody who just signed in. */
export interface SignedIn {
  readonly account: Account
  /** Our JWT. */
  readonly token: string
  /** Signed value of the session cookie. */
  readonly cookie: string
  readonly sessionId: string
}

export interface Registration {
  readonly username: string
  readonly email: string
  readonly password: string
  readonly avatar?: string | undefined
}

export interface AccountsOptions {
  /** Of the database that holds (or will hold) Better Auth's tables. */
  readonly database: AccountsDatabase
  readonly jwtSecret: string
  readonly clock: Clock
  readonly observer: Observer
  /** A session ended (null: every session of the user): publish it to all nodes. Must not throw. */
  readonly onIdentityEnded: (userId: string, sessionId: string | null) => void
  /** An account's name, avatar, role or ban changed: forget what is remembered of it. Must not throw. */
  readonly onAccountChanged?: (userId: string) => void
  /** An account is gone, after its sessions ended: end what it is part of. Must not throw. */
  readonly onAccountRemoved?: (userId: string) => void
}

/** Accounts, sessions and tokens. Refusals are `Fault`s; the database being away is `UNAVAILABLE`. */
export class Accounts {
  readonly authenticator: Authenticator
  /** Better Auth's own routes: everything under `/api/auth/` but our six paths. */
  readonly handler: (request: Request) => Promise<Response>
  /** Past every cache. */
  readonly reader: AccountReader
  readonly #auth: Auth
  readonly #tokens: Tokens
  readonly #signer: SessionSigner
  readonly #records: RecordCache
  readonly #observer: Observer

  /** Makes or updates the tables, then answers. */
  static async open(options: AccountsOptions): Promise<Accounts> {
    const secret = deriveAuthSecret(options.jwtSecret)
    let accounts: Accounts | undefined
    const auth = await createAuth({
      database: options.database,
      secret,
      observer: options.observer,
      onIdentityEnded: (userId, sessionId) => {
        accounts?.invalidate(userId, sessionId)
        options.observer.audit('session revoked', { userId, sessionId })
        options.onIdentityEnded(userId, sessionId)
      },
      onAccountChanged: (userId) => {
        accounts?.accountChanged(userId)
        options.onAccountChanged?.(userId)
      },
      onAccountRemoved: (userId) => {
        accounts?.accountChanged(userId)
        options.onAccountChanged?.(userId)
        options.onAccountRemoved?.(userId)
      },
    })
    accounts = new Accounts(auth, new SessionSigner(secret), options)
    return accounts
  }

  private constructor(auth: Auth, signer: SessionSigner, options: AccountsOptions) {
    this.#auth = auth
    this.reader = new AccountReader(auth, options.database.dialect)
    this.#signer = signer
    this.#observer = options.observer
    this.#tokens = createTokens(options.jwtSecret)
    this.#records = new RecordCache(this.reader)
    this.handler = auth.handler
    this.authenticator = createAuthenticator({
      tokens: this.#tokens,
      signer,
      records: this.#records,
      clock: options.clock,
      observer: options.observer,
    })
  }

  /** Forgets what is cached of a user's session (null: of all). For `identity.ended` of other nodes. */
  invalidate(userId: string, sessionId: string | null): void {
    this.#records.forget(userId, sessionId)
  }

  accountChanged(userId: string): void {
    this.#records.forgetAccount(userId)
  }

  /** Rejects with `CONFLICT` when the name or the address is taken, without saying which. */
  async register(registration: Registration, client: ClientInfo): Promise<SignedIn> {
    const { username, email, password, avatar } = registration
    const body = {
      name: username,
      username,
      displayUsername: username,
      email,
      password,
      ...(avatar === undefined ? {} : { image: avatar }),
    }
    const answer = await withFaults(
      () => this.#auth.api.signUpEmail({ body, headers: toHeaders(client) }),
      () => this.reader.isTaken(username, email),
    )
    const signedIn = await this.#signedIn(answer.token)
    this.#observer.audit('registered', { userId: signedIn.account.id, address: client.address })
    return signedIn
  }

  /** Who a sign-in is about; null when nobody. For counting failures per account. */
  async findByLogin(login: {
    email?: string | undefined
    username?: string | undefined
  }): Promise<Account | null> {
    if (login.email !== undefined) return this.reader.accountByEmail(login.email)
    return this.reader.accountByName(login.username ?? '')
  }

  /** Takes the same time whether `account` is somebody or not: a password is hashed either way. */
  async login(account: Account | null, password: string, client: ClientInfo): Promise<SignedIn> {
    const body = { email: account?.email ?? 'nobody@parley.invalid', password }
    const answer = await withFaults(() => this.#auth.api.signInEmail({ body, headers: toHeaders(client) }))
    return this.#signedIn(answer.token)
  }

  /** A guest: an account without a password, removed after 24 h idle. */
  async guest(username: string, client: ClientInfo): Promise<SignedIn> {
    const { internalAdapter } = await this.#auth.$context
    const user = await withFaults(
      () =>
        internalAdapter.createUser(
          {
            ...this.#named(username),
            email: `${newId()}@guests.invalid`,
            emailVerified: false,
            isAnonymous: true,
          },
          { method: 'anonymous' },
        ),
      () => this.reader.isTaken(username, null),
    )
    this.#observer.audit('guest registered', { userId: user.id, address: client.address })
    return this.#startSession(user.id, client)
  }

  /** Ends the session behind the identity; a token that names none cannot be ended. */
  async logout(identity: Identity): Promise<void> {
    if (identity.sessionId === null) return
    const session = await this.reader.sessionById(identity.sessionId)
    const { internalAdapter } = await this.#auth.$context
    if (session !== null) await withFaults(() => internalAdapter.deleteSession(session.token))
  }

  /** Null when there is no such account. Fresh, not cached. */
  async profile(userId: string): Promise<Account | null> {
    return this.reader.accountById(userId)
  }

  async updateProfile(
    userId: string,
    change: { username?: string | undefined; avatar?: string | null | undefined },
  ): Promise<Account> {
    const account = await this.reader.accountById(userId)
    if (account === null) throw new Fault('NOT_FOUND', 'User not found')
    const { username, avatar } = change
    const { internalAdapter } = await this.#auth.$context
    const isOtherName = username !== undefined && username.toLowerCase() !== account.username.toLowerCase()
    await withFaults(
      () =>
        internalAdapter.updateUser(userId, {
          ...(username === undefined ? {} : { displayUsername: username, name: username }),
          // Better Auth would find one's own name taken by oneself.
          ...(isOtherName ? { username } : {}),
          ...(avatar === undefined ? {} : { image: avatar }),
        }),
      async () => isOtherName && (await this.reader.isTaken(username, null)),
    )
    const changed = await this.reader.accountById(userId)
    if (changed === null) throw new Fault('NOT_FOUND', 'User not found')
    return changed
  }

  /** For the command line and the first admin: an account without a session. */
  async createUser(registration: {
    username: string
    password: string
    email?: string | undefined
    admin?: boolean | undefined
  }): Promise<Account> {
    const { username, password, admin = false } = registration
    const email = registration.email ?? `${username.toLowerCase()}@users.invalid`
    const context = await this.#auth.$context
    const hash = await context.password.hash(password)
    const user = await withFaults(
      () =>
        context.internalAdapter.createUser(
          { ...this.#named(username), email, emailVerified: false, role: admin ? 'admin' : 'user' },
          { method: 'email-password' },
        ),
      () => this.reader.isTaken(username, email),
    )
    await withFaults(() =>
      context.internalAdapter.linkAccount({
        userId: user.id,
        providerId: 'credential',
        accountId: user.id,
        password: hash,
      }),
    )
    this.#observer.audit('account created', { userId: user.id, role: admin ? 'admin' : 'user' })
    return toAccount(user)
  }

  /** Disabling ends every session and takes effect on live sockets. False when there is no such account. */
  async setDisabled(userId: string, disabled: boolean): Promise<boolean> {
    if ((await this.reader.accountById(userId)) === null) return false
    const { internalAdapter } = await this.#auth.$context
    await withFaults(async () => {
      await internalAdapter.updateUser(userId, { banned: disabled, banReason: null, banExpires: null })
      if (disabled) await internalAdapter.deleteUserSessions(userId)
    })
    this.#observer.audit(disabled ? 'account disabled' : 'account enabled', { userId })
    return true
  }

  /** A token for an account, with a session of its own: for the command line. */
  async issueToken(userId: string): Promise<string> {
    const account = await this.reader.accountById(userId)
    if (account === null) throw new Fault('NOT_FOUND', 'User not found')
    return (await this.#startSession(userId, { address: '', userAgent: 'parley token' })).token
  }

  /** A fresh token for who has one: the session, if any, lives 7 more days from now. */
  async renewToken(identity: Identity, client: ClientInfo): Promise<SignedIn> {
    const session = identity.sessionId === null ? null : await this.reader.sessionById(identity.sessionId)
    if (session === null) return this.#startSession(identity.userId, client)
    const { internalAdapter } = await this.#auth.$context
    await withFaults(() =>
      internalAdapter.updateSession(session.token, {
        expiresAt: new Date(Date.now() + TOKEN_LIFETIME * 1_000),
      }),
    )
    this.#records.forget(identity.userId, session.id)
    return this.#signedIn(session.token)
  }

  /** The signed bearer that Better Auth's own routes take, for a request that carries our JWT; null: not one of ours. */
  async toSessionBearer(jwt: string): Promise<string | null> {
    const answer = this.#tokens.verify(jwt)
    if (!answer.ok || answer.claims.sessionId === null) return null
    const session = await this.#records.sessionById(answer.claims.sessionId)
    return session === null || session.userId !== answer.claims.userId
      ? null
      : this.#signer.sign(session.token)
  }

  /** Removes an account with its sessions. What it wrote stays. */
  async remove(userId: string): Promise<void> {
    const { internalAdapter } = await this.#auth.$context
    await withFaults(() => internalAdapter.deleteUser(userId))
  }

  #named(username: string) {
    return { name: username, username, displayUsername: username }
  }

  async #startSession(userId: string, client: ClientInfo): Promise<SignedIn> {
    const { internalAdapter } = await this.#auth.$context
    const record = { ipAddress: client.address, userAgent: client.userAgent }
    const session = await withFaults(() => internalAdapter.createSession(userId, false, record))
    return this.#signedIn(session.token)
  }

  async #signedIn(sessionToken: string | null): Promise<SignedIn> {
    const session = sessionToken === null ? null : await this.reader.sessionByToken(sessionToken)
    const account = session === null ? null : await this.reader.accountById(session.userId)
    if (session === null || account === null) throw unavailable()
    const { id: userId, username } = account
    const token = this.#tokens.make({ userId, username, sessionId: session.id })
    return { account, token, cookie: this.#signer.sign(session.token), sessionId: session.id }
  }
}

const toHeaders = ({ address, userAgent }: ClientInfo): Headers => {
  const headers = new Headers({ [CLIENT_ADDRESS_HEADER]: address })
  // Header values are Latin-1; anything else a client sent is not worth a refusal.
  if (/^[\x20-\x7e]*$/.test(userAgent)) headers.set('user-agent', userAgent.slice(0, 500))
  return headers
}
