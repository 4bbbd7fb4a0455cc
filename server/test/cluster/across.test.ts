import type { RawClient } from '@parley/testkit'
import { type Cluster, startCluster } from '@parley/testkit/cluster'
import type { SocketClient } from '@parley/testkit/socket-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatOf, hubOf, reachable } from '../harness/clients.ts'
import { nodeAt, type TestNode, type TestUser } from '../harness/test-node.ts'

/** What holds for one server holds for two that share a database and a Redis. */

const SOON = { timeout: 15_000, interval: 50 }
const HUB_LIMIT = 3
const ROOM_GRACE = 2_000

let cluster: Cluster
let a: TestNode
let b: TestNode
let users = 0

beforeAll(async () => {
  cluster = await startCluster({
    nodes: 2,
    env: { HUB_MAX_CONNECTIONS: `${HUB_LIMIT}`, ROOM_GRACE: `${ROOM_GRACE}` },
  })
  const [first, second] = cluster.nodes.map(({ url }) => nodeAt(url))
  a = first!
  b = second!
})
afterAll(() => cluster.stop())

const newUser = (): Promise<TestUser> => {
  users += 1
  return a.register(`node${users}`)
}

const close = (...clients: (RawClient | SocketClient)[]): Promise<unknown> =>
  Promise.all(clients.map((client) => client.close()))

const crossed = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300))

/** A private channel of Ann with Bob in it. */
const channelOf = async (ann: TestUser, bob: TestUser): Promise<string> => {
  const { body } = await a.call(ann, 'POST', '/api/channels', { name: `c${users}`, isPrivate: true })
  const { id } = body['channel'] as { id: string }
  expect((await a.call(ann, 'POST', `/api/channels/${id}/members`, { userIds: [bob.id] })).status).toBe(200)
  return id
}

describe('one user on two nodes', () => {
  it('NODE-11 has one chat connection: the newest stays, on whichever node, and the user stays online', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const watcher = await chatOf(b, bob)
    const first = await chatOf(a, ann)
    await watcher.next('user_online')
    const second = await chatOf(b, ann)
    expect((await first.closed).code).toBe(4005)
    const third = await chatOf(a, ann)
    expect((await second.closed).code).toBe(4005)
    await crossed()
    const told = watcher.all.filter(({ type }) => type === 'user_offline' || type === 'user_online')
    expect(told).toHaveLength(1)
    await third.close()
    await watcher.next('user_offline')
    await watcher.close()
  })

  it('NODE-12 the hub takes a user as often as one server would, and what is said reaches everybody once', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const clients = [await hubOf(a, ann), await hubOf(b, ann), await hubOf(a, ann)]
    const bobs = await hubOf(b, bob)
    const surplus = await b.open('/ws', { cookie: ann.cookie })
    const ended = await Promise.race([surplus.closed, ...clients.map(({ closed }) => closed)])
    expect(ended.code).toBeGreaterThanOrEqual(4000)
    await crossed()
    const open = [...clients, surplus].filter(({ socket }) => socket.readyState === socket.OPEN)
    expect(open).toHaveLength(HUB_LIMIT)
    bobs.send('to everybody')
    for (const client of [...open, bobs]) {
      expect(await client.next('chat_message')).toMatchObject({ message: 'to everybody' })
    }
    await crossed()
    for (const client of open) {
      expect(client.all.filter(({ type }) => type === 'chat_message')).toHaveLength(1)
    }
    await close(...open, bobs)
  })

  it('NODE-13 a sign-out on one node ends the sockets of every protocol on the other, and lets none come back', async () => {
    const ann = await newUser()
    const [inChat, inHub, inSignal] = [
      await chatOf(b, ann),
      await hubOf(b, ann),
      await b.open(`/signal?token=${ann.token}`),
    ]
    const [channels, whisper] = [await b.socket(ann), await b.whisper(ann)]
    expect((await b.call(ann, 'GET', '/api/channels')).status).toBe(200)
    const ends = [channels, whisper].map(({ socket }) => new Promise((end) => socket.once('disconnect', end)))
    await a.call(ann, 'POST', '/api/auth/logout')
    for (const client of [inChat, inHub, inSignal]) expect((await client.closed).code).toBe(4002)
    await Promise.all(ends)
    expect((await (await b.chat(ann)).closed).code).toBe(4002)
    await expect(b.socket(ann)).rejects.toThrow('Unauthorized')
    expect((await b.call(ann, 'GET', '/api/channels')).status).toBe(401)
  })
})

