import type { DirectoryUser } from '@parley/core'
import type { SocketClient } from '@parley/testkit/socket-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ChannelsWorld } from './world.ts'

let world: ChannelsWorld
let ann: DirectoryUser
let bob: DirectoryUser
let cas: DirectoryUser

beforeEach(async () => {
  world = await ChannelsWorld.start()
  ;[ann, bob, cas] = [world.addUser('Ann'), world.addUser('Bob'), world.addUser('Cas')]
})
afterEach(() => world.stop())

const senderOf = ({ id, username, avatar, role }: DirectoryUser) => ({ id, username, avatar, role })

const channel = async (isPrivate = false, memberIds: readonly string[] = [bob.id]): Promise<string> => {
  const command = { name: 'general', isPrivate, memberIds: [...memberIds] }
  return (await world.core.channels.create(senderOf(ann), command)).channel.id
}

const joined = async (user: DirectoryUser, channelId: string, auth = {}): Promise<SocketClient> => {
  const client = await world.connect(user, auth)
  expect(await client.ask('room:join', { channelId })).toEqual({ ok: true, channelId })
  return client
}

describe('channels over the wire', () => {
  it('CHANNELS-1 message:send is stored, then message:sent to the sender and message:new to the others in the room', async () => {
    const channelId = await channel()
    const [a, b] = [await joined(ann, channelId), await joined(bob, channelId)]
    const second = await joined(ann, channelId)
    const answer = await a.ask('message:send', {
      content: ' **hi** <script>x</script>',
      channelId,
      deliveryStatus: 'SENT',
    })
    const sent = await a.next('message:sent')
    expect(sent).toEqual({ messageId: expect.any(String), channelId, status: 'SENT', seq: 1 })
    expect(answer).toMatchObject({ ok: true, ...sent, rev: 1 })
    const message = {
      id: sent['messageId'],
      content: '**hi**',
      source: '**hi** <script>x</script>',
      contentHtml: expect.stringContaining('<strong>hi</strong>'),
      messageType: 'text',
      channelId,
      userId: ann.id,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: expect.any(String),
      editedAt: null,
      deletedAt: null,
      deliveryStatus: 'SENT',
      seq: 1,
      rev: 1,
      user: { id: ann.id, name: 'Ann', avatar: null },
    }
    const got = await b.next('message:new')
    expect(String(got['content']).trim()).toBe('**hi**')
    expect(got).toEqual({ ...message, content: got['content'] })
    expect(got['contentHtml']).not.toContain('<script')
    expect(await second.next('message:new')).toMatchObject({ id: sent['messageId'] })
    expect(a.of('message:new')).toEqual([])
  })

  it('CHANNELS-2 a socket that shows another channel hears nothing of this one', async () => {
    const [here, there] = [await channel(), await channel()]
    const [a, b] = [await joined(ann, here), await joined(bob, there)]
    await a.ask('message:send', { content: 'one', channelId: here })
    await a.ask('message:send', { content: 'two', channelId: there })
    expect(await b.next('message:new')).toMatchObject({ content: 'two' })
    expect(b.of('message:new')).toHaveLength(1)
  })

  it('CHANNELS-3 a member enters by sending; a stranger gets the sentence and nothing is stored', async () => {
    const channelId = await channel(true)
    const [a, b, c] = [await world.connect(ann), await world.connect(bob), await world.connect(cas)]
    await b.ask('message:send', { content: 'in', channelId })
    await a.ask('message:send', { content: 'also in', channelId })
    expect(await b.next('message:new')).toMatchObject({ content: 'also in' })
    const error = { code: 'NOT_A_MEMBER', message: 'Not a member of this channel' }
    expect(await c.ask('message:send', { content: 'x', channelId, clientMessageId: 'c1' })).toEqual({
      ok: false,
      error,
    })
    expect(await c.next('message:error')).toEqual({
      error: error.message,
      code: error.code,
      clientMessageId: 'c1',
    })
    const nowhere = { channelId: crypto.randomUUID() }
    expect(await c.ask('room:join', nowhere)).toEqual(await c.ask('room:join', { channelId }))
    expect((await world.core.channels.get(ann.id, channelId)).channel.seq).toBe(2)
  })

  it('CHANNELS-4 receipts go to the author, once, forward only', async () => {
    const channelId = await channel()
    const [a, b] = [await joined(ann, channelId), await joined(bob, channelId)]
    const ids: unknown[] = []
    for (const content of ['1', '2', '3'])
      ids.push((await a.ask('message:send', { content, channelId }))['messageId'])
    await b.ask('message:delivered', { messageId: ids[1], channelId, status: 'READ' })
    await b.ask('message:delivered', { messageId: ids[0], channelId, status: 'DELIVERED' })
    await b.ask('message:read', { messageId: ids[2], channelId, status: 'READ' })
    await a.ask('room:leave', channelId)
    const told = (event: string) => a.of(event).map(({ messageId }) => ids.indexOf(messageId))
    expect(told('message:delivered')).toEqual([0, 1, 2])
    expect(told('message:read')).toEqual([0, 1, 2])
    expect(a.of('message:read')[0]).toEqual({ messageId: ids[0], channelId, status: 'READ', userId: bob.id })
    expect(await b.ask('message:read', { messageId: crypto.randomUUID() })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
  })

  it('CHANNELS-5 typing goes to the others in the room, for changes only', async () => {
    const channelId = await channel()
    const [a, b] = [await world.connect(ann), await joined(bob, channelId)]
    await a.ask('message:typing:start', { channelId, isTyping: true })
    await a.ask('message:typing:start', { channelId, isTyping: true })
    await a.ask('message:typing:stop', { channelId, isTyping: false })
    await b.next('message:typing:stop')
    expect(b.of('message:typing:start')).toEqual([{ userId: ann.id, channelId, isTyping: true, name: 'Ann' }])
    expect(a.of('message:typing:start')).toEqual([])
  })

  it('CHANNELS-6 a removed member hears nothing that is said afterwards', async () => {
    const channelId = await channel(true)
    const [a, b] = [await joined(ann, channelId), await joined(bob, channelId)]
    await world.core.channels.remove(ann.id, channelId, bob.id)
    await a.ask('message:send', { content: 'secret', channelId })
    expect(await b.next('channel:removed')).toEqual({ channelId, reason: 'removed' })
    expect(await b.ask('message:send', { content: 'x', channelId })).toMatchObject({
      error: { code: 'NOT_A_MEMBER' },
    })
    expect(await b.ask('message:typing:start', { channelId })).toMatchObject({ ok: false })
    expect(b.of('message:new')).toEqual([])
  })

  it('CHANNELS-7 edits, deletions and reactions are told, and come with sync', async () => {
    const channelId = await channel()
    const [a, b] = [await joined(ann, channelId), await joined(bob, channelId)]
    const { messageId } = await a.ask('message:send', { content: 'helo', channelId })
    const gone = (await a.ask('message:send', { content: 'oops', channelId }))['messageId']
    expect(await b.ask('message:edit', { messageId, content: 'no' })).toMatchObject({
      error: { code: 'FORBIDDEN' },
    })
    expect(await a.ask('message:edit', { messageId, content: 'hello' })).toEqual({
      ok: true,
      messageId,
      rev: 3,
    })
    expect(await b.next('message:updated')).toMatchObject({
      message: { id: messageId, content: 'hello', seq: 1, rev: 3 },
    })
    await a.ask('message:delete', { messageId: gone })
    expect(await b.next('message:deleted')).toEqual({ messageId: gone, channelId, rev: 4 })
    await b.ask('message:react', { messageId, emoji: '👍', on: true })
    expect(await a.next('message:reaction')).toEqual({
      messageId,
      channelId,
      userId: bob.id,
      emoji: '👍',
      on: true,
      rev: 5,
    })
    const answer = await b.ask('sync', { cursors: { [channelId]: 2, [crypto.randomUUID()]: 7 } })
    expect(answer).toMatchObject({
      ok: true,
      channels: [
        {
          channelId,
          rev: 5,
          more: false,
          events: [
            { rev: 4, message: { id: gone, content: '', seq: 2 } },
            {
              rev: 5,
              message: {
                id: messageId,
                content: 'hello',
                reactions: [{ emoji: '👍', count: 1, userIds: [bob.id] }],
              },
            },
          ],
        },
      ],
      removed: [expect.any(String)],
    })
    const { epoch } = answer
    expect(await b.ask('sync', { epoch: 'another', cursors: { [channelId]: 2 } })).toMatchObject({
      epoch,
      channels: [{ channelId, resync: true }],
    })
    expect(await b.ask('sync', { epoch, cursors: { [channelId]: 99 } })).toMatchObject({
      channels: [{ channelId, resync: true }],
    })
  })

  it('CHANNELS-8 a mention is unread until it is read, and members elsewhere hear of activity', async () => {
    const channelId = await channel()
    const [a, b] = [await joined(ann, channelId), await world.connect(bob)]
    const { messageId } = await a.ask('message:send', { content: 'hey @bob.', channelId })
    expect(await b.next('channel:activity')).toEqual({ channelId, seq: 1, mention: true })
    expect(await world.core.channels.get(bob.id, channelId)).toMatchObject({
      unreadCount: 1,
      mentionCount: 1,
    })
    const other = await world.connect(bob)
    await b.ask('message:read', { messageId })
    expect(await other.next('channel:read')).toEqual({ channelId, readSeq: 1 })
    expect(await world.core.channels.get(bob.id, channelId)).toMatchObject({
      unreadCount: 0,
      mentionCount: 0,
    })
    expect(b.of('channel:read')).toEqual([])
  })

  it('CHANNELS-9 a direct conversation is a channel of two', async () => {
    const { view } = await world.core.channels.openDirect(senderOf(ann), bob.id)
    const channelId = view.channel.id
    const [a, b] = [await joined(ann, channelId), await joined(bob, channelId)]
    await a.ask('message:typing:start', { channelId })
    expect(await b.next('message:typing:start')).toMatchObject({ channelId, userId: ann.id })
    const { messageId } = await a.ask('message:send', { content: 'hi', channelId, clientMessageId: 'x' })
    expect(await b.next('message:typing:stop')).toMatchObject({ channelId })
    expect(await b.next('message:new')).toMatchObject({ id: messageId, channelId, clientMessageId: 'x' })
    await b.ask('message:read', { messageId })
    expect(await a.next('message:read')).toMatchObject({ messageId, status: 'READ' })
    const c = await world.connect(cas)
    expect(await c.ask('room:join', { channelId })).toMatchObject({ error: { code: 'NOT_A_MEMBER' } })
    expect(await c.ask('message:send', { channelId, content: 'x' })).toMatchObject({
      error: { code: 'NOT_A_MEMBER' },
    })
  })

  it('CHANNELS-10 an inbox hears of every channel, also of those that come later', async () => {
    const first = await channel()
    const b = await world.connect(bob, { inbox: true })
    const a = await world.connect(ann)
    await a.ask('message:send', { content: 'one', channelId: first })
    expect(await b.next('message:new')).toMatchObject({ content: 'one' })
    const second = await channel()
    await b.next('channel:updated')
    await new Promise((resolve) => setTimeout(resolve, 50))
    await a.ask('message:send', { content: 'two', channelId: second })
    expect(await b.next('message:new')).toMatchObject({ content: 'two', channelId: second })
    await world.core.direct.send(senderOf(cas), { receiverId: bob.id, content: 'three', messageType: 'text' })
    expect(await b.next('message:new')).toMatchObject({ content: 'three', userId: cas.id })
  })

  it('CHANNELS-11 presence is told now and on change, to those who follow it', async () => {
    const a = await world.connect(ann)
    await a.ask('presence:subscribe', { userIds: [bob.id, crypto.randomUUID()] })
    expect(await a.next('presence')).toEqual({ userId: bob.id, status: 'offline', lastSeen: null })
    const b = await world.connect(bob)
    expect(await a.next('presence')).toEqual({ userId: bob.id, status: 'online', lastSeen: null })
    b.socket.disconnect()
    expect(await a.next('presence')).toMatchObject({ status: 'offline', lastSeen: expect.any(String) })
  })

  it.each([
    ['message:send', null],
    ['message:send', { channelId: 'x', content: 'y' }],
    ['message:send', { channelId: '0190a0b0-0000-7000-8000-000000000000', content: '' }],
    ['message:send', { channelId: '0190a0b0-0000-7000-8000-000000000000', content: 'x'.repeat(2_001) }],
    ['message:send', { channelId: '0190a0b0-0000-7000-8000-000000000000', content: 'a\u0000b' }],
    ['message:read', undefined],
    ['room:join', 7],
    ['sync', { cursors: [] }],
    ['sync', { cursors: { x: 1 } }],
    ['presence:subscribe', { userIds: [] }],
  ])('CHANNELS-12 %s with %j is refused to the sender alone', async (event, payload) => {
    const a = await world.connect(ann)
    const issues = expect.arrayContaining([{ path: expect.any(String), message: expect.any(String) }])
    expect(await a.ask(event, payload)).toEqual({
      ok: false,
      error: { code: 'INVALID', message: 'Invalid message format', issues },
    })
    expect(await a.next('message:error')).toMatchObject({ error: 'Invalid message format', code: 'INVALID' })
  })

  it('CHANNELS-13 nothing is left of a socket that is gone', async () => {
    const channelId = await channel()
    const before = world.core.hub.topics
    const clients = [await joined(ann, channelId), await joined(bob, channelId, { inbox: true })]
    await clients[0]!.ask('presence:subscribe', { userIds: [bob.id] })
    await clients[0]!.ask('message:typing:start', { channelId })
    for (const { socket } of clients) socket.disconnect()
    await expect.poll(() => [world.core.hub.topics, world.rooms]).toEqual([before, 0])
  })
})
