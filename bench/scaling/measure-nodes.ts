import { setTimeout as sleep } from 'node:timers/promises'
import { cpuBetween, type NodeReading } from './meters.ts'
import { median, type Observation } from './model.ts'
import { channelClientsOf, clientAt, createChannel, type Session, withSession } from './session.ts'
import {
  imbalances,
  type PlannedSend,
  placesOf,
  planSends,
  type Scene,
  sceneOf,
  trafficOf,
  type Workload,
} from './traffic.ts'
import { CHANNEL_PEOPLE, CHAT_PEOPLE, OUTSTANDING, WARM_MESSAGES } from './workloads.ts'

export interface MeasureOptions {
  readonly nodes: number
  readonly workloads: readonly Workload[]
  /** Of one run. */
  readonly seconds: number
  /** Runs of each workload, of which the median counts. */
  readonly runs: number
  /** Of the full load. */
  readonly burst: number
  readonly seed: number
  readonly say: (line: string) => void
}

/** An observation, and what was counted on the way. */
export interface NodesResult extends Observation {
  readonly runs: number
  /** As the nodes counted it; `traffic` has what the events must come to. */
  readonly counted: NodeReading
  /** Over Redis, both ways. */
  readonly redisBytes: { readonly in: number; readonly out: number }
  /** By which the database grew, where many messages were written. */
  readonly storedBytes?: number
}

/** How long what a run leaves behind goes on (ms): positions are announced three times. */
const SETTLE = 2_500
/** Of the run before those that count: how long (s), and how many times as fast. */
const WARM_SECONDS = 1.5
const WARM_FACTOR = 3

/** Real clients on so many real nodes, one workload after the other. Throws when a message was lost or came twice. */
export const measureNodes = (options: MeasureOptions): Promise<NodesResult[]> =>
  withSession(options.nodes, async (session) => {
    const stage = await setStage(session, options)
    const results: NodesResult[] = []
    const keep = (result: NodesResult): void => {
      options.say(lineOf(result))
      results.push(result)
    }
    for (const workload of options.workloads) {
      await sleep(SETTLE)
      keep(await measureWorkload(session, options, stage, workload))
    }
    await sleep(SETTLE)
    keep(await measureFullLoad(session, options.nodes, options.burst))
    return results
  })

const lineOf = ({ nodes, workload, traffic, cpu }: NodesResult): string =>
  `${nodes} ${nodes === 1 ? 'node ' : 'nodes'}  ${workload.padEnd(16)} ${traffic.messages} messages, ` +
  `${traffic.deliveries} deliveries: nodes ${ms(cpu.nodes)}, PostgreSQL ${ms(cpu.postgres)}, Redis ${ms(cpu.redis)}`

const ms = (seconds: number): string => `${Math.round(seconds * 1_000)} ms`

interface Stage {
  readonly chatPlaces: readonly number[]
  readonly channelPlaces: readonly number[]
  /** Ids of a workload's channels, in the order of the scene. */
  readonly channelIds: ReadonlyMap<string, readonly string[]>
}

/** Everybody is there, connected and in their channels. */
const setStage = async (session: Session, { nodes, workloads, seed }: MeasureOptions): Promise<Stage> => {
  const { cluster, generator } = session
  const chatPlaces = placesOf(CHAT_PEOPLE, nodes, seed)
  const channelPlaces = placesOf(CHANNEL_PEOPLE, nodes, seed + 1)
  const people = await session.people(CHAT_PEOPLE + CHANNEL_PEOPLE)
  const members = people.slice(CHAT_PEOPLE)
  const urlOf = (place: number): string => cluster.nodes[place]!.url
  const channelIds = new Map<string, string[]>()
  const channels: { id: string; members: readonly number[] }[] = []
  for (const workload of workloads) {
    if (workload.members === null) continue
    const scene = sceneOf(workload, nodes, channelPlaces)
    const ids: string[] = []
    for (const [index, numbers] of scene.channels.entries()) {
      const name = `${workload.name} ${index}`
      const id = await createChannel(
        urlOf(0),
        name,
        numbers.map((person) => members[person]!),
      )
      ids.push(id)
      channels.push({ id, members: numbers })
    }
    channelIds.set(workload.name, ids)
  }
  await generator.ask({
    kind: 'chat',
    clients: people.slice(0, CHAT_PEOPLE).map((person, index) => clientAt(urlOf(chatPlaces[index]!), person)),
  })
  const clients = members.map((person, index) => clientAt(urlOf(channelPlaces[index]!), person))
  await generator.ask({ kind: 'channels', clients: channelClientsOf(clients, channels) })
  return { chatPlaces, channelPlaces, channelIds }
}