describe('a channel over two nodes', () => {
  it('NODE-14 messages, edits, reactions, deletions, receipts and typing reach the other node', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const channelId = await channelOf(ann, bob)
    const [anns, bobs] = [await a.socket(ann), await b.socket(bob)]
    await anns.ask('room:join', { channelId })
    await bobs.ask('room:join', { channelId })
    await anns.ask('message:typing:start', { channelId, isTyping: true })
    expect(await bobs.next('message:typing:start')).toMatchObject({ channelId, userId: ann.id })
    const { messageId } = await anns.ask('message:send', { channelId, content: 'over there' })
    expect(await bobs.next('message:new')).toMatchObject({ id: messageId, content: 'over there', seq: 1 })
    await bobs.ask('message:delivered', { messageId, channelId })
    expect(await anns.next('message:delivered')).toMatchObject({ messageId, userId: bob.id })
    await bobs.ask('message:read', { messageId, channelId })
    expect(await anns.next('message:read')).toMatchObject({ messageId, userId: bob.id })
    const events = [
      ['message:edit', { messageId, content: 'over here' }],
      ['message:react', { messageId, emoji: '👍', on: true }],
      ['message:delete', { messageId }],
    ] as const
    for (const [event, payload] of events) {
      const seen = bobs.all.length
      expect(await anns.ask(event, payload)).toMatchObject({ ok: true })
      await expect
        .poll(() => bobs.all.slice(seen).some(({ body }) => JSON.stringify(body).includes(messageId)), SOON)
        .toBe(true)
    }
    await close(anns, bobs)
  })

  it('NODE-15 what was missed on one node is read on the other, by `sync` and in chat', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const channelId = await channelOf(ann, bob)
    const anns = await a.socket(ann)
    const first = await anns.ask('message:send', { channelId, content: 'one' })
    const away = await a.socket(bob)
    const before = await away.ask('sync', { cursors: {} })
    const { rev } = before.channels.find((one: { channelId: string }) => one.channelId === channelId)
    away.close()
    const second = await anns.ask('message:send', { channelId, content: 'two' })
    await anns.ask('message:edit', { messageId: first.messageId, content: 'one, mended' })
    const back = await b.socket(bob)
    const { channels } = await back.ask('sync', { epoch: before.epoch, cursors: { [channelId]: rev } })
    const mine = channels.find((one: { channelId: string }) => one.channelId === channelId)
    expect(mine.events).toMatchObject([
      { rev: rev + 1, message: { id: second.messageId, content: 'two' } },
      { rev: rev + 2, message: { id: first.messageId, content: 'one, mended' } },
    ])
    // A direct message that was written on one node waits for chat on the other, once.
    const sent = await a.call(ann, 'POST', '/api/messages', { receiverId: bob.id, content: 'later' })
    const inChat = await b.chat(bob)
    const { id } = sent.body['message'] as { id: string }
    expect(await inChat.data('new_message')).toMatchObject({ messageId: id })
    await inChat.close()
    const again = await chatOf(a, bob)
    again.send({ type: 'get_online_users' })
    await again.next('online_users')
    expect(again.all.some(({ type }) => type === 'new_message')).toBe(false)
    await close(anns, back, again)
  })
})

describe('a whisper room over two nodes', () => {
  it('NODE-16 has one list, one conversation, one typing line, and one grace', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const made = await a.call(ann, 'POST', '/api/rooms/create', { name: 'quiet', pin: '1234' })
    const room = String(made.body['roomCode'])
    const join = (pin: string) => b.call(bob, 'POST', '/api/rooms/join', { roomCode: room, pin })
    expect((await join('9999')).status).toBe(401)
    expect((await join('1234')).status).toBe(200)
    const [anns, bobs] = [await a.whisper(ann), await b.whisper(bob)]
    await anns.ask('join_room', room)
    await bobs.ask('join_room', room)
    const both = [ann.id, bob.id].sort()
    for (const client of [anns, bobs]) {
      const hasBoth = (list: { userId: string }[]): boolean =>
        JSON.stringify(list.map(({ userId }) => userId).sort()) === JSON.stringify(both)
      await client.next('users_online', hasBoth)
    }
    anns.emit('typing_start', { room })
    expect(await bobs.next('user_typing')).toMatchObject({ userId: ann.id })
    await anns.ask('send_message', { room, content: 'psst' })
    expect(await bobs.next('new_message')).toMatchObject({ content: 'psst', sender: { _id: ann.id } })

    // Both break off; within the grace the room is there, for who comes to the other node.
    anns.socket.io.engine.close()
    bobs.socket.io.engine.close()
    const back = await a.whisper(bob)
    expect(await back.ask('join_room', room)).toMatchObject({ ok: true, room })
    expect((await b.call(bob, 'GET', `/api/rooms/${room}`)).status).toBe(200)
    await back.ask('leave_room', room)
    const found = () => b.call(bob, 'GET', `/api/rooms/${room}`)
    await expect.poll(async () => (await found()).status, SOON).toBe(404)
    await close(back)
  })
})

