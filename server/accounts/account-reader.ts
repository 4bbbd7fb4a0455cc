import type { Account } from '@parley/model'
import { type CompiledQuery, type Dialect, Kysely } from 'kysely'
import { withFaults } from './account-faults.ts'
import type { Auth } from './auth.ts'
import type { RecordSource } from './record-cache.ts'
import { type SessionRecord, toAccount, toSession } from './records.ts'

type Row = Record<string, unknown>
type Column = 'id' | 'token' | 'email' | 'username'
interface Tables {
  readonly session: Row
  readonly user: Row
}

/** Stands for the value in a query that is made once. */
const PLACE = '\u0000'

/** Reads accounts and sessions, past every cache. Rejects with `UNAVAILABLE` while the database is away. */
export class AccountReader implements RecordSource {
  readonly #auth: Auth
  readonly #db: Kysely<Tables>
  readonly #queries = new Map<string, CompiledQuery<Row>>()
  #asked = 0

  constructor(auth: Auth, dialect: Dialect) {
    this.#auth = auth
    this.#db = new Kysely({ dialect })
  }

  /** How often one account or session was looked for. */
  get asked(): number {
    return this.#asked
  }

  async sessionById(id: string): Promise<SessionRecord | null> {
    const row = await this.#findOne('session', 'id', id)
    return row === null ? null : toSession(row)
  }

  async sessionByToken(token: string): Promise<SessionRecord | null> {
    const row = await this.#findOne('session', 'token', token)
    return row === null ? null : toSession(row)
  }

  async accountById(id: string): Promise<Account | null> {
    return this.#findAccount('id', id)
  }

  /** Whatever the case. */
  async accountByName(username: string): Promise<Account | null> {
    return this.#findAccount('username', username.toLowerCase())
  }

  /** Whatever the case. */
  async accountByEmail(email: string): Promise<Account | null> {
    return this.#findAccount('email', email.toLowerCase())
  }

  async isTaken(username: string, email: string | null): Promise<boolean> {
    if ((await this.accountByName(username)) !== null) return true
    return email !== null && (await this.accountByEmail(email)) !== null
  }

  /** Everybody, disabled accounts and guests too, by username ascending. `limit` 1 to 1,000. */
  async list(page: { after?: string; limit: number }): Promise<Account[]> {
    const { adapter } = await this.#auth.$context
    const after = (page.after ?? '').toLowerCase()
    const rows = await withFaults(() =>
      adapter.findMany<Row>({
        model: 'user',
        limit: page.limit,
        sortBy: { field: 'username', direction: 'asc' },
        where: [{ field: 'username', operator: 'gt', value: after }],
      }),
    )
    return rows.map(toAccount)
  }

  /** Guests made before `before` (epoch ms) with an id above `after`, ascending. */
  async listGuests(query: { before: number; after: string; limit: number }): Promise<Account[]> {
    const { adapter } = await this.#auth.$context
    const rows = await withFaults(() =>
      adapter.findMany<Row>({
        model: 'user',
        limit: query.limit,
        sortBy: { field: 'id', direction: 'asc' },
        where: [
          { field: 'isAnonymous', value: true },
          { field: 'createdAt', operator: 'lt', value: new Date(query.before) },
          { field: 'id', operator: 'gt', value: query.after },
        ],
      }),
    )
    return rows.map(toAccount)
  }

  async hasAdmin(): Promise<boolean> {
    const { adapter } = await this.#auth.$context
    const admins = await withFaults(() =>
      adapter.count({ model: 'user', where: [{ field: 'role', value: 'admin' }] }),
    )
    return admins > 0
  }

  async #findAccount(field: 'id' | 'email' | 'username', value: string): Promise<Account | null> {
    const row = await this.#findOne('user', field, value)
    return row === null ? null : toAccount(row)
  }

  /** Past Better Auth's adapter, which makes and traces a query for each call: every connection asks twice. */
  async #findOne(table: keyof Tables, column: Column, value: string): Promise<Row | null> {
    this.#asked += 1
    const query = this.#queryOf(table, column)
    const parameters = query.parameters.map((parameter) => (parameter === PLACE ? value : parameter))
    const { rows } = await withFaults(() => this.#db.executeQuery<Row>({ ...query, parameters }))
    const [row] = rows
    return row ?? null
  }

  #queryOf(table: keyof Tables, column: Column): CompiledQuery<Row> {
    const name = `${table} ${column}`
    const known = this.#queries.get(name)
    if (known !== undefined) return known
    const query = this.#db.selectFrom(table).selectAll().where(column, '=', PLACE).limit(1).compile()
    this.#queries.set(name, query)
    return query
  }
}
