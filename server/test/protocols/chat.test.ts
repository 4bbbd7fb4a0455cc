import type { RawClient, RawFrame } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'

/** Black box: raw frames against a whole server, as a client written from document 001 would send them. */

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/
const time = expect.stringMatching(ISO)
const guid = expect.stringMatching(GUID)

let server: TestServer
let users = 0

/** Users nobody else has talked to. */
const newUser = (): Promise<TestUser> => {
  users += 1
  return server.register(`user${users}`)
}

/** Two users, connected, with what comes on connecting taken. */
const pair = async (): Promise<[ann: TestUser, bob: TestUser, a: RawClient, b: RawClient]> => {
  const [ann, bob] = [await newUser(), await newUser()]
  const [a, b] = [await server.chat(ann), await server.chat(bob)]
  await Promise.all([a.next('online_users'), b.next('online_users')])
  return [ann, bob, a, b]
}

const message = (to: TestUser, content: string, more: object = {}) => ({
  type: 'chat_message',
  data: { receiverId: to.id, content, ...more },
})

const errorOf = async (
  client: RawClient,
  frame: object | string,
): Promise<Readonly<Record<string, unknown>>> => {
  client.send(frame)
  return client.data('error')
}

beforeAll(async () => {
  server = await startTestServer({ LIMIT_REGISTER: '10000', LIMIT_REST: '100000' })
})
afterAll(() => server.stop())

describe('chat: connecting', () => {
  it('CHAT-1 is greeted, then gets the list, then what waited, oldest first', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const sender = await server.chat(ann)
    for (const text of ['one', 'two', 'three']) {
      sender.send(message(bob, text))
      await sender.next('message_sent')
    }
    const b = await server.chat(bob)
    await b.next('new_message', (frame) => (frame['data'] as { content: string }).content === 'three')
    expect(b.all.slice(0, 2).map(({ type }) => type)).toEqual(['connection_established', 'online_users'])
    expect(b.all[0]).toEqual({
      type: 'connection_established',
      data: { userId: bob.id, username: bob.username, timestamp: time },
    })
    const list = b.all[1]!['data'] as { users: object[]; totalOnline: number }
    expect(list.users).toContainEqual({ _id: bob.id, username: bob.username, avatar: null })
    expect(list.users).toContainEqual({ _id: ann.id, username: ann.username, avatar: null })
    expect(list.totalOnline).toBe(list.users.length)
    const texts = b.all
      .filter(({ type }) => type === 'new_message')
      .map((frame) => (frame['data'] as { content: string }).content)
    expect(texts).toEqual(['one', 'two', 'three'])
    for (let index = 0; index < 3; index += 1) {
      expect(await sender.data('message_delivered')).toEqual({ messageId: guid, deliveredAt: time })
    }
    await Promise.all([sender.close(), b.close()])
  })

  it('CHAT-2 refuses with a code that a browser can read, after the upgrade', async () => {
    const bare = await server.open('/ws')
    expect(await bare.closed).toEqual({ code: 4001, reason: 'Authentication required' })
    const empty = await server.open('/ws?token=')
    expect(await empty.closed).toEqual({ code: 4001, reason: 'Authentication required' })
    const garbage = await server.open('/ws?token=garbage')
    expect(await garbage.closed).toEqual({ code: 4002, reason: 'Invalid token' })
    const guest = await server.call(null, 'POST', '/api/auth/guest', { username: 'passer-by' })
    const asGuest = await server.open(`/ws?token=${String(guest.body['token'])}`)
    expect(await asGuest.closed).toEqual({ code: 4003, reason: 'User not found' })
  })

  it('CHAT-3 a newer connection of the same user replaces the older one', async () => {
    const [ann, bob, first, b] = await pair()
    const second = await server.chat(ann)
    expect(await first.closed).toEqual({ code: 4005, reason: 'New connection established' })
    await second.next('online_users')
    b.send(message(ann, 'still there?'))
    expect(await second.data('new_message')).toMatchObject({ content: 'still there?', senderId: bob.id })
    expect(b.all.filter(({ type }) => type === 'user_offline')).toEqual([])
    await Promise.all([second.close(), b.close()])
  })

  it('CHAT-3 of many that connect at once exactly one stays, and it works', async () => {
    const ann = await newUser()
    const clients = await Promise.all(Array.from({ length: 8 }, () => server.chat(ann)))
    const ends = await Promise.all(
      clients.slice(0, -1).map(() => Promise.race(clients.map(({ closed }) => closed))),
    )
    expect(ends.every(({ code }) => code === 4005)).toBe(true)
    await expect
      .poll(() => clients.filter(({ socket }) => socket.readyState === socket.OPEN).length, {
        timeout: 5_000,
      })
      .toBe(1)
    const survivor = clients.find(({ socket }) => socket.readyState === socket.OPEN)!
    survivor.send({ type: 'get_online_users' })
    await survivor.next('online_users')
    await survivor.close()
  })

  it('CHAT-4 others hear of the first connection and of the last, then get the list', async () => {
    const [ann, , a, b] = await pair()
    await a.close()
    const offline = await b.next(
      'user_offline',
      (frame) => (frame['data'] as { userId: string }).userId === ann.id,
    )
    expect(offline['data']).toEqual({ userId: ann.id, username: ann.username })
    const gone = (frame: RawFrame): boolean =>
      !(frame['data'] as { users: { _id: string }[] }).users.some(({ _id }) => _id === ann.id)
    await b.next('online_users', gone)
    const again = await server.chat(ann)
    const online = await b.next(
      'user_online',
      (frame) => (frame['data'] as { userId: string }).userId === ann.id,
    )
    expect(online['data']).toEqual({ userId: ann.id, username: ann.username })
    await again.next('online_users')
    expect(again.all.some(({ type }) => type === 'user_online')).toBe(false)
    await Promise.all([again.close(), b.close()])
  })

  it('CHAT-5 answers get_online_users at once', async () => {
    const [ann, bob, a, b] = await pair()
    a.send({ type: 'get_online_users' })
    const data = await a.data('online_users')
    expect(data).toMatchObject({ timestamp: time })
    expect((data['users'] as { _id: string }[]).map(({ _id }) => _id)).toEqual(
      expect.arrayContaining([ann.id, bob.id]),
    )
    await Promise.all([a.close(), b.close()])
  })
})

