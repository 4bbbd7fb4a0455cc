import type { DirectoryUser } from '@parley/core'
import type { SocketClient } from '@parley/testkit/socket-client'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChannelsWorld, senderOf } from './world.ts'

const USERS = 4
const CHANNELS = 2
const MAX_SOCKETS = 2

type Step =
  | { readonly kind: 'connect'; readonly user: number; readonly inbox: boolean }
  | { readonly kind: 'disconnect'; readonly socket: number }
  | { readonly kind: 'join' | 'leave' | 'send'; readonly socket: number; readonly channel: number }
  | { readonly kind: 'burst'; readonly sockets: readonly number[]; readonly channel: number }
  | { readonly kind: 'remove' | 'invite'; readonly user: number; readonly channel: number }

const user = fc.nat(USERS - 1)
const socket = fc.nat(USERS * MAX_SOCKETS - 1)
const channel = fc.nat(CHANNELS - 1)
const some = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })

const step: fc.Arbitrary<Step> = fc.oneof(
  some(
    4,
    fc.record({ kind: fc.constant('connect' as const), user, inbox: fc.constantFrom(false, false, true) }),
  ),
  some(1, fc.record({ kind: fc.constant('disconnect' as const), socket })),
  some(5, fc.record({ kind: fc.constant('join' as const), socket, channel })),
  some(1, fc.record({ kind: fc.constant('leave' as const), socket, channel })),
  some(6, fc.record({ kind: fc.constant('send' as const), socket, channel })),
  some(
    3,
    fc.record({
      kind: fc.constant('burst' as const),
      sockets: fc.array(socket, { minLength: 2, maxLength: 6 }),
      channel,
    }),
  ),
  some(2, fc.record({ kind: fc.constant('remove' as const), user, channel })),
  some(2, fc.record({ kind: fc.constant('invite' as const), user, channel })),
)

/** A socket, what it shows, and what it should have heard. */
interface Shown {
  readonly user: number
  readonly client: SocketClient
  readonly inbox: boolean
  readonly shows: Set<number>
  readonly expected: { channelId: string; seq: number }[]
}

class Run {
  readonly #world: ChannelsWorld
  readonly #owner: DirectoryUser
  readonly #users: readonly DirectoryUser[]
  readonly #channels: readonly string[]
  readonly #members: readonly Set<number>[]
  #sockets: Shown[] = []

  private constructor(
    world: ChannelsWorld,
    owner: DirectoryUser,
    users: DirectoryUser[],
    channels: string[],
  ) {
    this.#world = world
    this.#owner = owner
    this.#users = users
    this.#channels = channels
    this.#members = channels.map(() => new Set(users.keys()))
  }

  static async start(world: ChannelsWorld): Promise<Run> {
    const owner = world.addUser('owner')
    const users = Array.from({ length: USERS }, (_, index) => world.addUser(`user${index}`))
    const channels: string[] = []
    for (let index = 0; index < CHANNELS; index += 1) {
      const command = { name: 'x', isPrivate: true, memberIds: users.map(({ id }) => id) }
      channels.push((await world.core.channels.create(senderOf(owner), command)).channel.id)
    }
    return new Run(world, owner, users, channels)
  }

