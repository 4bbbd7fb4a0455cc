import { namesIn } from '@parley/model'
import { LRUCache } from 'lru-cache'
import type { Directory } from './ports/store.ts'

/** Names remembered, and for how long (ms). */
const MAX_NAMES = 5_000
const TTL = 30_000

/** Turns the names in a text into accounts. */
export class Mentions {
  readonly #directory: Directory
  readonly #byName = new LRUCache<string, { readonly id: string | null }>({ max: MAX_NAMES, ttl: TTL })

  constructor(directory: Directory) {
    this.#directory = directory
  }

  /** The ids of the accounts that the text names; at once when it names nobody. */
  find(text: string): readonly string[] | Promise<readonly string[]> {
    const names = namesIn(text)
    return names.length === 0 ? [] : this.#resolve(names)
  }

  async #resolve(names: readonly string[]): Promise<readonly string[]> {
    const ids = await Promise.all(names.map((name) => this.#idOf(name)))
    return ids.filter((id) => id !== null)
  }

  async #idOf(name: string): Promise<string | null> {
    const known = this.#byName.get(name)
    if (known !== undefined) return known.id
    const id = (await this.#directory.findByName(name))?.id ?? null
    // A name nobody has may be registered any moment.
    this.#byName.set(name, { id }, id === null ? { ttl: 1_000 } : {})
    return id
  }
}
