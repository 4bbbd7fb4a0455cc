import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { openRedis, type RedisBusStats } from '@parley/bus-redis'
import { type Bus, type Leases, type Observer, type SharedCounts, systemClock } from '@parley/core'
import type { Config } from './config.ts'

/** What ties this node to the others, or stands in for them. */
export interface Nodes {
  readonly bus: Bus
  readonly leases: Leases
  /** Null: this process is alone. */
  readonly counts: SharedCounts | null
  /** Null: this process is alone, and there is nothing to count. */
  readonly busStats: () => RedisBusStats | null
}

/** With `REDIS_URL` one node of several; without it alone. A Redis that is away delays the start by 3 s and no more. */
export const openNodes = async (options: {
  readonly config: Pick<Config, 'redisUrl'>
  readonly jwtSecret: string
  readonly observer: Observer
}): Promise<Nodes> => {
  const { config, jwtSecret, observer } = options
  if (config.redisUrl === null) {
    const bus = new MemoryBus({ onError: (error) => observer.error('a bus listener failed', error) })
    return { bus, leases: new MemoryLeases(systemClock), counts: null, busStats: () => null }
  }
  const { bus, leases, counts } = await openRedis({
    url: config.redisUrl,
    secret: jwtSecret,
    onError: (error) => observer.error('the bus has trouble', error),
  })
  bus.onRestored(() => observer.audit('the bus is back', {}))
  return { bus, leases, counts, busStats: () => bus.stats }
}
