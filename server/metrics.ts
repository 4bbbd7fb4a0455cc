import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { CounterName, SampleName } from '@parley/core'
import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  Registry,
} from 'prom-client'

/** Asked at every scrape. */
export interface MetricSources {
  /** Open connections by dialect. */
  connections(): Readonly<Record<string, number>>
  onlineUsers(): number
  /** Queries that the store was asked since the start, by what they were about. */
  storeQueries(): Readonly<Record<'messages' | 'accounts', number>>
  /** Null: there are no other nodes. */
  bus(): BusMetrics | null
}

/** Counted since the start. */
export interface BusMetrics {
  readonly isUp: boolean
  readonly published: number
  readonly received: number
  readonly dropped: number
  readonly invalid: number
  readonly reconnects: number
}

/** What Prometheus reads. */
export interface Exposition {
  readonly contentType: string
  readonly text: string
}

/** Figures of one process, as prom-client puts several together. */
export type MetricsSnapshot = object

/** Metrics of one server, in a registry of its own: several servers in one process do not mix. */
export interface Metrics {
  count(metric: CounterName, labels?: Readonly<Record<string, string>>, by?: number): void
  observe(metric: SampleName, value: number, labels?: Readonly<Record<string, string>>): void
  /** Until it is called both gauges stay 0. */
  setSources(sources: MetricSources): void
  /** The exposition text for Prometheus, with its content type. */
  expose(): Promise<Exposition>
  /** The same as data, for a primary that puts the figures of several processes together. */
  snapshot(): Promise<MetricsSnapshot>
  close(): void
}

/** What a counter counts, and by what; a label outside the list is ignored rather than thrown on. */
const COUNTERS: Readonly<Record<CounterName, { help: string; labels: readonly string[] }>> = {
  parley_messages_total: {
    help: 'Messages stored (direct, channel) or passed on (hub, whisper)',
    labels: ['kind', 'dialect'],
  },
  parley_deliveries_total: { help: 'Messages handed to a connection', labels: ['dialect'] },
  parley_receipts_total: { help: 'Receipts that moved a cursor', labels: ['status'] },
  parley_refusals_total: { help: 'Requests refused', labels: ['dialect', 'code'] },
  parley_slow_consumers_total: { help: 'Connections closed as too slow', labels: ['dialect'] },
  parley_commits_total: { help: 'Batches committed', labels: ['result'] },
  parley_presence_lists_total: { help: 'Broadcast lists of who is online', labels: [] },
  parley_calls_total: { help: 'Calls offered, answered, missed, rejected, ended', labels: ['result'] },
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const CALL_SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200]
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500]

const SAMPLES: Readonly<Record<SampleName, { help: string; buckets: number[]; labels: readonly string[] }>> =
  {
    parley_commit_seconds: { help: 'Time one commit took', buckets: SECONDS, labels: [] },
    parley_commit_batch_size: { help: 'Operations in one commit', buckets: SIZES, labels: [] },
    parley_send_seconds: {
      help: 'Time from a send to its acknowledgement',
      buckets: SECONDS,
      labels: ['dialect'],
    },
    parley_call_seconds: {
      help: 'Time from an answer to the end of the call',
      buckets: CALL_SECONDS,
      labels: [],
    },
  }

/** Puts the figures of several processes together, and those of this one, which serves nobody itself. */
export const createCollector = () => {
  const own = new Registry()
  collectDefaultMetrics({ register: own })
  return async (snapshots: readonly MetricsSnapshot[]): Promise<Exposition> => {
    const all = AggregatorRegistry.aggregate([...snapshots, await own.getMetricsAsJSON()])
    return { contentType: all.contentType, text: await all.metrics() }
  }
}

