import { checkHistory, randomFrom } from '@parley/testkit'
import { type Cluster, startCluster } from '@parley/testkit/cluster'
import { makeOddities, type Oddities } from './chaos-oddities.ts'
import { ChaosWorld, type Figures, sleep } from './chaos-world.ts'

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
}

/** Answers how long it took until all was well (ms). */
type FaultOf = (scene: Scene) => Promise<number>

const NODES = 3
/** How long anything may take to come right (ms); what is promised is far less, and is measured. */
const PATIENCE = 30_000
/** Presence of a killed node, and a margin for a busy machine (ms). */
const PRESENCE_PATIENCE = 45_000

const killNode: FaultOf = async ({ cluster, world, random }) => {
  const node = cluster.nodes[Math.floor(random() * NODES)]!
  await node.kill()
  await sleep(500 + random() * 1_000)
  const converged = world.converged(PATIENCE)
  await node.start()
  return converged
}

const killRedis: FaultOf = async ({ cluster, world }) => {
  await cluster.redis.kill()
  await sleep(1_500)
  await cluster.redis.start()
  return world.converged(PATIENCE)
}

const hangRedis: FaultOf = async ({ cluster, world, hang }) => {
  cluster.redis.pause()
  await sleep(hang)
  cluster.redis.resume()
  return world.converged(PATIENCE)
}

const killPostgres: FaultOf = async ({ cluster, world }) => {
  await cluster.postgres.kill()
  await sleep(1_500)
  await cluster.postgres.start()
  return world.storing(PATIENCE)
}

const cutNode: FaultOf = async ({ oddities, world, hang }) => {
  if (oddities === null) return 0
  oddities.cut()
  await sleep(hang)
  oddities.heal()
  return world.converged(PATIENCE)
}

const killNodeWithoutRedis: FaultOf = async ({ cluster, world, random }) => {
  await cluster.redis.kill()
  const node = cluster.nodes[Math.floor(random() * NODES)]!
  await node.kill()
  await sleep(500)
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
  const { seed, people, pause, hang, isLong, say } = options
  const random = randomFrom(seed)
  const oddities = isLong ? makeOddities() : null
  const cluster = await startCluster({ nodes: NODES, ...(oddities === null ? {} : oddities) }).catch(
    (error) => {
      oddities?.remove()
      throw error
    },
  )
  const world = new ChaosWorld(cluster.nodes, randomFrom(seed + 1))
  try {
    await world.begin(people, pause)
    await sleep(1_500)
    const times = await runFaults({ cluster, world, random, hang, oddities }, options)
    await world.quiet(PATIENCE)
    await world.converged(PATIENCE)
    const live = world.leave()
    const began = performance.now()
    const isRight = (told: { online: string[] }[]): boolean =>
      told.every(({ online }) => JSON.stringify([...online].sort()) === JSON.stringify([...live].sort()))
    let told = await world.presence()
    while (!isRight(told) && performance.now() - began < PRESENCE_PATIENCE) {
      await sleep(100)
      told = await world.presence()
    }
    const presence = Math.round(performance.now() - began)
    const stored = await world.stored()
    const violations = checkHistory(world.history, {
      ...{ stored, settledReaders: world.readers(), members: world.members() },
      ...{ unread: await world.unread(), presence: { live, told } },
    })
    const wrong = [...world.surprises, ...violations.map(({ invariant, what }) => `(${invariant}) ${what}`)]
    say(`${stored.length} stored; presence ${presence} ms; ${JSON.stringify(world.figures)}`)
    return { wrong, figures: world.figures, times, presence }
  } finally {
    await world.end()
    oddities?.heal()
    await cluster.stop()
    oddities?.remove()
  }
}

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
      const took = await faults[name]!(scene)
      times[name] = [...(times[name] ?? []), took]
      say(`${name}: well after ${took} ms; ${world.figures.acknowledged} acknowledged`)
      await sleep(500 + random() * 1_000)
    }
  }
  return times
}
