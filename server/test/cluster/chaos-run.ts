import { setTimeout as delay } from 'node:timers/promises'
import { randomFrom } from '@parley/testkit'
import { type Cluster, type ClusterNode, startCluster } from '@parley/testkit/cluster'
import { nodeAt } from '../harness/test-node.ts'
import { makeOddities, type Oddities } from './chaos-oddities.ts'
import { ChaosWorld, type Figures, type Place } from './chaos-world.ts'
import { verdictOf } from './verdict.ts'

export interface ChaosOptions {
  readonly seed: number
  readonly people: number
  /** Mean time between two messages of one person (ms). */
  readonly pause: number
  /** How long Redis hangs (ms). */
  readonly hang: number
  /** Faults go on for so long (ms); each of them comes once at least. */
  readonly duration: number
  /** Needs root and faketime: one node has a network that is cut, another a clock that is an hour ahead. */
  readonly isLong: boolean
  readonly say: (line: string) => void
  /** Ends it early: everything that was started ends, and it rejects. */
  readonly signal?: AbortSignal
}

export interface ChaosReport {
  /** What is wrong; empty: every promise held. */
  readonly wrong: readonly string[]
  readonly figures: Figures
  /** By fault, how long it took until all was well after it (ms). */
  readonly times: Readonly<Record<string, readonly number[]>>
  /** From the last fault until presence equals the live connections on every node (ms). */
  readonly presence: number
}

interface Scene extends Pick<ChaosOptions, 'hang'> {
  readonly cluster: Cluster
  readonly world: ChaosWorld
  readonly random: () => number
  readonly oddities: Oddities | null
  /** Rejects when it is to end early. */
  readonly pause: (ms: number) => Promise<void>
}

/** Answers how long it took until all was well (ms). */
type FaultOf = (scene: Scene) => Promise<number>

const NODES = 3
/** How long anything may take to come right (ms); what is promised is far less, and is measured. */
const PATIENCE = 30_000

const killNode: FaultOf = async ({ cluster, world, random, pause }) => {
  const node = cluster.nodes[Math.floor(random() * NODES)]!
  await node.kill()
  const before = 500 + Math.round(random() * 1_000)
  await pause(before)
  const converged = world.converged(PATIENCE)
  await node.start()
  // From the kill, for what was acknowledged until another was started.
  return before + (await converged)
}

const killRedis: FaultOf = async ({ cluster, world, pause }) => {
  await cluster.redis.kill()
  await pause(1_500)
  await cluster.redis.start()
  return world.converged(PATIENCE)
}

const hangRedis: FaultOf = async ({ cluster, world, hang, pause }) => {
  cluster.redis.pause()
  await pause(hang)
  cluster.redis.resume()
  return world.converged(PATIENCE)
}

const killPostgres: FaultOf = async ({ cluster, world, pause }) => {
  await cluster.postgres.kill()
  await pause(1_500)
  await cluster.postgres.start()
  return world.storing(PATIENCE)
}

const cutNode: FaultOf = async ({ oddities, world, hang, pause }) => {
  if (oddities === null) return 0
  // Some of them to the node that is cut off.
  world.scatter()
  await pause(1_500)
  oddities.cut()
  await pause(hang)
  oddities.heal()
  return world.converged(PATIENCE)
}

const killNodeWithoutRedis: FaultOf = async ({ cluster, world, random, pause }) => {
  await cluster.redis.kill()
  const node = cluster.nodes[Math.floor(random() * NODES)]!
  await node.kill()
  await pause(500)
  await node.start()
  await cluster.redis.start()
  return world.converged(PATIENCE)
}

const FAULTS: Readonly<Record<string, FaultOf>> = {
  'node killed': killNode,
  'Redis killed': killRedis,
  'Redis hung': hangRedis,
  'PostgreSQL killed': killPostgres,
  'node and Redis killed': killNodeWithoutRedis,
}

const LONG_FAULTS: Readonly<Record<string, FaultOf>> = { ...FAULTS, 'node cut off': cutNode }

/** Three nodes, people who write, one fault after the other; then everything is compared. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosReport> => {
  const { seed, people, hang, isLong, say, signal = new AbortController().signal } = options
  const random = randomFrom(seed)
  const oddities = isLong ? makeOddities() : null
  const cluster = await startCluster({ nodes: NODES, ...(oddities === null ? {} : oddities) }).catch(
    (error) => {
      oddities?.remove()
      throw error
    },
  )
  const world = new ChaosWorld({ nodes: cluster.nodes.map(placeOf), random: randomFrom(seed + 1) })
  try {
    const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal })
    signal.addEventListener('abort', () => void world.end())
    await world.begin(people, options.pause)
    await pause(1_500)
    const times = await runFaults({ cluster, world, random, hang, oddities, pause }, options)
    await world.quiet(PATIENCE)
    await world.converged(PATIENCE)
    signal.throwIfAborted()
    const { wrong, stored, presence } = await verdictOf(world, world.leave())
    say(`${stored} stored; presence ${presence} ms; ${JSON.stringify(world.figures)}`)
    return { wrong, figures: world.figures, times, presence }
  } finally {
    await world.end()
    oddities?.heal()
    await cluster.stop()
    oddities?.remove()
  }
}

export const placeOf = (node: ClusterNode): Place => ({
  get isUp() {
    return node.isUp
  },
  get at() {
    return nodeAt(node.url)
  },
})

const runFaults = async (scene: Scene, { duration, say }: ChaosOptions): Promise<ChaosReport['times']> => {
  const { random, world } = scene
  const faults = scene.oddities === null ? FAULTS : LONG_FAULTS
  const times: Record<string, number[]> = {}
  const end = performance.now() + duration
  for (let round = 0; round === 0 || performance.now() < end; round += 1) {
    // In another order each time.
    const order = Object.keys(faults).map((name) => ({ name, at: random() }))
    order.sort((a, b) => a.at - b.at)
    for (const { name } of order) {
      const known = world.surprises.length
      const took = await faults[name]!(scene)
      times[name] = [...(times[name] ?? []), took]
      for (const what of world.surprises.slice(known)) say(`WRONG ${what}`)
      say(`${name}: well after ${took} ms; ${world.figures.acknowledged} acknowledged`)
      await scene.pause(500 + random() * 1_000)
    }
  }
  return times
}
