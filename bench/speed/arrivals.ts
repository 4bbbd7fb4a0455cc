import { setTimeout as sleep } from 'node:timers/promises'
import { ownCpuTimeOf } from '../scaling/cpu-time.ts'
import { withRunning } from '../scaling/running.ts'
import { coreWaitOf } from './core-wait.ts'
import { LOAD_CORE } from './cores.ts'
import type { Contestant } from './fan-out-stage.ts'
import { withLoad } from './load.ts'
import { metricOf } from './metric.ts'
import { chatScript, socketScript, withParley } from './parley.ts'
import { type Peer, startersOf, startNaive } from './peers.ts'

export interface ArrivalsOptions {
  readonly peers: readonly Peer[]
  readonly say: (line: string) => void
}

/** So many who arrive after those before them. */
export interface ArrivalBatch {
  /** Connected at its end. */
  readonly online: number
  readonly seconds: number
  readonly refused: number
  /** That came over all connections, old and new, for one arrival (bytes). */
  readonly bytesEach: number
  /** µs from the first packet to ready. */
  readonly p50: number
  readonly p99: number
  /** ms; the longest that the event loop took for one turn. Null: nobody tells. */
  readonly stall: number | null
  /** Seconds for which other programs had the server's core while it had work: they are in the stalls. */
  readonly waited: number
  /** µs of CPU for one arrival. */
  readonly micros: number
}

export interface ArrivalsPoint {
  readonly name: string
  readonly batches: readonly ArrivalBatch[]
}

const TOTAL = 10_000
const BATCHES = 4
/** As many as are under way at a time: below the backlog of a listening socket, which would drop more for a second. */
const AT_ONCE = 400
/** A stock server tells everybody of everybody whenever one comes: its bytes grow with the cube. */
const STOCK_TOTAL = 400
/** How long what arrivals set off may go on (ms); it is counted with them. */
const SETTLE = 1_500
const LIMIT = 120_000
/** Of the timer by which the server measures its event loop (ms): a loop that is never late shows it. */
const RESOLUTION = 10

interface Arena {
  readonly name: string
  readonly pid: number
  readonly port: number
  readonly scripts: readonly string[]
  stall(): Promise<number | null>
}

export const measureArrivals = async ({ peers, say }: ArrivalsOptions): Promise<ArrivalsPoint[]> => {
  const points: ArrivalsPoint[] = []
  for (const [name, scriptOf] of [
    ['Parley chat', (person) => chatScript(person)],
    ['Parley Socket.IO', socketScript],
  ] as const satisfies readonly (readonly [string, typeof socketScript])[]) {
    const batches = await withParley({}, async (parley) => {
      const scripts = parley.people(TOTAL).map(scriptOf)
      const stall = async (): Promise<number> => {
        const worst = metricOf(await parley.metrics(), 'parley_event_loop_delay_seconds', ['quantile="1"'])
        return Math.max(0, worst * 1_000 - RESOLUTION)
      }
      return arrive({ name, pid: parley.pid, port: parley.port, scripts, stall }, say)
    })
    points.push({ name, batches })
  }
  for (const start of [
    ...(peers.includes('socketio') ? startersOf('socketio') : []),
    ...(peers.includes('naive') ? [() => startNaive()] : []),
  ])
    points.push(await measureStock(() => start(), say))
  return points
}

const measureStock = (
  start: () => Promise<Contestant>,
  say: ArrivalsOptions['say'],
): Promise<ArrivalsPoint> =>
  withRunning(
    async () => {
      const value = await start()
      return { value, stop: () => value.stop() }
    },
    async ({ name, pid, port, stage }) => {
      const { scripts } = await stage(STOCK_TOTAL - 1)
      return { name, batches: await arrive({ name, pid, port, scripts, stall: async () => null }, say) }
    },
  )

const arrive = ({ name, pid, port, scripts, stall }: Arena, say: ArrivalsOptions['say']) =>
  withLoad([LOAD_CORE], async (load): Promise<ArrivalBatch[]> => {
    await load.target(port, 'ws')
    const size = scripts.length / BATCHES
    const batches: ArrivalBatch[] = []
    for (let index = 0; index < BATCHES; index += 1) {
      await stall()
      const [before, cpu, waited] = [await load.stats(), ownCpuTimeOf(pid), coreWaitOf(pid)]
      const opened = await load.open(scripts.slice(index * size, (index + 1) * size), {
        ...{ atOnce: AT_ONCE, limit: LIMIT },
      })
      await sleep(SETTLE)
      const [after, cpuAfter] = [await load.stats(), ownCpuTimeOf(pid)]
      const { seconds, opening } = opened
      const batch: ArrivalBatch = {
        ...{ online: after.ready, seconds, p50: opening.p50, p99: opening.p99, stall: await stall() },
        refused: size - opened.ready + (after.lost - before.lost),
        bytesEach: Math.round((after.bytes - before.bytes) / size),
        waited: coreWaitOf(pid) - waited,
        micros: ((cpuAfter - cpu) / size) * 1e6,
      }
      say(lineOf(name, size, batch))
      batches.push(batch)
    }
    return batches
  })

const lineOf = (name: string, size: number, batch: ArrivalBatch): string => {
  const { online, seconds, refused, bytesEach, p99, stall, waited, micros } = batch
  return (
    `${name.padEnd(16)} ${String(online).padStart(6)} online: ${Math.round(size / seconds)} arrivals/s, ${refused} refused, ` +
    `${(bytesEach / 1_024).toFixed(1)} KiB and ${Math.round(micros)} µs each, p99 ${(p99 / 1_000).toFixed(0)} ms, ` +
    `longest stall ${stall === null ? 'not told' : `${stall.toFixed(0)} ms`}, others had its core for ${waited.toFixed(1)} s`
  )
}
