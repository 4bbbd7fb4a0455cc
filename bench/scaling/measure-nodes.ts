import { type BusReading, cpuBetween } from './meters.ts'
import { type Cpu, median, type Observation } from './model.ts'
import { channelClientsOf, clientAt, createChannel, type Session, sleep, withSession } from './session.ts'
import {
  imbalances,
  placesOf,
  planSends,
  type Scene,
  sceneOf,
  type Traffic,
  trafficOf,
  type Workload,
} from './traffic.ts'
import { CHANNEL_PEOPLE, CHAT_PEOPLE } from './workloads.ts'

export interface MeasureOptions {
  readonly nodes: number
  readonly workloads: readonly Workload[]
  /** Of one run. */
  readonly seconds: number
  /** Runs of each workload, of which the median counts. */
  readonly runs: number
  readonly seed: number
  readonly say: (line: string) => void
}

/** An observation, and what was counted on the way. */
export interface NodesResult extends Observation {
  readonly runs: number
  /** Events as the nodes counted them; `traffic` has what they must come to. */
  readonly bus: BusReading
  /** Over Redis, both ways. */
  readonly redisBytes: { readonly in: number; readonly out: number }
}

/** How long what a run leaves behind goes on (ms): positions are announced three times. */
const SETTLE = 2_500
/** Of the run before those that count: how long (s), and how many times as fast. */
const WARM_SECONDS = 2
const WARM_FACTOR = 3

/** Real clients on so many real nodes, one workload after the other. Throws when a message was lost or came twice. */
export const measureNodes = (options: MeasureOptions): Promise<NodesResult[]> =>
  withSession(options.nodes, async (session) => {
    const stage = await setStage(session, options)
    const results: NodesResult[] = []
    for (const workload of options.workloads) {
      await sleep(SETTLE)
      const result = await measureWorkload(session, options, stage, workload)
      const { cpu, traffic } = result
      options.say(
        `${options.nodes} ${options.nodes === 1 ? 'node ' : 'nodes'}  ${workload.name.padEnd(16)} ${traffic.messages} messages, ` +
          `${traffic.deliveries} deliveries: nodes ${ms(cpu.nodes)}, PostgreSQL ${ms(cpu.postgres)}, Redis ${ms(cpu.redis)}`,
      )
      results.push(result)
    }
    return results
  })

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
  const { nodes, runs, seed } = options
  const scene = sceneOf(workload, nodes, workload.members === null ? stage.chatPlaces : stage.channelPlaces)
  const ids = stage.channelIds.get(workload.name) ?? []
  const measured: Run[] = []
  // Code that never ran is slow: what is measured is a server that has been at work.
  await measureRun(session, scene, { ...workload, perNode: WARM_FACTOR * workload.perNode }, ids, {
    seconds: WARM_SECONDS,
    seed,
  })
  for (let run = 0; run < runs; run += 1) {
    measured.push(await measureRun(session, scene, workload, ids, { ...options, seed: seed + 10 + run }))
  }
  const mid = (of: (run: Run) => number): number => median(measured.map(of))
  return {
    workload: workload.name,
    nodes,
    runs,
    seconds: mid((run) => run.seconds),
    traffic: {
      messages: mid((run) => run.traffic.messages),
      deliveries: mid((run) => run.traffic.deliveries),
      receipts: mid((run) => run.traffic.receipts),
      published: mid((run) => run.traffic.published),
      received: mid((run) => run.traffic.received),
    },
    cpu: {
      nodes: mid((run) => run.cpu.nodes),
      postgres: mid((run) => run.cpu.postgres),
      redis: mid((run) => run.cpu.redis),
    },
    bus: {
      published: mid((run) => run.bus.published),
      received: mid((run) => run.bus.received),
      dropped: mid((run) => run.bus.dropped),
    },
    redisBytes: { in: mid((run) => run.redisBytes.in), out: mid((run) => run.redisBytes.out) },
  }
}

interface Run extends Pick<NodesResult, 'seconds' | 'bus' | 'redisBytes'> {
  readonly traffic: Traffic
  readonly cpu: Cpu
}

const measureRun = async (
  { meters, generator }: Session,
  scene: Scene,
  workload: Workload,
  channelIds: readonly string[],
  { seconds, seed }: Pick<MeasureOptions, 'seconds' | 'seed'>,
): Promise<Run> => {
  const planned = planSends(workload, scene, { seconds, seed })
  const traffic = trafficOf(planned, scene)
  const sends = planned.map(({ at, from, to }) => ({
    ...{ at, from },
    to: 'channel' in to ? { channelId: channelIds[to.channel]! } : to,
  }))
  const { messages, deliveries, receipts } = traffic
  const [bus, redis] = [await meters.bus(), await meters.redis()]
  const began = performance.now()
  const before = await meters.cpu()
  const expected = { sent: messages, acknowledged: messages, deliveries, receipts }
  const counted = await generator.ask({ kind: 'send', sends, expected })
  // Whoever is silent is measured for as long as the others.
  await sleep(began + seconds * 1_000 - performance.now())
  const cpu = cpuBetween(before, await meters.cpu())
  const took = (performance.now() - began) / 1_000
  const [busAfter, redisAfter] = [await meters.bus(), await meters.redis()]
  const wrong = imbalances(counted, traffic)
  if (wrong.length > 0) throw new Error(`${workload.name} on ${scene.nodes} nodes: ${wrong.join('; ')}`)
  return {
    ...{ seconds: took, traffic, cpu },
    bus: {
      published: busAfter.published - bus.published,
      received: busAfter.received - bus.received,
      dropped: busAfter.dropped - bus.dropped,
    },
    redisBytes: { in: redisAfter.bytesIn - redis.bytesIn, out: redisAfter.bytesOut - redis.bytesOut },
  }
}
