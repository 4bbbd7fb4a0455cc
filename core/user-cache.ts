import { LRUCache } from 'lru-cache'
import type { MaybePromise } from './maybe-promise.ts'
import type { Directory, DirectoryUser } from './ports/store.ts'

/** How many accounts are remembered, and for how long (ms). An account that changed is forgotten at once on its own node. */
const MAX_USERS = 20_000
const TTL = 30_000

const ABSENT = Symbol('absent')

/** Accounts by id, in front of the directory: a check on the hot path costs a look-up in memory. */
export class UserCache {
  readonly #directory: Directory
  readonly #cache = new LRUCache<string, DirectoryUser | typeof ABSENT>({ max: MAX_USERS, ttl: TTL })
  /** Rises with every `forget`: an account that was being read meanwhile may be the old one, and is not kept. */
  #generation = 0

  constructor(directory: Directory) {
    this.#directory = directory
  }

  /** At once when remembered; rejects with `UNAVAILABLE` while the store is away. */
  find(id: string): MaybePromise<DirectoryUser | null> {
    const cached = this.#cache.get(id)
    if (cached !== undefined) return cached === ABSENT ? null : cached
    return this.#load(id)
  }

  /** Those of the accounts (at most 1,000) that exist; one query for all that are not remembered. */
  async findMany(ids: readonly string[]): Promise<DirectoryUser[]> {
    const unknown = ids.filter((id) => !this.#cache.has(id))
    const generation = this.#generation
    const loaded = unknown.length === 0 ? [] : await this.#directory.findMany(unknown)
    const found = new Map(loaded.map((user) => [user.id, user]))
    if (generation === this.#generation) for (const user of loaded) this.#cache.set(user.id, user)
    return ids.flatMap((id) => {
      const user = found.get(id) ?? this.#cache.get(id)
      return user === undefined || user === ABSENT ? [] : [user]
    })
  }

  /** After a change of the account. */
  forget(id: string): void {
    this.#generation += 1
    this.#cache.delete(id)
  }

  async #load(id: string): Promise<DirectoryUser | null> {
    const generation = this.#generation
    const user = await this.#directory.find(id)
    if (generation !== this.#generation) return user
    // An id nobody has may be registered any moment: remembered only as long as it costs nobody a refusal.
    this.#cache.set(id, user ?? ABSENT, user === null ? { ttl: 1_000 } : {})
    return user
  }
}
