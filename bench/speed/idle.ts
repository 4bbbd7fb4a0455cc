import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@parley/testkit/free-port'
import { residentBytesOf } from '../scaling/cpu-time.ts'
import { withRunning } from '../scaling/running.ts'
import { collectGarbage, inspectable } from './collect-garbage.ts'
import { LOAD_CORE } from './cores.ts'
import { median } from './figures.ts'
import { type Load, withLoad } from './load.ts'
import { channelScript, chatScript, createChannel, type Parley, startParley } from './parley.ts'
import { type Peer, startersOf } from './peers.ts'

export interface IdleOptions {
  readonly peers: readonly Peer[]
  readonly runs: number
  readonly say: (line: string) => void
}

/** What one more connection takes over which nothing passes but heartbeats (bytes of RSS; the kernel's own are not in it). */
export interface IdlePoint {
  readonly name: string
  readonly connections: number
  readonly bytes: number
  /** Every run. */
  readonly runs: readonly number[]
  /** Bytes of its objects in JavaScript, buffers included: what RSS cannot be below, wherever the heap had room. */
  readonly live: number
}

/**
 * Connections that were opened before, so that what a first one loads is there and the heap is as large as arrivals make it, and
 * those that are weighed.
 */
const WARM = 3_000
const WEIGHED = 3_000
/** Of one channel: each connection is in one. */
const MEMBERS = 100
/** How long arrivals are still told of (ms), and how long freed memory may take to go back. */
const SETTLE = 3_000
const RETURN = 1_000
const OPENING = { atOnce: 50, limit: 120_000 }

interface Held {
  readonly name: string
  readonly pid: number
  readonly port: number
  scripts(count: number): Promise<readonly string[]>
  stop(): Promise<unknown>
}

type Start = (env: Readonly<Record<string, string>>) => Promise<Held>

export const measureIdle = async ({ peers, runs, say }: IdleOptions): Promise<IdlePoint[]> => {
  const stock = peers.filter((peer) => peer === 'ws' || peer === 'socketio')
  const points: IdlePoint[] = []
  for (const start of [chat, channels, ...stock.map(peerOf)]) {
    const each: Weighed[] = []
    for (let index = 0; index < runs; index += 1) each.push(await weigh(start))
    const resident = each.map(({ bytes }) => bytes)
    const point: IdlePoint = {
      ...{
        name: each[0]?.name ?? '',
        connections: WEIGHED,
        bytes: Math.round(median(resident)),
        runs: resident,
      },
      live: Math.round(median(each.map(({ live }) => live))),
    }
    points.push(point)
    say(
      `${point.name}: ${kib(point.bytes)} KiB a connection (${resident.map(kib).join(', ')}), ${kib(point.live)} of them live objects`,
    )
  }
  return points
}

const kib = (bytes: number): string => (bytes / 1_024).toFixed(1)

interface Weighed extends Pick<IdlePoint, 'bytes' | 'live'> {
  readonly name: string
}

const weigh = async (start: Start): Promise<Weighed> => {
  const inspector = await freePort()
  return withRunning(
    async () => {
      const value = await start(inspectable(inspector))
      return { value, stop: () => value.stop() }
    },
    (held) =>
      withLoad([LOAD_CORE], async (load) => {
        await load.target(held.port, 'ws')
        const scripts = await held.scripts(WARM + WEIGHED)
        const hold = async (some: readonly string[]): Promise<{ resident: number; live: number }> => {
          await openAll(load, some)
          await sleep(SETTLE)
          const live = await collectGarbage(held.pid, inspector)
          await sleep(RETURN)
          return { resident: residentBytesOf(held.pid), live }
        }
        const before = await hold(scripts.slice(0, WARM))
        const after = await hold(scripts.slice(WARM))
        return {
          name: held.name,
          bytes: (after.resident - before.resident) / WEIGHED,
          live: (after.live - before.live) / WEIGHED,
        }
      }),
  )
}

const openAll = async (load: Load, scripts: readonly string[]): Promise<void> => {
  const { ready, failed } = await load.open(scripts, OPENING)
  if (ready !== scripts.length) throw new Error(`${ready} of ${scripts.length} connected, ${failed} refused`)
}

const heldOf = (
  name: string,
  parley: Parley,
  scripts: (count: number) => Promise<readonly string[]>,
): Held => ({ name, pid: parley.pid, port: parley.port, scripts, stop: () => parley.stop() })

const chat: Start = async (env) => {
  const parley = await startParley({ env })
  return heldOf('Parley chat', parley, async (count) =>
    parley.people(count).map((person) => chatScript(person)),
  )
}

const channels: Start = async (env) => {
  const parley = await startParley({ env })
  return heldOf('Parley channels', parley, async (count) => {
    const people = parley.people(count)
    const scripts: string[] = []
    for (let from = 0; from < count; from += MEMBERS) {
      const members = people.slice(from, from + MEMBERS)
      const channelId = await createChannel(parley.url, members)
      scripts.push(...members.map((person) => channelScript(person, channelId)))
    }
    return scripts
  })
}

/** What everybody hears of everybody is not what is weighed: all are in a place of their own. */
const peerOf =
  (peer: Peer): Start =>
  async (env) => {
    const contestant = await startersOf(peer)[0]!(env)
    const { name, pid, port } = contestant
    return {
      ...{ name, pid, port, stop: () => contestant.stop() },
      scripts: async (count) => {
        const { scripts } = await contestant.stage(count - 1)
        return scripts.map((script, index) =>
          script.replaceAll(/"lobby"/gi, `"room ${Math.floor(index / MEMBERS)}"`),
        )
      },
    }
  }
