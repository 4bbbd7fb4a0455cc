import type { Core, LeaseKind, Leases, Store } from '@parley/core'
import { z } from 'zod'
import { EventLoopDelay } from './event-loop.ts'
import { RATE_KINDS } from './rates.ts'
import type { RoomSizes } from './room-sizes.ts'
import type { Watch } from './watch.ts'

/** How long one reading serves every page that asks (ms). */
const FRESH_FOR = 1_000
/** How long the store may take to answer before it counts as away (ms). */
const STORE_PATIENCE = 2_000
const SLOW_SHOWN = 20

const LEASE_KINDS = [
  'presence',
  'chat',
  'hub',
  'seat',
  'member',
  'peer',
  'peerjs',
  'call',
] as const satisfies readonly LeaseKind[]

const Count = z.number().int().min(0)
const Ms = z.number().min(0)

/** One node as it is now. Times are epoch ms. */
export const OverviewJson = z.object({
  node: z.object({
    id: z.string(),
    version: z.string(),
    runtime: z.string(),
    now: Count,
    uptimeSeconds: Count,
  }),
  state: z.object({ store: z.enum(['up', 'away']), bus: z.enum(['up', 'away']) }),
  connections: z.record(z.string(), Count).describe('Open connections by dialect'),
  usersOnline: Count.describe('On all nodes'),
  rooms: z.object({
    channels: Count,
    whisperRooms: Count,
    top: z.array(
      z.object({
        kind: z.enum(['channel', 'direct', 'whisper']),
        name: z.string(),
        id: z.string().nullable(),
        size: Count,
      }),
    ),
  }),
  rates: z.object(Object.fromEntries(RATE_KINDS.map((kind) => [kind, z.array(Count)]))),
  slowConsumers: z.object({
    count: Count.describe('Since the start'),
    last: z.array(
      z.object({
        userId: z.string(),
        username: z.string().nullable(),
        dialect: z.string(),
        at: Count,
      }),
    ),
  }),
  leases: z
    .record(z.string(), Count)
    .nullable()
    .describe('Keys held by kind; null while they cannot be read'),
  commits: z.object({ ok: Count, failed: Count, p50Ms: Ms.nullable(), p99Ms: Ms.nullable() }),
  eventLoopDelay: z.object({ p50: Ms, p99: Ms, max: Ms }),
  memory: z.object({ rss: Count, heapUsed: Count, external: Count }),
})
export type OverviewJson = z.infer<typeof OverviewJson>

export interface OverviewSources {
  readonly core: Pick<Core, 'connections' | 'presence' | 'users' | 'clock' | 'observer'>
  readonly store: Pick<Store, 'ping'>
  readonly leases: Pick<Leases, 'count'>
  readonly watch: Watch
  readonly rooms: Pick<RoomSizes, 'read'>
  readonly nodeId: string
  readonly version: string
  /** Open connections by dialect. */
  connections(): Readonly<Record<string, number>>
  isBusUp(): boolean
}

/** What the operations page shows. However many pages ask, it is read once a second at most. */
export class Overview {
  readonly #from: OverviewSources
  readonly #loop = new EventLoopDelay()
  #reading: Promise<OverviewJson> | null = null
  #readAt = 0

  constructor(sources: OverviewSources) {
    this.#from = sources
  }

  /** Answers also while the store is away: with what is known without it. */
  read(): Promise<OverviewJson> {
    const now = performance.now()
    if (this.#reading === null || now - this.#readAt >= FRESH_FOR) {
      this.#readAt = now
      this.#reading = this.#read()
    }
    return this.#reading
  }

  stop(): void {
    this.#loop.stop()
  }

  async #read(): Promise<OverviewJson> {
    const { core, watch, nodeId, version } = this.#from
    const isStoreUp = await this.#pingStore()
    const { rss, heapUsed, external } = process.memoryUsage()
    return {
      node: {
        id: nodeId,
        version,
        runtime: `Node ${process.versions.node}`,
        now: core.clock.now(),
        uptimeSeconds: Math.round((core.clock.now() - core.connections.since) / 1_000),
      },
      state: { store: isStoreUp ? 'up' : 'away', bus: this.#from.isBusUp() ? 'up' : 'away' },
      connections: this.#from.connections(),
      usersOnline: core.presence.online().totalOnline,
      rooms: await this.#orElse('rooms', () => this.#from.rooms.read(), NO_ROOMS),
      rates: watch.rates.series(),
      slowConsumers: { count: watch.slowConsumers, last: await this.#slowConsumers() },
      leases: await this.#orElse('leases', () => this.#leases(), null),
      commits: {
        ...watch.commits,
        p50Ms: toMs(watch.commitTimes.quantile(0.5)),
        p99Ms: toMs(watch.commitTimes.quantile(0.99)),
      },
      eventLoopDelay: this.#loop.read(),
      memory: { rss, heapUsed, external },
    }
  }

  /** False also when it takes too long to answer. */
  #pingStore(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#from.core.clock.after(STORE_PATIENCE, () => resolve(false))
      this.#from.store
        .ping()
        .then(
          () => resolve(true),
          () => resolve(false),
        )
        .finally(() => timer.cancel())
    })
  }

  async #slowConsumers(): Promise<OverviewJson['slowConsumers']['last']> {
    const { connections, users } = this.#from.core
    const ended = connections.endedBy('slow', SLOW_SHOWN)
    return Promise.all(
      ended.map(async ({ userId, dialect, closedAt, openedAt }) => {
        const user = await this.#orElse('users', async () => users.find(userId), null)
        return { userId, username: user?.username ?? null, dialect, at: closedAt ?? openedAt }
      }),
    )
  }

  async #leases(): Promise<Record<string, number>> {
    const counts = await Promise.all(LEASE_KINDS.map((kind) => this.#from.leases.count(kind)))
    return Object.fromEntries(LEASE_KINDS.map((kind, index) => [kind, counts[index]!]))
  }

  /** What cannot be read now is left out: the page is needed most when something is away. */
  async #orElse<T>(part: string, read: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await read()
    } catch (error) {
      this.#from.core.observer.error('overview incomplete', error, { part })
      return otherwise
    }
  }
}

const NO_ROOMS: OverviewJson['rooms'] = { channels: 0, whisperRooms: 0, top: [] }

const toMs = (seconds: number | null): number | null =>
  seconds === null ? null : Math.round(seconds * 100_000) / 100
