import type { Environment } from './environment.ts'

/** Full jitter: anything between nothing and a ceiling that doubles, so that those who lost the same server spread out. */
export class Backoff {
  readonly #environment: Environment
  readonly #first: number
  readonly #most: number
  #tries = 0

  /** `first` and `most`: the ceiling of the first try, and of all (ms). */
  constructor(environment: Environment, first = 1_000, most = 30_000) {
    this.#environment = environment
    this.#first = first
    this.#most = most
  }

  /** Ms to wait before the next try. */
  next(): number {
    const ceiling = Math.min(this.#most, this.#first * 2 ** Math.min(this.#tries, 16))
    this.#tries += 1
    return Math.round(this.#environment.random() * ceiling)
  }

  reset(): void {
    this.#tries = 0
  }
}
