import { setTimeout as sleep } from 'node:timers/promises'
import { ownCpuTimeOf } from '../scaling/cpu-time.ts'
import type { Person } from '../scaling/people.ts'
import { LOAD_CORE } from './cores.ts'
import { type Load, withLoad } from './load.ts'
import { metricOf } from './metric.ts'
import { chatScript, createChannel, type Parley, resumingScript, withParley } from './parley.ts'

export interface ReconnectOptions {
  readonly runs: number
  readonly say: (line: string) => void
}

/** Everybody comes back at once after a restart: half over chat, half over Socket.IO, which also ask what they missed. */
export interface ReconnectPoint {
  readonly clients: number
  /** From SIGTERM until the new process listened (s). */
  readonly downSeconds: number
  /** From SIGTERM until all were back (s). */
  readonly seconds: number
  /** From when the new process listened (s). */
  readonly secondsAfter: number
  /** Tries that failed, nearly all of them while nobody listened. */
  readonly failedTries: number
  /** µs of CPU of the new process for one client, its own start left out. */
  readonly micros: number
  /** Queries that the store was asked for one client, those of accounts and sessions included. */
  readonly queries: number
  /** ms; the longest turn of the event loop of the new process, its start included. */
  readonly stall: number
}

const SIZES = [1_000, 3_000]
const MEMBERS = 50
/** How long the old connections may take to be closed (ms). */
const PATIENCE = 15_000
const OPENING = { limit: 90_000, atOnce: 400 }
const SETTLE = 2_000

export const measureReconnect = async ({ runs, say }: ReconnectOptions): Promise<ReconnectPoint[]> => {
  const points: ReconnectPoint[] = []
  for (const clients of SIZES)
    for (let index = 0; index < runs; index += 1) {
      const point = await withParley({}, (parley) =>
        withLoad([LOAD_CORE], (load) => reconnect(parley, load, clients)),
      )
      const { downSeconds, seconds, secondsAfter, failedTries, micros, queries, stall } = point
      say(
        `${clients} clients: all back ${seconds.toFixed(1)} s after SIGTERM (${downSeconds.toFixed(1)} s of them no server), ` +
          `${secondsAfter.toFixed(1)} s after it listened; ${failedTries} tries failed, ${Math.round(micros)} µs and ${queries.toFixed(2)} queries each, longest stall ${Math.round(stall)} ms`,
      )
      points.push(point)
    }
  return points
}

const reconnect = async (parley: Parley, load: Load, clients: number): Promise<ReconnectPoint> => {
  const scripts = await scriptsOf(parley, parley.people(clients))
  await load.target(parley.port, 'ws')
  const { ready } = await load.open(scripts, OPENING)
  if (ready !== clients) throw new Error(`${ready} of ${clients} connected`)
  await sleep(SETTLE)
  const began = performance.now()
  let started = 0
  const restarting = parley.restart().then((ms) => {
    started = ownCpuTimeOf(parley.pid)
    return ms
  })
  const end = began + PATIENCE
  while ((await load.stats()).ready > 0 && performance.now() < end) await sleep(10)
  await load.closeAll()
  const back = await load.open(scripts, { ...OPENING, retries: true })
  const seconds = (performance.now() - began) / 1_000
  if (back.ready !== clients) throw new Error(`${back.ready} of ${clients} came back`)
  const downSeconds = (await restarting) / 1_000
  const micros = ((ownCpuTimeOf(parley.pid) - started) / clients) * 1e6
  const metrics = await parley.metrics()
  const worst = metricOf(metrics, 'parley_event_loop_delay_seconds', ['quantile="1"'])
  return {
    ...{ clients, downSeconds, seconds, secondsAfter: seconds - downSeconds, failedTries: back.failed },
    ...{ micros, queries: metricOf(metrics, 'parley_store_queries_total') / clients, stall: worst * 1_000 },
  }
}

const scriptsOf = async (parley: Parley, people: readonly Person[]): Promise<string[]> => {
  const half = people.length / 2
  const scripts = people.slice(0, half).map((person) => chatScript(person))
  for (let from = half; from < people.length; from += MEMBERS) {
    const members = people.slice(from, from + MEMBERS)
    const channelId = await createChannel(parley.url, members)
    scripts.push(...members.map((person) => resumingScript(person, channelId)))
  }
  return scripts
}
