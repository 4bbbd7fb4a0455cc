import type { RawClient } from '@parley/testkit'
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

const SENDERS = ['chat', 'REST'] as const
type Way = (typeof SENDERS)[number]

/** Every way to send crossed with every way to receive: one user, one conversation, whatever the dialect and the node. */
export const describeMatrix = (places: () => Places): void => {
  const closeAll = (...clients: RawClient[]): Promise<unknown> =>
    Promise.all(clients.map((client) => client.close()))

  /** Ann's ways to send to Bob; her chat connection also hears of receipts, whichever way she sends. */
  const sender = async (way: Way) => {
    const [ann, bob] = await newPair(places())
    const a = await chat(ann)
    const send = async (content: string): Promise<string> => {
      if (way === 'chat') {
        a.send({ type: 'chat_message', data: { receiverId: bob.id, content } })
        return String((await a.data('message_sent'))['messageId'])
      }
      const { status, body } = await call(ann, 'POST', '/api/messages', { receiverId: bob.id, content })
      expect(status).toBe(201)
      return String((body['message'] as { id: string }).id)
    }
    return { ann, bob, a, send }
  }

  const history = async (reader: PlacedUser, peer: PlacedUser) =>
    (await call(reader, 'GET', `/api/messages/${peer.id}`)).body['messages'] as {
      id: string
      content: string
      status: string
      seq: number
    }[]

  /** What came so far, once everything sent before has come. */
  const received = async (client: RawClient, type: string) => {
    await crossed(places())
    client.send({ type: 'get_online_users' })
    await client.next('online_users')
    return client.all
      .filter((frame) => frame.type === type)
      .map(({ data }) => data as Record<string, unknown>)
  }

  const about = (user: PlacedUser) => (frame: Readonly<Record<string, unknown>>) =>
    (frame['data'] as { userId: string }).userId === user.id

  describe.each(SENDERS)('direct messages sent over %s', (way) => {
    it('MATRIX-1 come to a receiver in chat at once and are delivered', async () => {
      const { ann, bob, a, send } = await sender(way)
      const b = await chat(bob)
      const id = await send('hello')
      expect(await b.data('new_message')).toMatchObject({ messageId: id, senderId: ann.id, content: 'hello' })
      expect(await a.data('message_delivered')).toMatchObject({ messageId: id })
      expect(await history(ann, bob)).toMatchObject([{ id, status: 'delivered', seq: 1 }])
      await closeAll(a, b)
    })

    it('MATRIX-2 wait for a receiver who is offline, and come once', async () => {
      const { ann, bob, a, send } = await sender(way)
      const ids = [await send('one'), await send('two')]
      expect(await history(ann, bob)).toMatchObject([{ status: 'sent' }, { status: 'sent' }])
      const b = await chat(bob)
      for (const id of ids) {
        expect(await b.data('new_message')).toMatchObject({ messageId: id })
        expect(await a.data('message_delivered')).toMatchObject({ messageId: id })
      }
      await b.close()
      const again = await chat(bob)
      expect(await received(again, 'new_message')).toEqual([])
      await closeAll(a, again)
    })

    it('MATRIX-3 wait for a receiver who is in the hub only', async () => {
      const { ann, bob, a, send } = await sender(way)
      const inHub = await hub(bob)
      const id = await send('are you there?')
      await expect.poll(() => isOnline(ann, bob)).toBe(true)
      inHub.send('ping me')
      await inHub.next('chat_message')
      expect(JSON.stringify(inHub.all)).not.toContain('are you there?')
      expect(await received(a, 'message_delivered')).toEqual([])
      expect(await history(ann, bob)).toMatchObject([{ id, status: 'sent' }])
      const b = await chat(bob)
      expect(await b.data('new_message')).toMatchObject({ messageId: id })
      expect(await a.data('message_delivered')).toMatchObject({ messageId: id })
      await closeAll(a, b, inHub)
    })

    it('MATRIX-4 are shown by REST without being delivered, and marking as read tells the author', async () => {
      const { ann, bob, a, send } = await sender(way)
      const id = await send('in the history')
      expect(await history(bob, ann)).toMatchObject([{ id, content: 'in the history' }])
      expect(await history(ann, bob)).toMatchObject([{ id, status: 'sent' }])
      expect(await received(a, 'message_delivered')).toEqual([])
      const read = await call(bob, 'PUT', `/api/messages/${ann.id}/read`)
      expect(read.body).toMatchObject({ markedCount: 1 })
      expect(await a.data('messages_read')).toMatchObject({ readBy: bob.id })
      expect(await history(ann, bob)).toMatchObject([{ id, status: 'read' }])
      const b = await chat(bob)
      expect(await received(b, 'new_message')).toEqual([])
      await closeAll(a, b)
    })

    it('MATRIX-5 never reach the hub, nor does the hub reach chat', async () => {
      const { ann, bob, a, send } = await sender(way)
      const [annInHub, bobInHub, b] = [await hub(ann), await hub(bob), await chat(bob)]
      await send('for Bob alone')
      await b.data('new_message')
      annInHub.send('for everybody in the hub')
      for (const client of [annInHub, bobInHub]) {
        expect(await client.next('chat_message')).toMatchObject({
          user: { userId: ann.id },
          message: 'for everybody in the hub',
        })
        expect(JSON.stringify(client.all)).not.toContain('for Bob alone')
      }
      await received(a, 'online_users')
      await received(b, 'online_users')
      expect(JSON.stringify([...a.all, ...b.all])).not.toContain('for everybody')
      await closeAll(a, b, annInHub, bobInHub)
    })
  })

  describe('presence over all dialects', () => {
    it('MATRIX-6 chat hears of a user of the hub alone', async () => {
      const [ann, bob] = await newPair(places())
      const a = await chat(ann)
      const inHub = await hub(bob)
      expect(await a.data('user_online')).toEqual({ userId: bob.id, username: bob.username })
      await inHub.close()
      await a.next('user_offline', about(bob))
      expect(await isOnline(ann, bob)).toBe(false)
      await a.close()
    })

    it.each([
      ['hub, then chat', ['hub', 'chat']],
      ['chat, then hub', ['chat', 'hub']],
      ['hub, chat and hub', ['hub', 'chat', 'hub']],
    ] as const)('MATRIX-6 is online from the first connection to the last: %s', async (_title, dialects) => {
      const [ann, bob] = await newPair(places())
      const a = await chat(ann)
      for (const order of ['first to last', 'last to first'] as const) {
        const clients: RawClient[] = []
        for (const dialect of dialects) clients.push(await (dialect === 'hub' ? hub(bob) : chat(bob)))
        await a.next('user_online', about(bob))
        if (order === 'last to first') clients.reverse()
        const last = clients.pop()!
        for (const client of clients) await client.close()
        await new Promise((resolve) => setTimeout(resolve, 50))
        await crossed(places())
        expect(await isOnline(ann, bob), order).toBe(true)
        expect(a.frames.some(({ type }) => type === 'user_offline' || type === 'user_online')).toBe(false)
        await last.close()
        await a.next('user_offline', about(bob))
      }
      await a.close()
    })

    it('MATRIX-6 the hub lists and announces its own users only', async () => {
      const [ann, bob] = await newPair(places())
      const [a, inHub] = [await chat(ann), await hub(bob)]
      const listed = inHub.all[1]!['users'] as { userId: string }[]
      expect(listed.map(({ userId }) => userId)).toEqual([bob.id])
      const annInHub = await hub(ann)
      expect(await inHub.next('user_joined')).toMatchObject({ user: { userId: ann.id } })
      await annInHub.close()
      expect(await inHub.next('user_left')).toMatchObject({ userId: ann.id })
      expect(await isOnline(bob, ann)).toBe(true)
      await closeAll(a, inHub)
    })

    it('MATRIX-6 one sign-out ends the connections of every dialect', async () => {
      const [ann] = await newPair(places())
      const { there } = places()
      const [a, inHub] = [await chat(ann), await hub({ ...ann, node: there })]
      await call(ann, 'POST', '/api/auth/logout')
      for (const client of [a, inHub]) expect(await client.closed).toMatchObject({ code: 4002 })
    })
  })
}