export const createMetrics = (): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counters = mapValues(COUNTERS, (name, { help, labels }) => {
    return new Counter({ name, help, labelNames: [...labels], registers: [registry] })
  })
  const samples = mapValues(SAMPLES, (name, { help, buckets, labels }) => {
    return new Histogram({ name, help, buckets, labelNames: [...labels], registers: [registry] })
  })
  const loop = watchEventLoop(registry)
  let sources: MetricSources = {
    connections: () => ({}),
    onlineUsers: () => 0,
    storeQueries: () => ({ messages: 0, accounts: 0 }),
    bus: () => null,
  }
  addGauges(registry, () => sources)
  addStoreQueries(registry, () => sources)
  addBusMetrics(registry, () => sources.bus())
  return {
    count: (metric, labels = {}, by = 1) => counters[metric].inc(known(labels, COUNTERS[metric].labels), by),
    observe: (metric, value, labels = {}) =>
      samples[metric].observe(known(labels, SAMPLES[metric].labels), value),
    setSources: (given) => {
      sources = given
    },
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    snapshot: () => registry.getMetricsAsJSON(),
    close: () => {
      loop.disable()
      registry.clear()
    },
  }
}

const addGauges = (register: Registry, sources: () => MetricSources): void => {
  const gauge = (
    { name, help, labelNames = [], aggregator }: GaugeConfiguration<string>,
    fill: (gauge: Gauge) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      ...(aggregator === undefined ? {} : { aggregator }),
      registers: [register],
      collect() {
        fill(this)
      },
    })
  gauge({ name: 'parley_connections', help: 'Open connections', labelNames: ['dialect'] }, (self) => {
    for (const [dialect, open] of Object.entries(sources().connections())) self.set({ dialect }, open)
  })
  // Every process knows the users of all.
  gauge(
    { name: 'parley_online_users', help: 'Users with a connection of any dialect', aggregator: 'max' },
    (self) => self.set(sources().onlineUsers()),
  )
}

/** Counted where they are asked as a plain number: each of them is on somebody's way. */
const addStoreQueries = (register: Registry, sources: () => MetricSources): void => {
  new Counter({
    name: 'parley_store_queries_total',
    help: 'Queries that the store was asked: of messages and channels, and for one account or session',
    labelNames: ['of'],
    registers: [register],
    collect() {
      this.reset()
      for (const [of, asked] of Object.entries(sources().storeQueries())) this.inc({ of }, asked)
    },
  })
}

/** Nothing of it is told by a node that is alone. */
const addBusMetrics = (register: Registry, read: () => BusMetrics | null): void => {
  new Gauge({
    name: 'parley_bus_up',
    aggregator: 'min',
    help: '1 while other nodes can be reached',
    registers: [register],
    collect() {
      const bus = read()
      if (bus === null) this.remove()
      else this.set(bus.isUp ? 1 : 0)
    },
  })
  new Counter({
    name: 'parley_bus_reconnects_total',
    help: 'Times that other nodes could be reached again',
    registers: [register],
    collect() {
      this.reset()
      this.inc(read()?.reconnects ?? 0)
    },
  })
  new Counter({
    name: 'parley_bus_events_total',
    help: 'Events between nodes: published, received, dropped as the bus was away, invalid',
    labelNames: ['result'],
    registers: [register],
    collect() {
      this.reset()
      const bus = read()
      if (bus === null) return
      for (const result of ['published', 'received', 'dropped', 'invalid'] as const) {
        this.inc({ result }, bus[result])
      }
    },
  })
}

/** Delay of the event loop since the last scrape; timers due late, 10 ms apart. */
const watchEventLoop = (register: Registry) => {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  new Gauge({
    name: 'parley_event_loop_delay_seconds',
    // The worst of the processes.
    aggregator: 'max',
    help: 'Event loop delay since the last scrape, by quantile',
    labelNames: ['quantile'],
    registers: [register],
    collect() {
      for (const quantile of [50, 90, 99, 100]) {
        this.set({ quantile: String(quantile / 100) }, delay.percentile(quantile) / 1e9)
      }
      delay.reset()
    },
  })
  return delay
}

const known = (labels: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)))

const mapValues = <K extends string, V, R>(
  record: Readonly<Record<K, V>>,
  make: (name: K, value: V) => R,
): Record<K, R> =>
  Object.fromEntries(
    (Object.entries(record) as [K, V][]).map(([name, value]) => [name, make(name, value)]),
  ) as Record<K, R>
