import { z } from 'zod'
import type { ConnectionFigures } from './measure-connections.ts'
import type { SizingModel } from './model.ts'
import { ANNOUNCEMENTS } from './traffic.ts'

/** What a plan needs of what was measured. */
export interface Measured {
  readonly model: SizingModel
  readonly connections: ConnectionFigures
  /** Operations (messages, receipts) in one commit, at a modest rate and under full load. */
  readonly perCommit: { readonly modest: number; readonly full: number }
  readonly bytesPerMessage: number
  /** Over Redis, for an event published and one received (bytes). */
  readonly bytesPerEvent: number
}

const positive = (fallback: number) => z.coerce.number().positive().default(fallback)
const share = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback)

/** What is assumed of the users, and of the machines; none of it is measured. */
export const Assumptions = z.strictObject({
  users: positive(100_000_000),
  online: share(0.1).describe('Share of the users who are connected at the peak'),
  connectionsPerUser: positive(1.2).describe('Connections of one who is connected'),
  messagesPerUserPerDay: positive(40).describe('Written by each of the users, connected or not'),
  peak: positive(2.5).describe('The busiest second against the mean of a day'),
  direct: share(0.6).describe('Share of the messages that are direct'),
  readerOnline: share(0.5).describe('Direct messages whose reader is connected'),
  channelReaders: positive(10).describe('Connected members of a channel, the writer not among them'),
  receiptsPerDelivery: share(0.2).describe('Receipts in channels: one passes many messages'),
  sessionsPerDay: positive(10).describe('How often a day a user comes and goes'),
  frameBytes: positive(700).describe('A message on its way to a client, with headers of TCP and TLS'),
  headMicros: positive(3).describe('CPU of a node to hear where one conversation stands'),
  newsMicros: positive(20).describe('CPU of a node to hear that one user came or went'),
  nodeLoad: share(0.5).describe('Share of its core that a node uses at the peak'),
  connectionsPerNode: positive(20_000),
  postgresCores: positive(16),
  postgresLoad: share(0.5),
  redisLoad: share(0.5).describe('Share of the one core of a Redis'),
  broadcastLoad: share(0.15).describe('Share of a core that goes to what every node of a cell hears'),
  years: positive(1).describe('For how long messages are kept'),
  copies: positive(3).describe('Copies of the store: two replicas and backups'),
})
export type Assumptions = z.infer<typeof Assumptions>

/** `name=number,…`; throws with what is wrong and what there is. */
export const parseAssumptions = (text: string): Assumptions => {
  const pairs = text
    .split(',')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=')
      return [name.trim(), value.trim()] as const
    })
  const parsed = Assumptions.safeParse(
    Object.fromEntries(pairs.map(([name, value]) => [name, value || undefined])),
  )
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim())
  throw new Error(`${wrong.join('; ')}. There are: ${Object.keys(Assumptions.shape).join(', ')}`)
}

/** A second at the peak, everywhere. */
export interface Demand {
  readonly connections: number
  readonly onlineUsers: number
  readonly messages: number
  readonly directs: number
  readonly deliveries: number
  readonly receipts: number
  readonly published: number
  /** By how many others, if every one of them were on another node. */
  readonly received: number
  /** People who come or go. */
  readonly comings: number
}

const DAY = 86_400
/** How many positions there are in one event (`core/head-announcer.ts`). */
const HEADS_AT_ONCE = 200

export const demandOf = (of: Assumptions): Demand => {
  const messages = (of.users * of.messagesPerUserPerDay * of.peak) / DAY
  const directs = messages * of.direct
  const inChannels = messages - directs
  const heardDirects = directs * of.readerOnline
  const heardInChannels = inChannels * of.channelReaders
  const channelReceipts = heardInChannels * of.receiptsPerDelivery
  // A direct message that is heard: delivered, then read; each tells its author.
  const receipts = 2 * heardDirects + channelReceipts
  return {
    connections: of.users * of.online * of.connectionsPerUser,
    onlineUsers: of.users * of.online,
    messages,
    directs,
    deliveries: heardDirects + heardInChannels,
    receipts,
    // The message to both, and to both that there is news; in a channel once, and to each member that there is news.
    published: 4 * directs + inChannels * (2 + of.channelReaders) + receipts,
    // Its author's node has it already.
    received: 2 * heardDirects + inChannels * 2 * of.channelReaders + receipts,
    comings: (of.users * of.sessionsPerDay * 2 * of.peak) / DAY,
  }
}

