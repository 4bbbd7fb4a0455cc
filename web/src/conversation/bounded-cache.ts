/** What was computed last, by key; the least recently used one goes first. */
export class BoundedCache<T> {
  readonly #most: number
  readonly #values = new Map<string, T>()

  constructor(most: number) {
    this.#most = most
  }

  has(key: string): boolean {
    return this.#values.has(key)
  }

  get(key: string, make: () => T): T {
    const known = this.#values.get(key)
    const value = known ?? make()
    // Taken out and put in again: the order of a map is the order of use.
    if (known !== undefined) this.#values.delete(key)
    this.#values.set(key, value)
    if (this.#values.size > this.#most) {
      const [oldest] = this.#values.keys()
      if (oldest !== undefined) this.#values.delete(oldest)
    }
    return value
  }
}
