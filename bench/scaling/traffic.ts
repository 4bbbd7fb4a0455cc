import { randomFrom } from '@parley/testkit'

/** People who write direct messages to each other in pairs, or who share channels; one kind of message at a time. */
export interface Workload {
  readonly name: string
  /** Members of each channel; null: direct messages over chat, whose readers confirm each one. */
  readonly members: number | null
  readonly channels: number
  /** Messages a second for each node; 0: everybody is silent. */
  readonly perNode: number
}

/** Who is where: people by number, and the node of each. */
export interface Scene {
  readonly nodes: number
  readonly nodeOf: readonly number[]
  /** Members of each channel, by the number of the person; empty for direct messages. */
  readonly channels: readonly (readonly number[])[]
}

export interface PlannedSend {
  /** After the beginning (ms). */
  readonly at: number
  readonly from: number
  readonly to: { readonly person: number } | { readonly channel: number }
}

/** What a workload asks of the servers, all nodes together. */
export interface Traffic {
  /** Stored and acknowledged. */
  readonly messages: number
  /** Messages handed to a connection of somebody who did not write them. */
  readonly deliveries: number
  /** Messages that a reader's cursor passed. */
  readonly receipts: number
  /** Events given to the bus for other nodes. */
  readonly published: number
  /** Events that came from other nodes; the same event counts at each of them. */
  readonly received: number
}

/** How often members hear that there is news in a channel, and nodes where conversations stand (ms; `core`). */
const ACTIVITY_INTERVAL = 1_000
const ANNOUNCE_INTERVAL = 800
/** How often one position is announced (`core/head-announcer.ts`). */
export const ANNOUNCEMENTS = 3

/** The node of each of so many people, at random. */
export const placesOf = (people: number, nodes: number, seed: number): readonly number[] => {
  const random = randomFrom(seed)
  return Array.from({ length: people }, () => Math.floor(random() * nodes))
}

/** The workload among people who are where `nodeOf` says. */
export const sceneOf = (workload: Workload, nodes: number, nodeOf: readonly number[]): Scene => {
  const { members, channels } = workload
  const people = nodeOf.length
  if ((members ?? 2) > people) throw new Error(`${workload.name} needs ${members ?? 2} people`)
  // Channels overlap, as those of a team do.
  const membersOf = (channel: number): number[] =>
    Array.from({ length: members ?? 0 }, (_, index) => (channel * (members ?? 0) + index) % people)
  return { nodes, nodeOf, channels: Array.from({ length: channels }, (_, channel) => membersOf(channel)) }
}

/** Evenly spaced; writers and places by the seed. Person 2k writes with person 2k + 1. */
export const planSends = (
  workload: Workload,
  scene: Scene,
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
): PlannedSend[] => {
  const random = randomFrom(seed)
  const among = (count: number): number => Math.floor(random() * count)
  const count = Math.round(workload.perNode * scene.nodes * seconds)
  return Array.from({ length: count }, (_, index) => {
    const at = (index * 1_000 * seconds) / count
    if (workload.members === null) {
      const from = among(scene.nodeOf.length - (scene.nodeOf.length % 2))
      return { at, from, to: { person: from % 2 === 0 ? from + 1 : from - 1 } }
    }
    const channel = among(scene.channels.length)
    const members = scene.channels[channel]!
    return { at, from: members[among(members.length)]!, to: { channel } }
  })
}

/** What the sends of a scene must come to: counted message by message from who is where, nothing measured. */
export const trafficOf = (sends: readonly PlannedSend[], scene: Scene): Traffic => {
  const { nodeOf, channels, nodes } = scene
  let [deliveries, receipts, published, received] = [0, 0, 0, 0]
  const publish = (receivers: number): void => {
    published += 1
    received += receivers
  }
  /** Sent at one node to the topic of a person. */
  const toPerson = (from: number, person: number): void => publish(from === nodeOf[person] ? 0 : 1)
  /** Everybody in a conversation hears once a second and node that there is news. */
  const activity = new Map<string, { node: number; members: readonly number[] }>()
  const announced = new Set<string>()
  for (const { at, from, to } of sends) {
    const node = nodeOf[from]!
    const window = Math.floor(at / ANNOUNCE_INTERVAL)
    for (let later = 1; later <= ANNOUNCEMENTS; later += 1) announced.add(`${node} ${window + later}`)
    const second = Math.floor(at / ACTIVITY_INTERVAL)
    if ('person' in to) {
      const pair = [Math.min(from, to.person), Math.max(from, to.person)]
      activity.set(`${node} direct ${pair} ${second}`, { node, members: pair })
      deliveries += 1
      receipts += 1
      toPerson(node, to.person)
      toPerson(node, from)
      // The receipt, from the reader's node to the writer.
      toPerson(nodeOf[to.person]!, from)
      continue
    }
    const members = channels[to.channel]!
    deliveries += members.length - 1
    publish(new Set(members.map((person) => nodeOf[person]!)).size - 1)
    activity.set(`${node} ${to.channel} ${second}`, { node, members })
  }
  for (const { node, members } of activity.values()) {
    for (const person of members) toPerson(node, person)
  }
  // Every node hears every announcement.
  for (const _ of announced) publish(nodes - 1)
  return { messages: sends.length, deliveries, receipts, published, received }
}

/** What clients counted. */
export interface Counted {
  readonly sent: number
  readonly acknowledged: number
  readonly deliveries: number
  readonly receipts: number
}

/** What was lost or came twice, as sentences; empty: every message reached every member once. */
export const imbalances = (counted: Counted, planned: Traffic): string[] => {
  const pairs = [
    ['messages sent', counted.sent, planned.messages],
    ['acknowledgements', counted.acknowledged, planned.messages],
    ['deliveries', counted.deliveries, planned.deliveries],
    ['receipts', counted.receipts, planned.receipts],
  ] as const
  return pairs
    .filter(([, has, should]) => has !== should)
    .map(([what, has, should]) => `${what}: ${has} instead of ${should}`)
}
