import type { Account } from '@parley/model'
import { withFaults } from './account-faults.ts'
import type { Auth } from './auth.ts'
import type { RecordSource } from './record-cache.ts'
import { type SessionRecord, toAccount, toSession } from './records.ts'

type Row = Record<string, unknown>

/** Reads accounts and sessions, past every cache. Rejects with `UNAVAILABLE` while the database is away. */
export class AccountReader implements RecordSource {
  readonly #auth: Auth

  constructor(auth: Auth) {
    this.#auth = auth
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

  async #findOne(model: 'user' | 'session', field: string, value: string): Promise<Row | null> {
    const { adapter } = await this.#auth.$context
    return withFaultsOrNull(() => adapter.findOne<Row>({ model, where: [{ field, value }] }))
  }
}

/** Nobody found is an answer. */
const withFaultsOrNull = async <T>(call: () => Promise<T | null>): Promise<T | null> =>
  (await withFaults(async () => ({ found: await call() }))).found
