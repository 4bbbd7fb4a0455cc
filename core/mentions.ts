import { LRUCache } from 'lru-cache'
import type { Directory } from './ports/store.ts'

/** Most different names that one message mentions; more are text. */
export const MAX_MENTIONS = 20
/** Names remembered, and for how long (ms). */
const MAX_NAMES = 5_000
const TTL = 30_000

const MAX_NAME = 50

/** `@` and a username, not inside a word or an address; one unit more than a name has, to see what is none. */
const MENTION = /(?<![A-Za-z0-9_.@-])@([A-Za-z0-9_.-]{2,51})/g

/** The names that a text mentions, in lower case. A dot or dash that ends a sentence is not part of a name. */
export const namesIn = (text: string): readonly string[] => {
  if (!text.includes('@')) return []
  const names = new Set<string>()
  for (const [, name = ''] of text.matchAll(MENTION)) {
    const trimmed = name.replace(/[.-]+$/, '').toLowerCase()
    if (trimmed.length >= 2 && trimmed.length <= MAX_NAME) names.add(trimmed)
    if (names.size >= MAX_MENTIONS) break
  }
  return [...names]
}

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
