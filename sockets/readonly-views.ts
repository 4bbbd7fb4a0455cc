/**
 * A map that can only be read, whatever the reader tries: handlers are written by others, and one of them
 * must not be able to empty the maps of the manager. Shows the live map, not a copy.
 */
export class ReadonlyMapView<Key, Stored, Shown = Stored> implements ReadonlyMap<Key, Shown> {
  readonly #source: ReadonlyMap<Key, Stored>
  readonly #show: (value: Stored) => Shown

  constructor(source: ReadonlyMap<Key, Stored>, show: (value: Stored) => Shown) {
    this.#source = source
    this.#show = show
  }

  get size(): number {
    return this.#source.size
  }

  has(key: Key): boolean {
    return this.#source.has(key)
  }

  get(key: Key): Shown | undefined {
    const value = this.#source.get(key)
    return value === undefined ? undefined : this.#show(value)
  }

  forEach(task: (value: Shown, key: Key, map: ReadonlyMap<Key, Shown>) => void, self?: unknown): void {
    for (const [key, value] of this) task.call(self, value, key, this)
  }

  keys(): MapIterator<Key> {
    return this.#source.keys()
  }

  *values(): MapIterator<Shown> {
    for (const value of this.#source.values()) yield this.#show(value)
  }

  *entries(): MapIterator<[Key, Shown]> {
    for (const [key, value] of this.#source) yield [key, this.#show(value)]
  }

  [Symbol.iterator](): MapIterator<[Key, Shown]> {
    return this.entries()
  }
}

/** The same for a set. */
export class ReadonlySetView<Value> {
  readonly #source: ReadonlySet<Value>

  constructor(source: ReadonlySet<Value>) {
    this.#source = source
  }

  get size(): number {
    return this.#source.size
  }

  has(value: Value): boolean {
    return this.#source.has(value)
  }

  forEach(task: (value: Value, again: Value, set: ReadonlySet<Value>) => void, self?: unknown): void {
    for (const value of this.#source) task.call(self, value, value, this)
  }

  keys(): SetIterator<Value> {
    return this.#source.keys()
  }

  values(): SetIterator<Value> {
    return this.#source.values()
  }

  entries(): SetIterator<[Value, Value]> {
    return this.#source.entries()
  }

  [Symbol.iterator](): SetIterator<Value> {
    return this.#source.values()
  }
}