  async perform(action: Step): Promise<void> {
    const { channels } = this.#world.core
    switch (action.kind) {
      case 'connect':
        return this.#connect(action.user, action.inbox)
      case 'disconnect': {
        const gone = this.#socket(action.socket)
        if (gone !== null) await this.#disconnect(gone)
        return
      }
      case 'burst': {
        const showing = action.sockets
          .map((index) => this.#socket(index))
          .filter((one) => one?.shows.has(action.channel) === true)
        return this.#send(
          showing.filter((one) => one !== null),
          action.channel,
        )
      }
      case 'invite': {
        const { id } = this.#users[action.user]!
        await channels.invite(senderOf(this.#owner), this.#channels[action.channel]!, [id])
        this.#members[action.channel]!.add(action.user)
        for (const one of this.#sockets) {
          if (one.user !== action.user) continue
          await one.client.ask('sync')
          if (one.inbox) one.shows.add(action.channel)
        }
        return
      }
      case 'remove': {
        if (!this.#members[action.channel]!.delete(action.user)) return
        const { id } = this.#users[action.user]!
        await channels.remove(this.#owner.id, this.#channels[action.channel]!, id)
        for (const one of this.#sockets) if (one.user === action.user) one.shows.delete(action.channel)
        return
      }
      default:
        return this.#act(action)
    }
  }

  /** Everything that was heard, and nothing that is left. */
  async finish(topics: number): Promise<void> {
    for (const one of [...this.#sockets]) await this.#disconnect(one)
    await expect.poll(() => [this.#world.core.hub.topics, this.#world.rooms]).toEqual([topics, 0])
  }

  async #connect(index: number, inbox: boolean): Promise<void> {
    if (this.#sockets.filter((one) => one.user === index).length >= MAX_SOCKETS) return
    const client = await this.#world.connect(this.#users[index]!, inbox ? { inbox } : {})
    // Its rooms are entered before its first event.
    await client.ask('sync')
    const shows = [...this.#members.keys()].filter((one) => inbox && this.#members[one]!.has(index))
    this.#sockets.push({ user: index, client, inbox, shows: new Set(shows), expected: [] })
  }

  async #disconnect(gone: Shown): Promise<void> {
    // What was on its way has come when this is answered.
    await gone.client.ask('sync')
    this.#sockets = this.#sockets.filter((one) => one !== gone)
    gone.client.close()
    const heard = gone.client.of('message:new').map(({ channelId, seq }) => ({ channelId, seq }))
    expect(heard).toEqual(gone.expected)
  }

  async #act({
    kind,
    socket: index,
    channel: place,
  }: Step & { socket: number; channel: number }): Promise<void> {
    const one = this.#socket(index)
    if (one === null) return
    if (kind === 'send') return this.#send([one], place)
    const answer = await one.client.ask(`room:${kind}`, { channelId: this.#channels[place]! })
    const isMember = this.#members[place]!.has(one.user)
    expect(answer['ok']).toBe(kind === 'leave' || isMember)
    if (kind === 'join' && isMember) one.shows.add(place)
    if (kind === 'leave' && !one.inbox) one.shows.delete(place)
  }

  /** All at once. */
  async #send(senders: readonly Shown[], place: number): Promise<void> {
    const payload = { channelId: this.#channels[place]!, content: 'x' }
    const sent = await Promise.all(
      senders.map(async (one) => ({ one, answer: await one.client.ask('message:send', payload) })),
    )
    for (const { one, answer } of sent) expect(answer['ok']).toBe(this.#members[place]!.has(one.user))
    const stored = sent.filter(({ answer }) => answer['ok'] === true)
    stored.sort((a, b) => Number(a.answer['seq']) - Number(b.answer['seq']))
    for (const { one } of stored) one.shows.add(place)
    for (const { one, answer } of stored) {
      const expected = { channelId: payload.channelId, seq: Number(answer['seq']) }
      for (const other of this.#sockets) {
        if (other !== one && other.shows.has(place)) other.expected.push(expected)
      }
    }
  }

  #socket(index: number): Shown | null {
    return this.#sockets.length === 0 ? null : this.#sockets[index % this.#sockets.length]!
  }
}

let world: ChannelsWorld
let quiet: number
beforeAll(async () => {
  world = await ChannelsWorld.start()
  quiet = world.core.hub.topics
})
afterAll(() => world.stop())

/** More by hand: `PROPERTY_RUNS=1000 npx vitest run dialects/channels/test/rooms.property.test.ts`. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 25)

describe('rooms over real sockets', () => {
  it('CHANNELS-19 a socket hears exactly what was said in the channels it showed while a member, in order, once; nothing is left of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 50, size: 'max' }), async (steps) => {
        const run = await Run.start(world)
        for (const action of steps) await run.perform(action)
        await run.finish(quiet)
      }),
      { numRuns },
    )
  }, 600_000)
})
