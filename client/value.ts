import type { Observable } from './api/observable.ts'

/** Do both hold the same, in the same order? */
export const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index])

/** An `Observable` that its owner sets. */
export class Value<T> implements Observable<T> {
  #value: T
  readonly #listeners = new Set<() => void>()
  readonly #onInterest: ((isWanted: boolean) => void) | undefined

  /** `onInterest` hears when the first listener comes and when the last one went. */
  constructor(value: T, onInterest?: (isWanted: boolean) => void) {
    this.#value = value
    this.#onInterest = onInterest
  }

  get(): T {
    return this.#value
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const listener of [...this.#listeners]) listener()
  }

  subscribe(listener: () => void): () => void {
    // The same function may listen twice: each has an end of its own.
    const own = () => listener()
    this.#listeners.add(own)
    if (this.#listeners.size === 1) this.#onInterest?.(true)
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#onInterest?.(false)
    }
  }
}
