import { setTimeout as sleep } from 'node:timers/promises'
import { residentBytesOf } from './cpu-time.ts'
import { cpuBetween } from './meters.ts'
import { clientAt, withSession } from './session.ts'

/** What a connection takes over which nothing passes but heartbeats. */
export interface ConnectionFigures {
  readonly connections: number
  /** Memory of the node for one more connection (bytes). */
  readonly chatBytes: number
  readonly channelsBytes: number
  /** CPU of the node, and of Redis, for a connection and second: heartbeats, and leases that are renewed (s). */
  readonly nodeCpu: number
  readonly redisCpu: number
}

export interface ConnectionsOptions {
  /** Of each of the two dialects. */
  readonly count: number
  /** How long they are only held (s): a multiple of a heartbeat, 30 s, has what belongs to it. */
  readonly seconds: number
  /** Of one node that is silent, for a second (s). */
  readonly idle: { readonly node: number; readonly redis: number }
}

/** Connections that were opened once, so that what a first one loads is there. */
const WARM = 50
/** How long arrivals are still told of (ms). */
const SETTLE = 2_500

export const measureConnections = (options: ConnectionsOptions): Promise<ConnectionFigures> =>
  withSession(1, async ({ cluster, meters, generator, people }) => {
    const { count, seconds, idle } = options
    const { url, process } = cluster.nodes[0]!
    const all = (await people(2 * (count + WARM))).map((person) => clientAt(url, person))
    const hold = async (dialect: 'chat' | 'channels', howMany: number): Promise<number> => {
      await generator.ask({ kind: 'hold', dialect, clients: all.splice(0, howMany) })
      await sleep(SETTLE)
      return residentBytesOf(process.pid)
    }
    await hold('chat', WARM)
    const empty = await hold('channels', WARM)
    const withChat = await hold('chat', count)
    const withBoth = await hold('channels', count)
    const before = await meters.cpu()
    await sleep(seconds * 1_000)
    const used = cpuBetween(before, await meters.cpu())
    const forEach = (cpu: number, silent: number): number =>
      Math.max(0, cpu / seconds - silent) / (2 * (count + WARM))
    return {
      connections: 2 * (count + WARM),
      chatBytes: Math.round((withChat - empty) / count),
      channelsBytes: Math.round((withBoth - withChat) / count),
      nodeCpu: forEach(used.nodes, idle.node),
      redisCpu: forEach(used.redis, idle.redis),
    }
  })
