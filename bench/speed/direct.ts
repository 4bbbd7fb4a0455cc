import { ownCpuTimeOf } from '../scaling/cpu-time.ts'
import { newPeople, type Person } from '../scaling/people.ts'
import { withRunning } from '../scaling/running.ts'
import { LOAD_CORE, SERVER_CORE } from './cores.ts'
import { median, type Spread, spreadOf } from './figures.ts'
import { type DirectCounts, type Load, type Times, withLoad } from './load.ts'
import { metricOf } from './metric.ts'
import { chatScript, withParley } from './parley.ts'
import { type Peer, startNaive } from './peers.ts'

export interface DirectOptions {
  readonly peers: readonly Peer[]
  readonly seconds: number
  readonly runs: number
  readonly say: (line: string) => void
}

/** Durable direct messages, from chat to chat: stored, acknowledged, delivered, and the receipt come back. */
export interface DirectFigures {
  readonly name: string
  readonly pairs: number
  /** Messages that each pair keeps under way at full load. */
  readonly window: number
  /** Messages a second whose receipt came back. */
  readonly perSecond: Spread
  /** µs of CPU of the server for one message, all threads. */
  readonly micros: Spread
  /** Operations (messages and receipts) in a commit at full load; null: it does not tell. */
  readonly batch: number | null
  /** Of one core, that the generator used. */
  readonly loadShare: number
  /** At half of that rate, whatever comes back: median of the runs, µs since each was said. */
  readonly atHalf: {
    readonly perSecond: number
    readonly ack: Quantiles
    readonly delivery: Quantiles
    readonly receipt: Quantiles
  }
}

export type Quantiles = Pick<Times, 'p50' | 'p99' | 'max'>

const PAIRS = 64
const WINDOW = 16
/** Of the server and the generator alike, which the system divides between them. */
const CORES = [SERVER_CORE, LOAD_CORE]

/** What takes direct messages. */
export interface DirectServer {
  readonly pid: number
  readonly port: number
  /** Of one that tells. */
  metrics?(): Promise<string>
}

export const measureDirect = async (options: DirectOptions): Promise<DirectFigures[]> => {
  const figures = [
    await withParley({ cores: CORES }, (parley) =>
      measureOne('Parley chat', parley, parley.people(2 * PAIRS), options),
    ),
  ]
  if (!options.peers.includes('naive')) return figures
  const naive = await withRunning(
    async () => {
      const value = await startNaive(CORES)
      return { value, stop: () => value.stop() }
    },
    (server) => measureOne(server.name, server, newPeople(2 * PAIRS), options),
  )
  return [...figures, naive]
}

const measureOne = (
  name: string,
  server: DirectServer,
  people: readonly Person[],
  { seconds, runs, say }: DirectOptions,
): Promise<DirectFigures> =>
  withLoad(CORES, async (load) => {
    await openPairs(server, load, people)
    const ms = seconds * 1_000
    const closed: Run[] = []
    for (let index = 0; index <= runs; index += 1) {
      const run = await metered(server, () => load.directClosed(WINDOW, ms))
      // Code that never ran is slow: the first one does not count.
      if (index > 0) closed.push(run)
      say(`${name}, full load: ${Math.round(run.perSecond)} messages/s, ${run.micros.toFixed(0)} µs each`)
    }
    const perSecond = spreadOf(closed.map((run) => run.perSecond))
    const half = Math.round(perSecond.median / 2)
    const opened: DirectCounts[] = []
    for (let index = 0; index < runs; index += 1) {
      const { counts } = await metered(server, () => load.directOpen(half, ms))
      opened.push(counts)
      say(`${name}, ${half} messages/s: acknowledged, delivered, receipt p99 ${p99Of(counts)} ms`)
    }
    const batches = closed.flatMap(({ batch }) => batch ?? [])
    return {
      ...{ name, pairs: PAIRS, window: WINDOW, perSecond },
      micros: spreadOf(closed.map(({ micros }) => micros)),
      batch: batches.length === 0 ? null : median(batches),
      loadShare: median(closed.map(({ counts }) => counts.cpu / counts.seconds)),
      atHalf: {
        perSecond: half,
        ack: quantiles(opened.map(({ ack }) => ack)),
        delivery: quantiles(opened.map(({ delivery }) => delivery)),
        receipt: quantiles(opened.map(({ receipt }) => receipt)),
      },
    }
  })

const p99Of = ({ ack, delivery, receipt }: DirectCounts): string =>
  [ack, delivery, receipt].map(({ p99 }) => (p99 / 1_000).toFixed(1)).join(', ')

const quantiles = (times: readonly Times[]): Quantiles => ({
  p50: median(times.map(({ p50 }) => p50)),
  p99: median(times.map(({ p99 }) => p99)),
  max: Math.max(...times.map(({ max }) => max)),
})

/** Connects the first to say things to the second, the third to the fourth, and so on. */
export const openPairs = async (
  { port }: DirectServer,
  load: Load,
  people: readonly Person[],
): Promise<void> => {
  const scripts = people.map((person, index) =>
    index % 2 === 0 ? chatScript(person, people[index + 1]!) : chatScript(person),
  )
  await load.target(port, 'ws')
  const { ready } = await load.open(scripts)
  if (ready !== scripts.length) throw new Error(`${ready} of ${scripts.length} connected`)
}

interface Run {
  readonly counts: DirectCounts
  readonly perSecond: number
  readonly micros: number
  readonly batch: number | null
}

/** Throws when a message, or what belongs to it, was lost. */
export const metered = async (server: DirectServer, work: () => Promise<DirectCounts>): Promise<Run> => {
  const [cpu, metrics] = [ownCpuTimeOf(server.pid), await server.metrics?.()]
  const counts = await work()
  const [cpuAfter, metricsAfter] = [ownCpuTimeOf(server.pid), await server.metrics?.()]
  const { sent, acks, deliveries, receipts, errors, lost } = counts
  if (acks !== sent || deliveries !== sent || receipts !== sent || errors > 0 || lost > 0)
    throw new Error(
      `of ${sent} messages ${acks} were acknowledged, ${deliveries} delivered, ${receipts} receipts came; ${errors} errors, ${lost} connections lost`,
    )
  const grown = (name: string): number => metricOf(metricsAfter ?? '', name) - metricOf(metrics ?? '', name)
  const commits = grown('parley_commit_batch_size_count')
  return {
    counts,
    perSecond: counts.inTime / counts.seconds,
    micros: ((cpuAfter - cpu) / sent) * 1e6,
    batch: commits === 0 ? null : grown('parley_commit_batch_size_sum') / commits,
  }
}
