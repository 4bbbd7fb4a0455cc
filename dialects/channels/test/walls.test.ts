import type { DirectoryUser } from '@parley/core'
import type { SocketClient } from '@parley/testkit/socket-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChannelsWorld, senderOf } from './world.ts'

const NOWHERE = '0190a0b0-0000-7000-8000-00000000dead'
const WHO = ['owner', 'moderator', 'member', 'stranger', 'removed'] as const
type Who = (typeof WHO)[number]
const PLACES = ['public', 'private', 'direct', 'archived', 'unknown'] as const
type Place = (typeof PLACES)[number]

let world: ChannelsWorld
let people: Record<Who, DirectoryUser>
let author: DirectoryUser
let clients: Record<Who, SocketClient>

interface Made {
  readonly channelId: string
  readonly messageId: string
}

beforeAll(async () => {
  world = await ChannelsWorld.start()
  people = {
    owner: world.addUser('owner'),
    moderator: world.addUser('moderator'),
    member: world.addUser('member'),
    stranger: world.addUser('stranger'),
    removed: world.addUser('removed'),
  }
  author = world.addUser('author')
  clients = {
    owner: await world.connect(people.owner),
    moderator: await world.connect(people.moderator),
    member: await world.connect(people.member),
    stranger: await world.connect(people.stranger),
    removed: await world.connect(people.removed),
  }
})
afterAll(() => world.stop())

const send = async (channelId: string, content: string): Promise<string> => {
  const command = { channelId, content, parentId: undefined, clientMessageId: undefined }
  return (await world.core.channelMessages.send(senderOf(author), command)).message.id
}

/** A new place with a message by `author`; of a direct one the two are `member` and `author`. */
const make = async (place: Place): Promise<Made> => {
  const { channels } = world.core
  const { owner, moderator, member, removed } = people
  if (place === 'unknown') return { channelId: NOWHERE, messageId: NOWHERE }
  if (place === 'direct') {
    const channelId = (await channels.openDirect(senderOf(author), member.id)).view.channel.id
    return { channelId, messageId: await send(channelId, 'secret') }
  }
  const memberIds = [moderator, member, removed, author].map(({ id }) => id)
  const command = { name: 'secret name', isPrivate: place === 'private', memberIds }
  const channelId = (await channels.create(senderOf(owner), command)).channel.id
  await channels.setRole(senderOf(owner), channelId, moderator.id, 'moderator')
  await channels.remove(owner.id, channelId, removed.id)
  const messageId = await send(channelId, 'secret')
  if (place === 'archived') await channels.update(senderOf(owner), channelId, { archived: true })
  return { channelId, messageId }
}

type Payload = (made: Made) => unknown

const EVENTS: readonly (readonly [event: string, payload: Payload])[] = [
  ['room:join', ({ channelId }) => ({ channelId })],
  ['room:leave', ({ channelId }) => channelId],
  ['message:send', ({ channelId }) => ({ channelId, content: 'x' })],
  ['message:typing:start', ({ channelId }) => ({ channelId, isTyping: true })],
  ['message:typing:stop', ({ channelId }) => ({ channelId, isTyping: false })],
  ['message:delivered', ({ messageId, channelId }) => ({ messageId, channelId, status: 'DELIVERED' })],
  ['message:read', ({ messageId, channelId }) => ({ messageId, channelId, status: 'READ' })],
  ['message:edit', ({ messageId }) => ({ messageId, content: 'y' })],
  ['message:react', ({ messageId }) => ({ messageId, emoji: '👍', on: true })],
  ['message:delete', ({ messageId }) => ({ messageId })],
]

const [OUT, GONE, NO, SHUT] = ['NOT_A_MEMBER', 'NOT_FOUND', 'FORBIDDEN', 'ARCHIVED']
const five = (answer: string): readonly string[] => [answer, answer, answer, answer, answer]
const outside = (event: string): string =>
  event === 'room:leave' || event === 'message:typing:stop'
    ? 'ok'
    : /delivered|read$|edit|react|delete/.test(event)
      ? GONE
      : OUT

/** What each of `WHO` is answered; the rest of an event's rows is what strangers are answered anywhere. */
const ANSWERS: Readonly<Record<Place, Readonly<Record<string, readonly string[]>>>> = {
  public: { 'room:join': five('ok'), 'message:edit': [NO, NO, NO], 'message:delete': ['ok', 'ok', NO] },
  private: { 'message:edit': [NO, NO, NO], 'message:delete': ['ok', 'ok', NO] },
  archived: {
    'room:join': ['ok', 'ok', 'ok', SHUT, SHUT],
    'message:send': [SHUT, SHUT, SHUT],
    'message:edit': [NO, NO, NO],
    'message:react': [SHUT, SHUT, SHUT],
    'message:delete': [SHUT, SHUT, NO],
  },
  direct: { 'message:edit': [OUT, OUT, NO], 'message:delete': [OUT, OUT, NO] },
  unknown: {},
}