/** Nodes that share a PostgreSQL and a Redis and hear of each other, and how many of these cells there are. */
export interface Plan {
  readonly demand: Demand
  readonly cells: number
  readonly nodesPerCell: number
  readonly nodes: number
  /** What one node of a cell uses at the peak, in cores: for its own traffic, for connections, for what all nodes hear. */
  readonly nodeCores: { readonly traffic: number; readonly connections: number; readonly broadcast: number }
  readonly redisCoresPerCell: number
  readonly postgresCores: number
  readonly postgresServers: number
  readonly memoryPerNode: number
  readonly storedPerDay: number
  readonly storedBytes: number
  /** Bytes a second, everywhere, at the peak. */
  readonly toClients: number
  readonly overRedis: number
}

const MAX_CELLS = 100_000

/** The fewest cells that hold every limit, when so many operations share a commit. */
export const planFor = (of: Assumptions, measured: Measured, perCommit: number): Plan => {
  const demand = demandOf(of)
  for (let cells = 1; cells <= MAX_CELLS; cells = Math.max(cells + 1, Math.floor(cells * 1.02))) {
    const plan = cellsOf(of, measured, demand, { cells, perCommit })
    if (plan !== null) return plan
  }
  throw new Error('no number of cells is enough: a limit is below what one node takes')
}

/** Null: a limit does not hold with so few. */
const cellsOf = (
  of: Assumptions,
  { model, connections, bytesPerMessage, bytesPerEvent }: Measured,
  demand: Demand,
  { cells, perCommit }: { readonly cells: number; readonly perCommit: number },
): Plan | null => {
  const { node, postgres, redis } = model
  const commits = (demand.messages + demand.receipts) / perCommit
  const trafficCores =
    node.commit * commits +
    node.message * demand.messages +
    node.delivery * demand.deliveries +
    node.receipt * demand.receipts +
    node.published * demand.published +
    node.received * demand.received
  const connectionCores = connections.nodeCpu * demand.connections
  const broadcast =
    (of.headMicros * ANNOUNCEMENTS * demand.messages + of.newsMicros * demand.comings) / 1e6 / cells
  if (broadcast > of.broadcastLoad) return null
  const forOwn = of.nodeLoad - broadcast - node.idle
  if (forOwn <= 0) return null
  const byCpu = (trafficCores + connectionCores) / cells / forOwn
  const byConnections = demand.connections / cells / of.connectionsPerNode
  const nodesPerCell = Math.max(1, Math.ceil(Math.max(byCpu, byConnections)))
  const nodes = nodesPerCell * cells
  // What every node hears, Redis sends to every node.
  const announced = (nodesPerCell * ANNOUNCEMENTS * demand.messages) / cells / HEADS_AT_ONCE
  const redisCoresPerCell =
    (redis.commit * commits + redis.published * demand.published + redis.received * demand.received) / cells +
    redis.received * (announced + (nodesPerCell * demand.comings) / cells) +
    (connections.redisCpu * demand.connections) / cells +
    redis.idle * nodesPerCell
  if (nodesPerCell > 1 && redisCoresPerCell > of.redisLoad) return null
  const postgresCores =
    postgres.commit * commits +
    postgres.message * demand.messages +
    postgres.receipt * demand.receipts +
    postgres.idle * nodes
  const serversPerCell = Math.max(1, Math.ceil(postgresCores / cells / of.postgresCores / of.postgresLoad))
  const storedPerDay = of.users * of.messagesPerUserPerDay * bytesPerMessage
  return {
    ...{ demand, cells, nodesPerCell, nodes, redisCoresPerCell, postgresCores },
    nodeCores: { traffic: trafficCores / nodes, connections: connectionCores / nodes, broadcast },
    postgresServers: serversPerCell * cells,
    memoryPerNode: (Math.max(connections.chatBytes, connections.channelsBytes) * demand.connections) / nodes,
    storedPerDay,
    storedBytes: storedPerDay * 365 * of.years * of.copies,
    toClients: demand.deliveries * of.frameBytes,
    overRedis: (demand.published + demand.received) * bytesPerEvent,
  }
}
