import { PEERS, type Peer } from './peers.ts'

export const WORKLOADS = ['fanout', 'direct', 'idle', 'arrivals', 'growth', 'reconnect'] as const
export type Workload = (typeof WORKLOADS)[number]

export interface Arguments {
  readonly workload: Workload
  /** Default: all but those of XMPP. */
  readonly peers: readonly Peer[]
  /** Sizes of the fan-out. */
  readonly members: readonly number[]
  /** Of one run. */
  readonly seconds: number
  readonly runs: number
}

export const USAGE = `Usage: npm run bench -- ${WORKLOADS.join('|')} [--peer ${PEERS.join('|')}|none]… [--members N,N] [--seconds N] [--runs N]`

/** The slow ones only where somebody asks for them. */
const DEFAULT_PEERS: readonly Peer[] = ['c', 'ws', 'socketio', 'nats', 'bun', 'naive']
const DEFAULTS = { peers: DEFAULT_PEERS, members: [10, 200, 1_000], seconds: 1, runs: 5 }

const isOneOf = <T extends string>(all: readonly T[], value: string): value is T =>
  (all as readonly string[]).includes(value)

const numberOf = (name: string, text: string, { least, most }: { least: number; most: number }): number => {
  const value = Number(text)
  if (text.trim() === '' || !(value >= least && value <= most))
    throw new Error(`${name} is a number from ${least} to ${most}.\n${USAGE}`)
  return value
}

/** Throws a sentence for what nobody can mean. */
export const parseArguments = (given: readonly string[]): Arguments => {
  const [workload = '', ...flags] = given
  if (!isOneOf(WORKLOADS, workload)) throw new Error(USAGE)
  let peers: Peer[] | null = null
  let { members, seconds, runs }: Pick<Arguments, 'members' | 'seconds' | 'runs'> = DEFAULTS
  for (let index = 0; index < flags.length; index += 2) {
    const [flag, value = ''] = flags.slice(index)
    switch (flag) {
      case '--peer':
        peers ??= []
        if (value === 'none') break
        if (!isOneOf(PEERS, value)) throw new Error(USAGE)
        peers.push(value)
        break
      case '--members':
        members = value.split(',').map((size) => numberOf(flag, size, { least: 1, most: 5_000 }))
        break
      case '--seconds':
        seconds = numberOf(flag, value, { least: 0.1, most: 60 })
        break
      case '--runs':
        runs = numberOf(flag, value, { least: 1, most: 50 })
        break
      default:
        throw new Error(USAGE)
    }
  }
  return { workload, peers: peers ?? DEFAULTS.peers, members, seconds, runs }
}
