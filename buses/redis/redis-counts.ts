import type { LimitName, LimitSetting, SharedCount, SharedCounts } from '@parley/core'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RedisLink } from './redis-link.ts'
import type { Sealer } from './sealer.ts'

/** Most counts under way; above it each node counts for itself. */
const MAX_IN_FLIGHT = 1_000

/** Fixed windows in Redis, under names that tell neither user nor address. */
export class RedisCounts implements SharedCounts {
  readonly #link: RedisLink
  readonly #sealer: Sealer
  readonly #limiters = new Map<LimitName, RateLimiterRedis>()
  #inFlight = 0

  constructor(dependencies: { link: RedisLink; sealer: Sealer }) {
    this.#link = dependencies.link
    this.#sealer = dependencies.sealer
  }

  async count(name: LimitName, subject: string, setting: LimitSetting): Promise<SharedCount | null> {
    if (!this.#link.isUp || this.#inFlight >= MAX_IN_FLIGHT) return null
    this.#inFlight += 1
    try {
      return toCount(await this.#limiter(name, setting).consume(this.#sealer.nameOf(`${name} ${subject}`)))
    } catch (refusal) {
      // It also throws when the limit is reached; anything else is Redis being away.
      return refusal instanceof RateLimiterRes ? toCount(refusal) : null
    } finally {
      this.#inFlight -= 1
    }
  }

  #limiter(name: LimitName, { points, windowMs }: LimitSetting): RateLimiterRedis {
    const known = this.#limiters.get(name)
    if (known !== undefined) return known
    const limiter = new RateLimiterRedis({
      storeClient: this.#link.commands,
      keyPrefix: `parley:${this.#sealer.nameOf('limits').slice(0, 10)}`,
      points,
      duration: Math.ceil(windowMs / 1_000),
    })
    this.#limiters.set(name, limiter)
    return limiter
  }
}

const toCount = ({ consumedPoints, msBeforeNext }: RateLimiterRes): SharedCount => ({
  count: consumedPoints,
  endsInMs: msBeforeNext,
})
