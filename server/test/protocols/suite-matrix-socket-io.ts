import { RawClient } from '@parley/testkit'
import type { SocketClient } from '@parley/testkit/socket-client'
import { describe, expect, it } from 'vitest'
import {
  call,
  chat,
  crossed,
  hub,
  isOnline,
  newPair,
  type PlacedUser,
  type Places,
} from '../harness/two-places.ts'

/** The matrix of `suite-matrix.ts`, with the two Socket.IO dialects in it: one user, one conversation, one receipt. */
export const describeSocketIoMatrix = (places: () => Places): void => {
  /** The id of the direct conversation, as any client of REST gets it. */
  const directOf = async (user: PlacedUser, peer: PlacedUser): Promise<string> => {
    const { body } = await call(user, 'POST', '/api/channels/direct', { userId: peer.id })
    return (body['channel'] as { id: string }).id
  }

  const close = (...clients: (RawClient | SocketClient)[]): Promise<unknown> =>
    Promise.all(clients.map((client) => client.close()))

  /** Nothing of it came by now: everything that the server was to send before has come. */
  const heardBy = async (client: RawClient | SocketClient): Promise<string> => {
    await crossed(places())
    if (client instanceof RawClient) {
      client.send({ type: 'get_online_users' })
      await client.next(client.all[0]?.type === 'welcome' ? 'error' : 'online_users')
    } else {
      await client.ask('sync', { cursors: {} })
    }
    return JSON.stringify(client.all)
  }

  type Way = 'chat' | 'REST' | 'channels' | 'REST, as a channel'
  const WAYS: readonly Way[] = ['chat', 'REST', 'channels', 'REST, as a channel']

  /** Ann writes to Bob in one of the ways; what she hears of receipts she hears in chat and in channels. */
  const scene = async (way: Way) => {
    const [ann, bob] = await newPair(places())
    const channelId = await directOf(ann, bob)
    const [inChat, inChannels] = [await chat(ann), await ann.node.socket(ann)]
    await inChannels.ask('room:join', { channelId })
    const send = async (content: string, clientMessageId?: string): Promise<string> => {
      const more = clientMessageId === undefined ? {} : { clientMessageId }
      const post = async (path: string, body: object) => {
        const answer = await call(ann, 'POST', path, { content, ...body, ...more })
        expect([200, 201]).toContain(answer.status)
        return (answer.body['message'] as { id: string }).id
      }
      switch (way) {
        case 'chat':
          inChat.send({ type: 'chat_message', data: { receiverId: bob.id, content, ...more } })
          return String((await inChat.data('message_sent'))['messageId'])
        case 'REST':
          return post('/api/messages', { receiverId: bob.id })
        case 'channels':
          return (await inChannels.ask('message:send', { channelId, content, ...more })).messageId
        case 'REST, as a channel':
          return post(`/api/channels/${channelId}/messages`, {})
      }
    }
    return { ann, bob, channelId, inChat, inChannels, send }
  }

  describe.each(WAYS)('a direct message sent over %s', (way) => {
    it('MATRIX-8 comes to chat and to the channels sockets that show it, the same message', async () => {
      const { ann, bob, channelId, inChat, inChannels, send } = await scene(way)
      const [b, showing, inbox, elsewhere] = [
        await chat(bob),
        await bob.node.socket(bob),
        await bob.node.socket(bob, { inbox: true }),
        await bob.node.socket(bob),
      ]
      await showing.ask('room:join', { channelId })
      const id = await send('hello')
      expect(await b.data('new_message')).toMatchObject({ messageId: id, senderId: ann.id, seq: 1 })
      const message = { id, channelId, userId: ann.id, content: 'hello', seq: 1, deliveryStatus: 'SENT' }
      expect(await showing.next('message:new')).toMatchObject(message)
      expect(await inbox.next('message:new')).toMatchObject(message)
      expect(await elsewhere.next('channel:activity')).toEqual({ channelId, seq: 1, mention: false })
      expect(elsewhere.of('message:new')).toEqual([])
      // Taken by chat: the author hears it once, in both of her dialects.
      expect(await inChat.data('message_delivered')).toMatchObject({ messageId: id })
      const delivered = { messageId: id, channelId, status: 'DELIVERED', userId: bob.id }
      expect(await inChannels.next('message:delivered')).toEqual(delivered)
      await showing.ask('message:delivered', { messageId: id, channelId, status: 'DELIVERED' })
      await heardBy(inChannels)
      expect(inChannels.of('message:delivered')).toEqual([delivered])
      await close(b, showing, inbox, elsewhere, inChat, inChannels)
    })

    it('MATRIX-9 is not delivered by being written to a channels socket; a receipt there counts everywhere', async () => {
      const { bob, channelId, inChat, inChannels, send } = await scene(way)
      const showing = await bob.node.socket(bob)
      await showing.ask('room:join', { channelId })
      const [first, second] = [await send('one'), await send('two')]
      await showing.next('message:new', ({ id }) => id === second)
      expect(await heardBy(inChat)).not.toContain('message_delivered')
      await showing.ask('message:delivered', { messageId: first })
      expect(await inChat.data('message_delivered')).toMatchObject({ messageId: first })
      // Chat gets what no receipt is for, and nothing else.
      const b = await chat(bob)
      expect(await b.data('new_message')).toMatchObject({ messageId: second })
      expect(await inChat.data('message_delivered')).toMatchObject({ messageId: second })
      expect(await heardBy(b)).not.toContain(first)
      await showing.ask('message:read', { messageId: second, channelId, status: 'READ' })
      expect(await inChat.data('messages_read')).toMatchObject({ readBy: bob.id })
      expect(await inChannels.next('message:read', ({ messageId }) => messageId === second)).toMatchObject({
        status: 'READ',
      })
      await close(showing, b, inChat, inChannels)
    })

    it('MATRIX-10 read in chat is read in channels', async () => {
      const { ann, bob, channelId, inChat, inChannels, send } = await scene(way)
      const [b, other] = [await chat(bob), await bob.node.socket(bob)]
      const id = await send('read me')
      await b.data('new_message')
      b.send({ type: 'mark_read', data: { senderId: ann.id } })
      expect(await b.data('mark_read_success')).toMatchObject({ markedCount: 1 })
      expect(await inChannels.next('message:read')).toEqual({
        messageId: id,
        channelId,
        status: 'READ',
        userId: bob.id,
      })
      expect(await other.next('channel:read')).toEqual({ channelId, readSeq: 1 })
      const { body } = await call(bob, 'GET', `/api/channels/${channelId}`)
      expect(body['channel']).toMatchObject({ unreadCount: 0, readSeq: 1 })
      await close(b, other, inChat, inChannels)
    })

    it('MATRIX-11 comes neither to the hub nor to a whisper room', async () => {
      const { bob, inChat, inChannels, send } = await scene(way)
      const [inHub, whispering] = [await hub(bob), await bob.node.whisper(bob)]
      await whispering.ask('join_room', 'matrix')
      await send('for Bob alone')
      inHub.send('ping')
      await inHub.next('chat_message')
      expect(await heardBy(whispering)).not.toContain('message:new')
      expect(whispering.of('message:new')).toEqual([])
      expect(JSON.stringify(inHub.all)).not.toContain('for Bob alone')
      await close(inHub, whispering, inChat, inChannels)
    })

    it('MATRIX-12 repeated over any of the ways with the same client id is the same message', async () => {
      const { ann, bob, channelId, inChat, inChannels, send } = await scene(way)
      const b = await bob.node.socket(bob)
      await b.ask('room:join', { channelId })
      const id = await send('once', 'once-1')
      const body = { content: 'once', clientMessageId: 'once-1' }
      const post = async (path: string, more: object): Promise<unknown> => {
        const answer = await call(ann, 'POST', path, { ...more, ...body })
        expect(answer.status).toBe(200)
        return (answer.body['message'] as { id: string }).id
      }
      inChat.send({ type: 'chat_message', data: { receiverId: bob.id, ...body } })
      expect((await inChat.data('message_sent'))['messageId']).toBe(id)
      expect(await post('/api/messages', { receiverId: bob.id })).toBe(id)
      expect((await inChannels.ask('message:send', { channelId, ...body })).messageId).toBe(id)
      expect(await post(`/api/channels/${channelId}/messages`, {})).toBe(id)
      await heardBy(b)
      expect(b.of('message:new')).toHaveLength(1)
      await close(b, inChat, inChannels)
    })
  })

  describe('what only Socket.IO has', () => {
    it('MATRIX-13 an edited message waits for chat as it now stands, a deleted one not at all', async () => {
      const { bob, inChat, inChannels, send } = await scene('channels')
      const [edited, deleted] = [await send('tpyo'), await send('regret')]
      await inChannels.ask('message:edit', { messageId: edited, content: 'typo' })
      await inChannels.ask('message:delete', { messageId: deleted })
      const b = await chat(bob)
      expect(await b.data('new_message')).toMatchObject({ messageId: edited, content: 'typo' })
      const heard = await heardBy(b)
      expect(heard).not.toContain('regret')
      expect(heard).not.toContain(deleted)
      await close(b, inChat, inChannels)
    })

    it('MATRIX-14 typing crosses between chat and channels', async () => {
      const { ann, bob, channelId, inChat, inChannels } = await scene('channels')
      const [b, showing] = [await chat(bob), await bob.node.socket(bob)]
      await showing.ask('room:join', { channelId })
      inChat.send({ type: 'typing_start', data: { receiverId: bob.id } })
      expect(await b.data('typing_indicator')).toMatchObject({ userId: ann.id, isTyping: true })
      expect(await showing.next('message:typing:start')).toMatchObject({ channelId, userId: ann.id })
      inChat.send({ type: 'typing_stop', data: { receiverId: bob.id } })
      expect(await showing.next('message:typing:stop')).toMatchObject({ channelId })
      await showing.ask('message:typing:start', { channelId, isTyping: true })
      expect(await inChat.data('typing_indicator')).toMatchObject({ userId: bob.id, isTyping: true })
      await close(b, showing, inChat, inChannels)
    })

    it('MATRIX-15 what is whispered is heard in its room only, on one socket beside channels', async () => {
      const { bob, channelId, inChat, inChannels } = await scene('channels')
      const [b, both] = [await chat(bob), await bob.node.socket(bob)]
      await both.ask('room:join', { channelId })
      await both.ask('join_room', 'both')
      await inChannels.ask('join_room', 'both')
      await inChannels.ask('send_message', { content: 'psst', room: 'both' })
      await inChannels.ask('message:send', { content: 'aloud', channelId })
      expect(await both.next('new_message')).toMatchObject({ content: 'psst', room: 'BOTH' })
      expect(await both.next('message:new')).toMatchObject({ content: 'aloud' })
      expect(await heardBy(b)).not.toContain('psst')
      expect(JSON.stringify((await call(bob, 'GET', '/api/search?q=psst')).body)).not.toContain('psst"')
      await close(b, both, inChat, inChannels)
    })

    it('MATRIX-16 a sign-out ends the sockets of both dialects, and they may not come back', async () => {
      const [ann] = await newPair(places())
      const { there } = places()
      const [a, w] = [await ann.node.socket(ann), await there.whisper(ann)]
      const ended = [a, w].map(({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve)))
      await call(ann, 'POST', '/api/auth/logout')
      expect(await Promise.all(ended)).toEqual(['transport close', 'transport close'])
      await expect(ann.node.socket(ann)).rejects.toMatchObject({
        message: 'Unauthorized',
        data: { code: 'TOKEN_INVALID', message: 'Invalid token' },
      })
      await expect(there.whisper(ann)).rejects.toMatchObject({ message: 'Authentication error' })
    })
  })

  type Tab = 'chat' | 'hub' | 'channels' | 'whisper'

  const permutations = <T>(items: readonly T[]): T[][] =>
    items.length <= 1
      ? [[...items]]
      : items.flatMap((item, index) =>
          permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
        )

  describe('three tabs of one user', () => {
    it.each([
      ['channels', 'channels', 'whisper'],
      ['whisper', 'whisper', 'channels'],
      ['chat', 'channels', 'channels'],
      ['hub', 'whisper', 'chat'],
    ] as Tab[][])(
      'MATRIX-17 on %s, %s and %s, closed in every order, show the right presence',
      async (...tabs) => {
        const [watcher, bob] = await newPair(places())
        const w = await chat(watcher)
        const follower = await watcher.node.socket(watcher)
        await follower.ask('presence:subscribe', { userIds: [bob.id] })
        const about = (frame: Readonly<Record<string, unknown>>) =>
          (frame['data'] as { userId: string }).userId === bob.id
        const open: Record<Tab, () => Promise<RawClient | SocketClient>> = {
          chat: () => chat(bob),
          hub: () => hub(bob),
          channels: () => bob.node.socket(bob),
          whisper: () => bob.node.whisper(bob),
        }
        for (const order of permutations([0, 1, 2])) {
          const clients: (RawClient | SocketClient)[] = []
          for (const tab of tabs) clients.push(await open[tab]())
          await w.next('user_online', about)
          await follower.next('presence', ({ status }) => status === 'online')
          const last = order.pop()!
          for (const index of order) await clients[index]!.close()
          await new Promise((resolve) => setTimeout(resolve, 30))
          await crossed(places())
          expect(await isOnline(watcher, bob), `open: ${tabs[last]}`).toBe(true)
          expect(w.frames.filter(({ type }) => type === 'user_offline').some(about)).toBe(false)
          await clients[last]!.close()
          await w.next('user_offline', about)
          await follower.next('presence', ({ status }) => status === 'offline')
        }
        expect(
          w.frames.filter(({ type }) => type === 'user_online' || type === 'user_offline').some(about),
        ).toBe(false)
        await close(w, follower)
      },
    )
  })
}
