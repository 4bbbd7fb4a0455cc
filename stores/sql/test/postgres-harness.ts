import { newId } from '@parley/model'
import type { NewUser, StoreHarness } from '@parley/testkit'
import { type PostgresServer, startPostgres } from '@parley/testkit/postgres'
import { Kysely } from 'kysely'
import pg from 'pg'
import { openPostgresStore, type PostgresPoolOptions, type PostgresStore } from '../index.ts'
import type { StoreDatabase } from '../schema.ts'

export interface PostgresHarness extends StoreHarness {
  readonly store: PostgresStore
  readonly url: string
}

/** Writes an account the way Better Auth does. */
async function addUser(store: PostgresStore, user: NewUser) {
  const { id = newId(), username, disabled = false, role = 'user', avatar = null } = user
  await new Kysely<StoreDatabase>({ dialect: store.kyselyDialect })
    .insertInto('user')
    .values({
      ...{ id, name: username, email: `${id}@example.test`, image: avatar, role: null },
      ...{ username: username.toLowerCase(), displayUsername: username, banReason: null, banExpires: null },
      ...(role === 'admin' ? { role: 'user,admin' } : {}),
      ...({ emailVerified: false, isAnonymous: role === 'guest', banned: disabled } as unknown as {
        emailVerified: number
        isAnonymous: number
        banned: number
      }),
      ...({ createdAt: new Date(), updatedAt: new Date() } as unknown as {
        createdAt: string
        updatedAt: string
      }),
    })
    .execute()
  const found = await store.directory.find(id)
  if (found === null) throw new Error('the account was not stored')
  return found
}

/** Deletes every row but those that a migration wrote. */
async function emptyDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(TABLES.map((table) => `delete from ${table}`).join(';'))
  await client.end()
}

const TABLES = [
  ...['"user"', 'conversations', 'members', 'former_members', 'messages', 'emojis', 'reactions', 'mentions'],
  ...['rooms', 'room_members', 'retired_codes', 'user_state'],
]

/** Stores on databases of their own, of one server. */
export class PostgresStores {
  readonly server: PostgresServer
  readonly #template: string
  #shared: string | undefined

  private constructor(server: PostgresServer, template: string) {
    this.server = server
    this.#template = template
  }

  static async start(): Promise<PostgresStores> {
    const server = await startPostgres()
    const template = await server.createDatabase()
    // Migrated once: a copy is made faster than the schema.
    await (await openPostgresStore({ url: template })).close()
    return new PostgresStores(server, template)
  }

  /** An empty database with the schema. */
  database(): Promise<string> {
    return this.server.createDatabase(this.#template)
  }

  /** A store on an empty database: on one that the stores before it have left, to spare making it. */
  async open(options: Partial<PostgresPoolOptions> = {}): Promise<PostgresHarness> {
    this.#shared ??= await this.database()
    const url = this.#shared
    await emptyDatabase(url)
    const settings = { url, maxConnections: 4, minConnections: 0, ...options }
    const opened = [await openPostgresStore(settings)]
    const store = opened[0]!
    return {
      store,
      url,
      addUser: (user) => addUser(store, user),
      reopen: async () => {
        await Promise.all(opened.map((each) => each.close()))
        const next = await openPostgresStore(settings)
        opened.push(next)
        return next
      },
      close: async () => {
        await Promise.all(opened.map((each) => each.close()))
      },
    }
  }

  stop(): Promise<void> {
    return this.server.stop()
  }
}
