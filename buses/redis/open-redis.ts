import { RedisBus } from './redis-bus.ts'
import { RedisCounts } from './redis-counts.ts'
import { RedisLeases } from './redis-leases.ts'
import { RedisLink } from './redis-link.ts'
import { Sealer } from './sealer.ts'

/** How long the start waits for Redis (ms); after it the node serves alone, and joins when it can. */
const START_PATIENCE = 3_000

export interface RedisOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string
  /** What all nodes share and Redis must not know: `JWT_SECRET`. */
  readonly secret: string
  /** Outages, once each, and what should not happen. */
  readonly onError: (error: unknown) => void
  /** ms that are added to the clock of Redis: for tests. */
  readonly skew?: () => number
}

/** The bus and the leases of a node over one Redis. To be closed: first the leases, then the bus. */
export interface RedisNode {
  readonly bus: RedisBus
  readonly leases: RedisLeases
  readonly counts: RedisCounts
}

/** Resolves when Redis is reached, or after 3 s: then `bus.isUp` is false, and it goes on trying. */
export const openRedis = async ({ url, secret, onError, skew }: RedisOptions): Promise<RedisNode> => {
  const link = new RedisLink({ url, onError })
  const sealer = new Sealer(secret)
  const bus = new RedisBus({ link, sealer, onError })
  const leases = new RedisLeases({ link, sealer, onError, ...(skew === undefined ? {} : { skew }) })
  const counts = new RedisCounts({ link, sealer })
  await link.start(START_PATIENCE)
  return { bus, leases, counts }
}