const payloadOf = async (client: RawClient, type: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what came without declaring it
  (await client.next(type))['payload'] as Record<string, any>

describe('signalling over two nodes', () => {
  it('NODE-17 a group has its members on both nodes; a peer id is held once, over all of them', async () => {
    const [one, other] = [await a.open('/signal'), await b.open('/signal')]
    one.send({ type: 'create-group', payload: { groupName: 'g', username: 'ann' } })
    const { groupId } = await payloadOf(one, 'group-created')
    one.send({ type: 'update-peer-id', payload: { peerId: 'of-ann' } })
    await one.next('existing-peers')
    const join = { groupId, username: 'bob' }
    other.send({ type: 'join-group', payload: { ...join, peerId: 'of-ann' } })
    expect(await payloadOf(other, 'error')).toMatchObject({ code: 'PEER_ID_TAKEN' })
    other.send({ type: 'join-group', payload: { ...join, peerId: 'of-bob' } })
    const joined = await payloadOf(other, 'group-joined')
    expect(joined['members']).toMatchObject([{ username: 'ann', peerId: 'of-ann' }])
    expect(await payloadOf(one, 'peer-joined')).toMatchObject({ peerId: 'of-bob', username: 'bob' })
    one.send({ type: 'signal', payload: { toPeerId: 'of-bob', data: { sdp: 'v=0' } } })
    expect(await payloadOf(other, 'signal')).toEqual({ fromPeerId: 'of-ann', data: { sdp: 'v=0' } })
    await other.close()
    expect(await payloadOf(one, 'user-left')).toMatchObject({ username: 'bob' })
    const back = await b.open('/signal')
    back.send({ type: 'join-group', payload: { ...join, peerId: 'of-bob' } })
    await back.next('group-joined')
    await close(one, back)
  })

  it('NODE-17 a call rings every device on every node, is accepted on one of them, and is hung up', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const caller = await reachable(a, ann, `caller${users}`)
    const devices = [await reachable(a, bob, `near${users}`), await reachable(b, bob, `far${users}`)]
    caller.send({ type: 'call-user', payload: { userId: bob.id } })
    const rung = await Promise.all(devices.map((device) => payloadOf(device, 'incoming-call-request')))
    const callId: unknown = rung[0]!['callId']
    expect(rung.map((call) => call['callId'])).toEqual([callId, callId])
    const answer = (peerId: string) => ({
      type: 'call-response',
      payload: { accepted: true, fromPeerId: peerId, toPeerId: `caller${users}` },
    })
    devices[0]!.send(answer(`near${users}`))
    devices[1]!.send(answer(`far${users}`))
    const { fromPeerId } = await payloadOf(caller, 'call-response')
    const winner = fromPeerId === `near${users}` ? 0 : 1
    const loser = devices[1 - winner]!
    await expect
      .poll(() => loser.all.some(({ type }) => type === 'call-taken' || type === 'error'), SOON)
      .toBe(true)
    await crossed()
    expect(caller.all.filter(({ type }) => type === 'call-response')).toHaveLength(1)
    caller.send({ type: 'call-ended', payload: { toPeerId: fromPeerId } })
    expect(await payloadOf(devices[winner]!, 'call-ended')).toMatchObject({ fromPeerId: `caller${users}` })
    await close(caller, ...devices)
  })

  it('NODE-17 peers of the broker reach each other across nodes; an id is taken for others and given back to its token', async () => {
    const path = (id: string, token: string): string =>
      `/peerjs/peerjs?${new URLSearchParams({ key: 'peerjs', id, token, version: '1.5.5' })}`
    const [one, other] = [await a.open(path('p-ann', 't1')), await b.open(path('p-bob', 't2'))]
    await one.next('OPEN')
    await other.next('OPEN')
    one.send({ type: 'OFFER', dst: 'p-bob', payload: { sdp: 'v=0' } })
    expect(await other.next('OFFER')).toMatchObject({ src: 'p-ann', payload: { sdp: 'v=0' } })
    const thief = await b.open(path('p-ann', 'another'))
    expect((await thief.next('ID-TAKEN')).type).toBe('ID-TAKEN')
    const back = await b.open(path('p-ann', 't1'))
    await back.next('OPEN')
    expect((await one.closed).code).toBe(4005)
    other.send({ type: 'ANSWER', dst: 'p-ann', payload: {} })
    expect(await back.next('ANSWER')).toMatchObject({ src: 'p-bob' })
    await close(other, back)
  })
})
