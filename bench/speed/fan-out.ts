import { ownCpuTimeOf } from '../scaling/cpu-time.ts'
import { withRunning } from '../scaling/running.ts'
import type { Contestant, FanOutStage } from './fan-out-stage.ts'
import { median, ratioOf, type Spread, spreadOf } from './figures.ts'
import { type FannedOut, Load } from './load.ts'

/** Messages that the speaker writes at once. */
export const BURSTS = [1, 10] as const

export interface FanOutOptions {
  readonly members: readonly number[]
  /** Of one run. */
  readonly seconds: number
  readonly runs: number
  readonly starters: readonly (() => Promise<Contestant>)[]
  readonly say: (line: string) => void
}

/** One server, at one size. */
export interface FanOutPoint {
  readonly name: string
  readonly members: number
  readonly burst: number
  /** µs of CPU of the server for one delivery. */
  readonly micros: Spread
  /** Every run of it, in order: those of one number were made side by side. */
  readonly runs: readonly number[]
  readonly deliveriesPerSecond: number
  /** µs from being said to being heard. */
  readonly p50: number
  readonly p99: number
  /** Of its core, that the generator used: near 1, it is the limit of what is delivered in a second, though not of CPU. */
  readonly loadShare: number
}

interface Entrant extends FanOutStage {
  readonly contestant: Contestant
  readonly load: Load
}

interface Run extends FannedOut {
  readonly micros: number
}

/** How long all are silent before the first run (ms), and how long each is at work before it counts. */
const SETTLE = 500
const WARM_SHARE = 1

/** Every server at every size: one run of each in turn, then again. */
export const measureFanOut = async (options: FanOutOptions): Promise<FanOutPoint[]> => {
  const points: FanOutPoint[] = []
  for (const members of options.members) points.push(...(await measureSize(members, options)))
  return points
}

const measureSize = (
  members: number,
  { seconds, runs, starters, say }: FanOutOptions,
): Promise<FanOutPoint[]> =>
  withEntrants(members, starters, say, async (entrants) => {
    await new Promise((resolve) => setTimeout(resolve, SETTLE))
    const points: FanOutPoint[] = []
    for (const burst of BURSTS) {
      const all = new Map<Entrant, Run[]>(entrants.map((entrant) => [entrant, []]))
      // Code that never ran is slow: what is measured are servers that have been at work.
      for (const entrant of entrants) await run(entrant, burst, seconds * WARM_SHARE)
      for (let index = 0; index < runs; index += 1)
        for (const [entrant, made] of all) made.push(await run(entrant, burst, seconds))
      for (const [{ contestant }, made] of all) {
        const point = pointOf(contestant.name, members, burst, made)
        say(lineOf(point))
        points.push(point)
      }
    }
    return points
  })

const run = async (
  { contestant, load, marker, listeners }: Entrant,
  burst: number,
  seconds: number,
): Promise<Run> => {
  const before = ownCpuTimeOf(contestant.pid)
  const made = await load.fanOut(marker, listeners, burst, seconds * 1_000)
  const used = ownCpuTimeOf(contestant.pid) - before
  if (made.missing !== 0 || made.lost !== 0)
    throw new Error(
      `${contestant.name}: ${made.missing} deliveries missing, ${made.lost} connections lost. ${load.errors}`,
    )
  return { ...made, micros: (used / made.deliveries) * 1e6 }
}

const pointOf = (name: string, members: number, burst: number, runs: readonly Run[]): FanOutPoint => {
  const mid = (of: (run: Run) => number): number => median(runs.map(of))
  const each = runs.map(({ micros }) => micros)
  return {
    ...{ name, members, burst, micros: spreadOf(each), runs: each },
    deliveriesPerSecond: Math.round(mid(({ deliveries, seconds }) => deliveries / seconds)),
    p50: mid(({ latency }) => latency.p50),
    p99: mid(({ latency }) => latency.p99),
    loadShare: mid(({ cpu, seconds }) => cpu / seconds),
  }
}

const lineOf = ({ name, members, burst, micros, deliveriesPerSecond, p99, loadShare }: FanOutPoint): string =>
  `${String(members).padStart(5)} members, bursts of ${String(burst).padStart(2)}  ${name.padEnd(16)} ` +
  `${micros.median.toFixed(2).padStart(6)} µs a delivery (${micros.least.toFixed(2)}–${micros.most.toFixed(2)}), ` +
  `${deliveriesPerSecond}/s, p99 ${(p99 / 1_000).toFixed(1)} ms, generator ${Math.round(loadShare * 100)} %`

/** Starts each server with its own generator, and everybody's connections. One that cannot be had is said, and left out. */
const withEntrants = async <R>(
  members: number,
  starters: FanOutOptions['starters'],
  say: (line: string) => void,
  work: (entrants: readonly Entrant[]) => Promise<R>,
  entrants: readonly Entrant[] = [],
): Promise<R> => {
  const [start, ...rest] = starters
  if (start === undefined) return work(entrants)
  let contestant: Contestant
  try {
    contestant = await start()
  } catch (error) {
    say(`LEFT OUT: ${error instanceof Error ? error.message : String(error)}`)
    return withEntrants(members, rest, say, work, entrants)
  }
  if (members > (contestant.mostMembers ?? members)) {
    await contestant.stop()
    say(`LEFT OUT: ${contestant.name} with ${members} members`)
    return withEntrants(members, rest, say, work, entrants)
  }
  return withRunning(
    async () => {
      const load = new Load()
      const stop = async (): Promise<void> => {
        await load.stop()
        await contestant.stop()
      }
      return { value: load, stop }
    },
    async (load) => {
      const stage = await contestant.stage(members)
      await load.target(contestant.port, contestant.wire)
      const { ready, failed } = await load.open(stage.scripts)
      if (ready < stage.scripts.length)
        throw new Error(
          `${contestant.name}: ${ready} of ${stage.scripts.length} connected, ${failed} refused`,
        )
      return withEntrants(members, rest, say, work, [...entrants, { ...stage, contestant, load }])
    },
  )
}

/** How many times the CPU of `other` `own` used for a delivery, run by run; null: one of them was not measured. */
export const fanOutRatio = (
  points: readonly FanOutPoint[],
  [own, other]: readonly [string, string],
  { members, burst }: { readonly members: number; readonly burst: number },
): number | null => {
  const find = (name: string): FanOutPoint | undefined =>
    points.find((point) => point.name === name && point.members === members && point.burst === burst)
  const [a, b] = [find(own), find(other)]
  return a === undefined || b === undefined ? null : ratioOf(a.runs, b.runs)
}