const measureWorkload = async (
  session: Session,
  options: MeasureOptions,
  stage: Stage,
  workload: Workload,
): Promise<NodesResult> => {
  const { nodes, runs, seed, seconds } = options
  const scene = sceneOf(workload, nodes, workload.members === null ? stage.chatPlaces : stage.channelPlaces)
  const ids = stage.channelIds.get(workload.name) ?? []
  const run = (like: Workload, lasting: number, ownSeed: number): Promise<Run> => {
    const sends = planSends(like, scene, { seconds: lasting, seed: ownSeed })
    return measureRun(session, { scene, sends, ids, seconds: lasting })
  }
  // Code that never ran is slow: what is measured is a server that has been at work.
  await run({ ...workload, perNode: WARM_FACTOR * workload.perNode }, WARM_SECONDS, seed)
  const measured: Run[] = []
  for (let index = 0; index < runs; index += 1) measured.push(await run(workload, seconds, seed + 10 + index))
  return { workload: workload.name, nodes, runs, ...medianOf(measured) }
}

/** The middle of each figure by itself. */
const medianOf = (runs: readonly Run[]): Run => {
  const mid = (of: (run: Run) => number): number => median(runs.map(of))
  const each = <K extends string>(keys: readonly K[], of: (run: Run) => Readonly<Record<K, number>>) =>
    Object.fromEntries(keys.map((key) => [key, mid((run) => of(run)[key])])) as Record<K, number>
  return {
    seconds: mid((run) => run.seconds),
    commits: mid((run) => run.commits),
    traffic: each(['messages', 'deliveries', 'receipts', 'published', 'received'], (run) => run.traffic),
    cpu: each(['nodes', 'postgres', 'redis'], (run) => run.cpu),
    counted: each(['published', 'received', 'dropped', 'commits'], (run) => run.counted),
    redisBytes: each(['in', 'out'], (run) => run.redisBytes),
  }
}

type Run = Omit<NodesResult, 'workload' | 'nodes' | 'runs'>

const measureRun = async (
  session: Session,
  run: { scene: Scene; sends: readonly PlannedSend[]; ids: readonly string[]; seconds: number },
): Promise<Run> => {
  const { scene, sends, ids, seconds } = run
  const traffic = trafficOf(sends, scene)
  const { messages, deliveries, receipts } = traffic
  const order = {
    kind: 'send',
    sends: sends.map(({ at, from, to }) => ({
      ...{ at, from },
      to: 'channel' in to ? { channelId: ids[to.channel]! } : to,
    })),
    expected: { sent: messages, acknowledged: messages, deliveries, receipts },
  } as const
  const { answer, used } = await metered(session, async () => {
    // Whoever is silent is measured for as long as the others.
    const [counted] = await Promise.all([session.generator.ask(order), sleep(seconds * 1_000)])
    return counted
  })
  const wrong = imbalances(answer, traffic)
  if (wrong.length > 0) throw new Error(wrong.join('; '))
  return { ...used, traffic, commits: used.counted.commits }
}

/** Direct messages as fast as the nodes take them: batches are as full as they become. */
const measureFullLoad = async (session: Session, nodes: number, messages: number): Promise<NodesResult> => {
  const { generator, meters } = session
  const burst = { kind: 'burst', outstanding: OUTSTANDING } as const
  await generator.ask({ ...burst, messages: WARM_MESSAGES })
  await sleep(SETTLE)
  const bytes = await meters.databaseBytes()
  const { used } = await metered(session, () => generator.ask({ ...burst, messages }))
  const { published, received, commits } = used.counted
  return {
    ...{ workload: 'full load', nodes, runs: 1, ...used, commits },
    // How far news of a conversation are put together is not known before.
    traffic: { messages, deliveries: messages, receipts: messages, published, received },
    storedBytes: (await meters.databaseBytes()) - bytes,
  }
}

/** What is used while `work` is under way. */
const metered = async <T>(
  { meters }: Session,
  work: () => Promise<T>,
): Promise<{ answer: T; used: Pick<NodesResult, 'seconds' | 'cpu' | 'counted' | 'redisBytes'> }> => {
  const [counted, redis] = [await meters.counters(), await meters.redis()]
  const began = performance.now()
  const before = await meters.cpu()
  const answer = await work()
  const cpu = cpuBetween(before, await meters.cpu())
  const seconds = (performance.now() - began) / 1_000
  const [countedAfter, redisAfter] = [await meters.counters(), await meters.redis()]
  return {
    answer,
    used: {
      ...{ seconds, cpu },
      counted: {
        published: countedAfter.published - counted.published,
        received: countedAfter.received - counted.received,
        dropped: countedAfter.dropped - counted.dropped,
        commits: countedAfter.commits - counted.commits,
      },
      redisBytes: { in: redisAfter.bytesIn - redis.bytesIn, out: redisAfter.bytesOut - redis.bytesOut },
    },
  }
}
