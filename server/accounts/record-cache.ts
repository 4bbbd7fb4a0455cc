import type { Account } from '@parley/model'
import { LRUCache } from 'lru-cache'
import type { SessionRecord } from './records.ts'

/** How long a row is believed (ms), and how many are kept. A revocation on this node is heard at once. */
const TTL = 30_000
const MAX_RECORDS = 50_000

/** Where rows come from; rejects while the database is away. */
export interface RecordSource {
  sessionById(id: string): Promise<SessionRecord | null>
  sessionByToken(token: string): Promise<SessionRecord | null>
  accountById(id: string): Promise<Account | null>
}

/** Sessions and accounts in front of the database. What is absent is never remembered. */
export class RecordCache implements RecordSource {
  readonly #source: RecordSource
  readonly #sessions = new LRUCache<string, SessionRecord>({ max: MAX_RECORDS, ttl: TTL })
  readonly #idsByToken = new LRUCache<string, string>({ max: MAX_RECORDS, ttl: TTL })
  readonly #accounts = new LRUCache<string, Account>({ max: MAX_RECORDS, ttl: TTL })
  /** Rises with every `forget`: a row that was being read meanwhile may be the old one, and is not kept. */
  #generation = 0

  constructor(source: RecordSource) {
    this.#source = source
  }

  async sessionById(id: string): Promise<SessionRecord | null> {
    return this.#sessions.get(id) ?? this.#keepSession(() => this.#source.sessionById(id))
  }

  async sessionByToken(token: string): Promise<SessionRecord | null> {
    const id = this.#idsByToken.get(token)
    const known = id === undefined ? undefined : this.#sessions.get(id)
    return known ?? this.#keepSession(() => this.#source.sessionByToken(token))
  }

  async accountById(id: string): Promise<Account | null> {
    const known = this.#accounts.get(id)
    if (known !== undefined) return known
    const generation = this.#generation
    const account = await this.#source.accountById(id)
    if (account !== null && generation === this.#generation) this.#accounts.set(id, account)
    return account
  }

  forgetAccount(userId: string): void {
    this.#generation += 1
    this.#accounts.delete(userId)
  }

  /** After the end of one session (null: of every session) of it. */
  forget(userId: string, sessionId: string | null): void {
    this.forgetAccount(userId)
    if (sessionId !== null) {
      this.#sessions.delete(sessionId)
      return
    }
    for (const [id, session] of this.#sessions.entries()) {
      if (session.userId === userId) this.#sessions.delete(id)
    }
  }

  async #keepSession(load: () => Promise<SessionRecord | null>): Promise<SessionRecord | null> {
    const generation = this.#generation
    const session = await load()
    if (session !== null && generation === this.#generation) {
      this.#sessions.set(session.id, session)
      this.#idsByToken.set(session.token, session.id)
    }
    return session
  }
}
