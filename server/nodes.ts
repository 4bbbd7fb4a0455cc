import { IpcBus, IpcCounts, IpcLeases } from '@parley/bus-ipc'
import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { openRedis } from '@parley/bus-redis'
import { type Bus, type Leases, type Observer, type SharedCounts, systemClock } from '@parley/core'
import type { Config } from './config.ts'
import type { BusMetrics } from './metrics.ts'
import type { Seat } from './workers/seat.ts'

type BusStats = Omit<BusMetrics, 'isUp'>

/** What ties this node to the others, or stands in for them. */
export interface Nodes {
  readonly bus: Bus
  readonly leases: Leases
  /** Null: this process is alone. */
  readonly counts: SharedCounts | null
  /** Null: this process is alone, and there is nothing to count. */
  readonly busStats: () => BusStats | null
}

/** With `REDIS_URL` one node of several; without it one of the processes of this machine, or alone. A Redis that is away delays the start by 3 s and no more. */
export const openNodes = async (options: {
  readonly config: Pick<Config, 'redisUrl'>
  readonly jwtSecret: string
  readonly observer: Observer
  /** Null: this process is alone on its machine. */
  readonly seat: Seat | null
}): Promise<Nodes> => {
  const { config, jwtSecret, observer, seat } = options
  if (config.redisUrl === null) {
    const onError = (error: unknown) => observer.error('a bus listener failed', error)
    if (seat !== null) return openSeat(seat, onError)
    const bus = new MemoryBus({ onError })
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

const openSeat = ({ link }: Seat, onError: (error: unknown) => void): Nodes => {
  const bus = new IpcBus({ link, onError })
  return {
    ...{ bus, leases: new IpcLeases(link), counts: new IpcCounts(link) },
    // A pipe loses the processes together, and carries nothing that is not theirs.
    busStats: () => ({ ...bus.stats, invalid: 0, reconnects: 0 }),
  }
}