describe('chat: messages', () => {
  it('CHAT-6 stores, acknowledges, delivers and says so, in the documented shapes', async () => {
    const [ann, bob, a, b] = await pair()
    a.send(message(bob, '  Hello! How are you?  ', { messageType: 'text', clientMessageId: 'c-1' }))
    const sent = await a.data('message_sent')
    expect(sent).toEqual({
      messageId: guid,
      receiverId: bob.id,
      content: 'Hello! How are you?',
      messageType: 'text',
      createdAt: time,
      status: 'sent',
      clientMessageId: 'c-1',
      seq: 1,
    })
    expect(await b.data('new_message')).toEqual({
      messageId: sent['messageId'],
      senderId: ann.id,
      senderUsername: ann.username,
      content: 'Hello! How are you?',
      messageType: 'text',
      createdAt: sent['createdAt'],
      seq: 1,
    })
    expect(await a.data('message_delivered')).toEqual({ messageId: sent['messageId'], deliveredAt: time })
    await Promise.all([a.close(), b.close()])
  })

  it('CHAT-7 waits for the receiver and survives its disconnects; each comes once', async () => {
    const [ann, bob, a, b] = await pair()
    await b.close()
    for (let index = 0; index < 25; index += 1) {
      a.send(message(bob, `waiting ${index}`))
      await a.next('message_sent')
      if (index % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
    expect(a.all.some(({ type }) => type === 'message_delivered')).toBe(false)
    const again = await server.chat(bob)
    for (let index = 0; index < 25; index += 1) {
      expect(await again.data('new_message')).toMatchObject({ content: `waiting ${index}`, senderId: ann.id })
      await a.next('message_delivered')
    }
    await again.close()
    const third = await server.chat(bob)
    await third.next('online_users')
    third.send({ type: 'mark_read', data: { senderId: ann.id } })
    await third.next('mark_read_success')
    expect(third.all.some(({ type }) => type === 'new_message')).toBe(false)
    await Promise.all([a.close(), third.close()])
  })

  it('CHAT-8 marks as read, tells the author, and says nothing when nothing was unread', async () => {
    const [ann, bob, a, b] = await pair()
    a.send(message(bob, 'one'))
    a.send(message(bob, 'two'))
    await b.next('new_message')
    await b.next('new_message')
    b.send({ type: 'mark_read', data: { senderId: ann.id } })
    expect(await b.data('mark_read_success')).toEqual({ senderId: ann.id, markedCount: 2 })
    expect(await a.data('messages_read')).toEqual({
      readBy: bob.id,
      readByUsername: bob.username,
      readAt: time,
    })
    b.send({ type: 'mark_read', data: { senderId: ann.id } })
    expect(await b.data('mark_read_success')).toEqual({ senderId: ann.id, markedCount: 0 })
    a.send(message(bob, 'three'))
    await a.next('message_delivered')
    expect(a.frames.some(({ type }) => type === 'messages_read')).toBe(false)
    await Promise.all([a.close(), b.close()])
  })

  it('CHAT-9 tells the receiver of typing, changes only, and stops it when the message is sent', async () => {
    const [ann, bob, a, b] = await pair()
    const indicator = (isTyping: boolean) => ({ userId: ann.id, username: ann.username, isTyping })
    a.send({ type: 'typing_start', data: { receiverId: bob.id } })
    a.send({ type: 'typing_start', data: { receiverId: bob.id } })
    expect(await b.data('typing_indicator')).toEqual(indicator(true))
    a.send({ type: 'typing_stop', data: { receiverId: bob.id } })
    expect(await b.data('typing_indicator')).toEqual(indicator(false))
    a.send({ type: 'typing_start', data: { receiverId: bob.id } })
    expect(await b.data('typing_indicator')).toEqual(indicator(true))
    a.send(message(bob, 'done'))
    expect(await b.data('typing_indicator')).toEqual(indicator(false))
    await b.next('new_message')
    a.send({ type: 'typing_start', data: { receiverId: bob.id } })
    expect(await b.data('typing_indicator')).toEqual(indicator(true))
    await a.close()
    expect(await b.data('typing_indicator')).toEqual(indicator(false))
    await b.close()
  })

  it('ONCE-1 CHAT-10 a repeated client id gets the first answer, over chat and REST, and is delivered once', async () => {
    const [ann, bob, a, b] = await pair()
    a.send(message(bob, 'only once', { clientMessageId: 'retry-1' }))
    const first = await a.data('message_sent')
    a.send(message(bob, 'only once', { clientMessageId: 'retry-1' }))
    expect(await a.data('message_sent')).toEqual(first)
    await a.close()
    const again = await server.chat(ann)
    again.send(message(bob, 'only once', { clientMessageId: 'retry-1' }))
    expect(await again.data('message_sent')).toEqual(first)
    const rest = await server.call(ann, 'POST', '/api/messages', {
      receiverId: bob.id,
      content: 'only once',
      clientMessageId: 'retry-1',
    })
    expect(JSON.stringify(rest.body)).toContain(String(first['messageId']))
    again.send(message(bob, 'after'))
    await b.next('new_message', (frame) => (frame['data'] as { content: string }).content === 'after')
    expect(b.all.filter(({ type }) => type === 'new_message')).toHaveLength(2)
    await Promise.all([again.close(), b.close()])
  })

  it('ONCE-2 CHAT-10 the same client id with another body or receiver is refused', async () => {
    const [, bob, a, b] = await pair()
    const other = await newUser()
    a.send(message(bob, 'first', { clientMessageId: 'x' }))
    await a.next('message_sent')
    const refusal = { message: 'clientMessageId was used for another message', code: 'CLIENT_ID_REUSED' }
    expect(await errorOf(a, message(bob, 'second', { clientMessageId: 'x' }))).toMatchObject(refusal)
    expect(await errorOf(a, message(other, 'first', { clientMessageId: 'x' }))).toMatchObject(refusal)
    await Promise.all([a.close(), b.close()])
  })

  it('CHAT-11 what REST sends arrives, and what chat sends is in the history', async () => {
    const [ann, bob, a, b] = await pair()
    const sent = await server.call(ann, 'POST', '/api/messages', { receiverId: bob.id, content: 'by REST' })
    expect(sent.status).toBe(201)
    expect(await b.data('new_message')).toMatchObject({ content: 'by REST', senderId: ann.id })
    await a.next('message_delivered')
    b.send(message(ann, 'by chat'))
    await a.next('new_message')
    // Ids may come in any case.
    const shouted = { ...bob, id: bob.id.toUpperCase() }
    a.send(message(shouted, 'by an id in capitals'))
    await b.next('new_message', (frame) => (frame['data'] as { seq: number }).seq === 3)
    const history = await server.call(ann, 'GET', `/api/messages/${shouted.id}`)
    const messages = history.body['messages'] as { content: string; seq: number; status: string }[]
    expect(messages.map(({ content, seq }) => [content, seq])).toEqual([
      ['by an id in capitals', 3],
      ['by chat', 2],
      ['by REST', 1],
    ])
    expect(messages[2]!.status).toBe('delivered')
    await Promise.all([a.close(), b.close()])
  })

  it('CHAT-12 frames of one connection take effect in the order of their arrival', async () => {
    const [, bob, a, b] = await pair()
    // The first look-up of an unknown receiver waits for the store; what follows must not overtake it.
    const stranger = await newUser()
    a.send(message(stranger, 'to somebody new'))
    for (let index = 0; index < 10; index += 1) a.send(message(bob, `in order ${index}`))
    expect(await a.data('message_sent')).toMatchObject({ receiverId: stranger.id })
    for (let index = 0; index < 10; index += 1) {
      expect(await b.data('new_message')).toMatchObject({ content: `in order ${index}`, seq: index + 1 })
    }
    await Promise.all([a.close(), b.close()])
  })
})

describe('chat: refusals', () => {
  it('CHAT-13 answers the sender alone, in the documented sentences, and the connection stays', async () => {
    const [ann, bob, a, b] = await pair()
    const cases: [frame: object | string, sentence: string][] = [
      [{ type: 'chat_message' }, 'Missing required fields: receiverId and content'],
      [
        { type: 'chat_message', data: { receiverId: bob.id } },
        'Missing required fields: receiverId and content',
      ],
      [{ type: 'chat_message', data: { content: 'x' } }, 'Missing required fields: receiverId and content'],
      [message(bob, '   '), 'Missing required fields: receiverId and content'],
      [message(bob, 5 as unknown as string), 'Missing required fields: receiverId and content'],
      [{ type: 'typing_start' }, 'Missing required fields: receiverId'],
      [{ type: 'typing_stop', data: {} }, 'Missing required fields: receiverId'],
      [{ type: 'typing_start', data: { receiverId: 'x'.repeat(60_000) } }, 'Receiver not found'],
      [{ type: 'mark_read', data: {} }, 'Missing required fields: senderId'],
      [message(ann, 'me'), 'Cannot send message to yourself'],
      ['not json', 'Invalid message format. Please send valid JSON.'],
      ['[]', 'Invalid message format. Please send valid JSON.'],
      ['"text"', 'Invalid message format. Please send valid JSON.'],
      ['null', 'Invalid message format. Please send valid JSON.'],
      ['7', 'Invalid message format. Please send valid JSON.'],
      [{ type: 'dance' }, 'Unknown message type: dance'],
      [{ type: '__proto__' }, 'Unknown message type: __proto__'],
      [{}, 'Unknown message type: undefined'],
      [{ type: 'chat_message', data: { receiverId: 'nobody', content: 'x' } }, 'Receiver not found'],
      [
        {
          type: 'chat_message',
          data: { receiverId: '01890000-0000-7000-8000-000000000000', content: 'x' },
        },
        'Receiver not found',
      ],
      [message(bob, 'x'.repeat(5_001)), 'Message too long (max 5000 characters)'],
    ]
    for (const [frame, sentence] of cases) {
      const data = await errorOf(a, frame)
      expect(data).toMatchObject({ message: sentence, timestamp: time })
      expect(data['code']).toEqual(expect.any(String))
    }
    a.send(message(bob, 'x'.repeat(5_000)))
    await a.next('message_sent')
    await b.next('new_message')
    expect(b.all.some(({ type }) => type === 'error')).toBe(false)
    await Promise.all([a.close(), b.close()])
  })

  it('CHAT-13 refuses what cannot be stored, and types it does not know', async () => {
    const [, bob, a, b] = await pair()
    for (const frame of [
      message(bob, 'a\u0000b'),
      `{"type":"chat_message","data":{"receiverId":"${bob.id}","content":"\\ud800"}}`,
      message(bob, 'x', { messageType: 'call' }),
      message(bob, 'x', { messageType: ['text'] }),
      message(bob, 'javascript:alert(1)', { messageType: 'image' }),
      message(bob, 'x', { clientMessageId: 'y'.repeat(65) }),
      message(bob, 'x', { clientMessageId: 7 }),
      message(bob, 'x', { parentId: 'nothing' }),
    ]) {
      expect(await errorOf(a, frame)).toMatchObject({ code: 'INVALID' })
    }
    expect(
      await errorOf(a, message(bob, 'x', { parentId: '01890000-0000-7000-8000-000000000000' })),
    ).toMatchObject({ code: 'NOT_FOUND' })
    a.send(message(bob, 'https://example.org/cat.png', { messageType: 'image', nonsense: { a: 1 } }))
    expect(await b.data('new_message')).toMatchObject({ messageType: 'image', seq: 1 })
    await Promise.all([a.close(), b.close()])
  })

  it('CHAT-14 more than 20 messages in a second are refused, the others arrive', async () => {
    const [, bob, a, b] = await pair()
    for (let index = 0; index < 30; index += 1) a.send(message(bob, `m ${index}`))
    const error = await a.data('error')
    expect(error).toMatchObject({ message: 'Too many messages. Slow down.', code: 'RATE_LIMITED' })
    for (let index = 0; index < 20; index += 1) await b.next('new_message')
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    a.send(message(bob, 'later'))
    await b.next('new_message', (frame) => (frame['data'] as { content: string }).content === 'later')
    await Promise.all([a.close(), b.close()])
  })

  it('CHAT-15 a binary frame of UTF-8 JSON counts as text', async () => {
    const [, bob, a, b] = await pair()
    a.socket.send(Buffer.from(JSON.stringify(message(bob, 'binary ✓'))))
    expect(await b.data('new_message')).toMatchObject({ content: 'binary ✓' })
    await Promise.all([a.close(), b.close()])
  })
})

describe('chat: the session ends', () => {
  it('IDENT-1 CHAT-16 signing out closes the connection of that session with 4002, and no other', async () => {
    const [ann, , a, b] = await pair()
    const out = await server.call(ann, 'POST', '/api/auth/logout')
    expect(out.status).toBeLessThan(300)
    expect(await a.closed).toEqual({ code: 4002, reason: 'Invalid token' })
    const retry = await server.chat(ann)
    expect(await retry.closed).toEqual({ code: 4002, reason: 'Invalid token' })
    expect(b.socket.readyState).toBe(b.socket.OPEN)
    await b.close()
  })
})

describe('chat: the server goes', () => {
  it('CHAT-17 tells clients when to come back, then closes with 1001', async () => {
    const own = await startTestServer({ DRAIN_SPREAD: '1000' })
    const client = await own.chat(await own.register('leaving'))
    await client.next('online_users')
    const stopped = own.stop()
    const { reconnectInMs } = (await client.data('server_drain')) as { reconnectInMs: number }
    expect(reconnectInMs).toBeGreaterThanOrEqual(0)
    expect(reconnectInMs).toBeLessThanOrEqual(1_000)
    expect((await client.closed).code).toBe(1001)
    await stopped
  })
})