/** Who is in which place. */
const isIn = (who: Who, place: Place): boolean =>
  place === 'unknown' ? false : place === 'direct' ? who === 'member' : !['stranger', 'removed'].includes(who)

const codeOf = (answer: Record<string, unknown>): string =>
  answer['ok'] === true ? 'ok' : (answer['error'] as { code: string }).code

const expected = (place: Place, event: string, who: Who): string => {
  const given = ANSWERS[place][event]?.[WHO.indexOf(who)]
  if (isIn(who, place) || event === 'room:join') return given ?? (isIn(who, place) ? 'ok' : outside(event))
  return outside(event)
}

describe('the walls between channels', () => {
  for (const place of PLACES) {
    it.each(EVENTS)(`CHANNELS-14 %s in a channel that is ${place}`, async (event, payload) => {
      for (const who of WHO) {
        const made = await make(place)
        const answer = await clients[who].ask(event, payload(made))
        expect([who, codeOf(answer)]).toEqual([who, expected(place, event, who)])
      }
    })
  }

  it.each(EVENTS)(
    'CHANNELS-14 to strangers %s is answered for a private, a direct and an unknown channel in the same words',
    async (event, payload) => {
      const unknown = await make('unknown')
      for (const who of ['stranger', 'removed'] as const) {
        const strip = (text: string, { channelId, messageId }: Made) =>
          text.replaceAll(channelId, 'C').replaceAll(messageId, 'M')
        const ask = async (made: Made): Promise<string> =>
          strip(JSON.stringify(await clients[who].ask(event, payload(made))), made)
        const answer = await ask(unknown)
        for (const place of ['private', 'direct'] as const) expect(await ask(await make(place))).toBe(answer)
      }
    },
  )

  it('CHANNELS-14 a stranger who tried everything hears nothing of a private or direct channel', async () => {
    for (const place of ['private', 'direct'] as const) {
      const made = await make(place)
      const stranger = await world.connect(people.stranger, { inbox: true })
      for (const [event, payload] of EVENTS) await stranger.ask(event, payload(made))
      await stranger.ask('sync', { cursors: { [made.channelId]: 0 } })
      const listener = await world.connect(people.member)
      await listener.ask('room:join', made.channelId)
      await listener.ask('message:typing:start', { channelId: made.channelId })
      await listener.ask('message:send', { channelId: made.channelId, content: 'secret too' })
      await listener.ask('message:react', { messageId: made.messageId, emoji: 'x', on: true })
      await listener.ask('message:read', { messageId: made.messageId })
      await stranger.ask('room:leave', made.channelId)
      expect(stranger.all.filter(({ event }) => event !== 'message:error')).toEqual([])
      expect(JSON.stringify(stranger.all)).not.toMatch(/secret|author/)
      stranger.close()
      listener.close()
    }
  })

  it('CHANNELS-14 sync names what one is in, and nothing else', async () => {
    const [open, closed, direct] = [await make('public'), await make('private'), await make('direct')]
    const cursors = Object.fromEntries([open, closed, direct].map(({ channelId }) => [channelId, 0]))
    const client = await world.connect(people.removed)
    const answer = await client.ask('sync', { cursors: { ...cursors, [NOWHERE]: 3 } })
    const listed = (answer['channels'] as { channelId: string }[]).map(({ channelId }) => channelId)
    for (const { channelId } of [open, closed, direct]) expect(listed).not.toContain(channelId)
    expect(answer['removed']).toHaveLength(4)
    expect(JSON.stringify(answer['removed'])).not.toContain('secret')
    client.close()
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'CHANNELS-14 an id named %s is no id, and harms nothing',
    async (name) => {
      const client = await world.connect(people.member)
      for (const [event] of EVENTS) {
        const payload = JSON.parse(`{"channelId":"${name}","messageId":"${name}","content":"x"}`)
        expect(codeOf(await client.ask(event, payload))).toBe('INVALID')
      }
      const cursors: unknown = JSON.parse(`{"cursors":{"${name}":1}}`)
      expect(['INVALID', 'ok']).toContain(codeOf(await client.ask('sync', cursors)))
      expect(Object.keys(Object.prototype)).toEqual([])
      client.close()
    },
  )

  it('CHANNELS-14 the author who was removed edits and deletes nothing there any more', async () => {
    const { channelId, messageId } = await make('private')
    const client = await world.connect(author)
    await world.core.channels.remove(people.owner.id, channelId, author.id)
    for (const event of ['message:edit', 'message:delete', 'message:react', 'message:read']) {
      const answer = await client.ask(event, { messageId, content: 'y', emoji: 'x', on: true })
      expect(answer).toMatchObject({ error: { code: 'NOT_FOUND', message: 'Message not found' } })
    }
    client.close()
  })
})
