import type { RateLimit } from './types.ts'

interface Bucket {
  tokens: number
  at: number
}

/** A token bucket per key. Keys whose bucket is full again are forgotten, so idle users cost nothing. */
export class RateLimiter {
  readonly #limit: RateLimit
  readonly #buckets = new Map<string, Bucket>()
  #sweptAt = 0

  constructor(limit: RateLimit) {
    this.#limit = limit
  }

  /** Takes one token; `false` when there is none. `now` in milliseconds from a clock that never runs back. */
  take(key: string, now = performance.now()): boolean {
    this.#sweep(now)
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      this.#buckets.set(key, { tokens: this.#limit.messages - 1, at: now })
      return this.#limit.messages >= 1
    }
    bucket.tokens = this.#refilled(bucket, now)
    bucket.at = now
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  #refilled(bucket: Bucket, now: number): number {
    const gained = ((now - bucket.at) * this.#limit.messages) / this.#limit.interval
    return Math.min(this.#limit.messages, bucket.tokens + gained)
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < this.#limit.interval) return
    this.#sweptAt = now
    for (const [key, bucket] of this.#buckets) {
      if (this.#refilled(bucket, now) >= this.#limit.messages) this.#buckets.delete(key)
    }
  }
}
