import { setTimeout as sleep } from 'node:timers/promises'
import { ownCpuTimeOf } from '../scaling/cpu-time.ts'
import type { Person } from '../scaling/people.ts'
import { withRunning } from '../scaling/running.ts'
import { LOAD_CORE } from './cores.ts'
import { metered, openPairs } from './direct.ts'
import { median, ratioOf } from './figures.ts'
import { fillMessages } from './fill-messages.ts'
import { Load } from './load.ts'
import { channelScript, chatScript, createChannel, type Parley, startParley } from './parley.ts'

export interface GrowthOptions {
  readonly seconds: number
  readonly runs: number
  readonly say: (line: string) => void
}

/** What a message costs where there is so much of something. */
export interface GrowthPoint {
  readonly axis: 'online' | 'stored'
  readonly size: number
  /** µs of CPU of the server for a direct message that is stored, acknowledged and delivered, and whose receipt came back. */
  readonly direct: number
  /** The same for one delivery in a channel of 10. */
  readonly channel: number
  /** Of both, to the smallest size in the same runs. */
  readonly directRatio: number
  readonly channelRatio: number
}

const ONLINE = [10, 100, 1_000, 10_000]
const STORED = [1_000, 100_000, 1_000_000]
/** Who is at work: as many as are online at least. */
const PAIRS = 3
const MEMBERS = 3
/** Messages a second of all pairs: far from full load, where batches would differ. */
const RATE = 500
const SETTLE = 3_000
/** How long a server is listened to that has nothing to do but heartbeats (ms). */
const SILENCE = 3_000

/** A server with people at work, and others who only are there. */
interface Place {
  readonly parley: Parley
  /** Who is at work: the pairs, then the channel's. */
  readonly people: readonly Person[]
  readonly pairs: Load
  readonly channel: Load
  readonly others: Load
}

interface Costs {
  readonly direct: number[]
  readonly channel: number[]
}

export const measureGrowth = async (options: GrowthOptions): Promise<GrowthPoint[]> => [
  ...(await measureStored(options)),
  ...(await measureOnline(options)),
]

/** Two servers side by side: one stays small. */
const measureOnline = (options: GrowthOptions): Promise<GrowthPoint[]> =>
  withPlaces(2, async ([small, large]) => {
    const points: GrowthPoint[] = []
    await compare([small!, large!], { ...options, runs: 1 })
    let online = 2 * PAIRS + MEMBERS + 1
    for (const size of ONLINE) {
      const people = large!.parley.people(size - online)
      online = size
      const { ready } = await large!.others.open(
        people.map((person) => chatScript(person)),
        { limit: 120_000 },
      )
      if (ready !== people.length) throw new Error(`${ready} of ${people.length} connected`)
      await sleep(SETTLE)
      const [base, grown] = await compare([small!, large!], options)
      points.push(tell(pointOf('online', size, base!, grown!), options.say))
    }
    return points
  })

/** A server for each size, side by side. */
const measureStored = (options: GrowthOptions): Promise<GrowthPoint[]> =>
  withPlaces(STORED.length, async (places) => {
    for (const [index, place] of places.entries()) await store(place, STORED[index]!, options.say)
    await compare(places, { ...options, runs: 1 })
    const costs = await compare(places, options)
    return costs.map((cost, index) => tell(pointOf('stored', STORED[index]!, costs[0]!, cost), options.say))
  })

const tell = (point: GrowthPoint, say: GrowthOptions['say']): GrowthPoint => {
  const { axis, size, direct, channel, directRatio, channelRatio } = point
  say(
    `${size} ${axis}: ${direct.toFixed(0)} µs a direct message (${directRatio.toFixed(2)} × the smallest), ` +
      `${channel.toFixed(0)} µs a delivery in a channel (${channelRatio.toFixed(2)} ×)`,
  )
  return point
}

const pointOf = (axis: GrowthPoint['axis'], size: number, base: Costs, grown: Costs): GrowthPoint => ({
  ...{ axis, size, direct: median(grown.direct), channel: median(grown.channel) },
  directRatio: ratioOf(grown.direct, base.direct),
  channelRatio: ratioOf(grown.channel, base.channel),
})

/** One run of each place in turn, then again. What a place costs in silence is not in the figures. */
const compare = async (places: readonly Place[], { seconds, runs }: GrowthOptions): Promise<Costs[]> => {
  const idle = await idleShares(places)
  const costs = places.map((): Costs => ({ direct: [], channel: [] }))
  for (let run = 0; run < runs; run += 1)
    for (const [index, { parley, pairs, channel }] of places.entries()) {
      const { counts, micros } = await metered(parley, () => pairs.directOpen(RATE, seconds * 1_000))
      costs[index]!.direct.push(micros - ((idle[index]! * counts.seconds) / counts.sent) * 1e6)
      const before = ownCpuTimeOf(parley.pid)
      const made = await channel.fanOut('"message:new"', MEMBERS, 1, seconds * 1_000)
      if (made.missing > 0 || made.lost > 0) throw new Error(`${made.missing} deliveries are missing`)
      const used = ownCpuTimeOf(parley.pid) - before - idle[index]! * made.seconds
      costs[index]!.channel.push((used / made.deliveries) * 1e6)
    }
  return costs
}

/** Seconds of CPU a second. */
const idleShares = async (places: readonly Place[]): Promise<number[]> => {
  const before = places.map(({ parley }) => ownCpuTimeOf(parley.pid))
  await sleep(SILENCE)
  return places.map(({ parley }, index) => (ownCpuTimeOf(parley.pid) - before[index]!) / (SILENCE / 1_000))
}

/** Fills the store of a place so that it has `messages` in the conversations of its pairs. */
const store = async (place: Place, messages: number, say: GrowthOptions['say']): Promise<void> => {
  const { parley, pairs, channel } = place
  // The conversations are made as ever.
  await metered(parley, () => pairs.directOpen(RATE, 500))
  for (const load of [pairs, channel]) await load.closeAll()
  await parley.restart(() => fillMessages(parley.file, messages, say))
  await open(place)
}

const open = async ({ parley, people, pairs, channel }: Place): Promise<void> => {
  await openPairs(parley, pairs, people.slice(0, 2 * PAIRS))
  const members = people.slice(2 * PAIRS)
  const channelId = await createChannel(parley.url, members)
  await channel.target(parley.port, 'ws')
  const { ready } = await channel.open(members.map((person) => channelScript(person, channelId)))
  if (ready !== members.length) throw new Error(`${ready} of ${members.length} connected`)
}

const withPlaces = <R>(
  count: number,
  work: (places: readonly Place[]) => Promise<R>,
  made: readonly Place[] = [],
): Promise<R> =>
  made.length === count
    ? work(made)
    : withRunning(
        async () => {
          const parley = await startParley()
          const loads = [new Load([LOAD_CORE]), new Load([LOAD_CORE]), new Load([LOAD_CORE])] as const
          const stop = async (): Promise<void> => {
            for (const load of loads) await load.stop()
            await parley.stop()
          }
          const people = parley.people(2 * PAIRS + MEMBERS + 1)
          const [pairs, channel, others] = loads
          return { value: { parley, people, pairs, channel, others }, stop }
        },
        async (place) => {
          await place.others.target(place.parley.port, 'ws')
          await open(place)
          return withPlaces(count, work, [...made, place])
        },
      )
