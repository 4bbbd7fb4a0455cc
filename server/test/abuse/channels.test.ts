import { newId } from '@parley/model'
import type { SocketClient } from '@parley/testkit/socket-client'
import { SocketClient as Client } from '@parley/testkit/socket-client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TestUser } from '../harness/test-server.ts'
import { openScene, type Scene } from './scene.ts'

/** Black box: channels over Socket.IO, used by strangers and by nobody honest. */

let scene: Scene
let ann: TestUser
let bob: TestUser
let eve: TestUser
/** Of Ann and Bob, private; with one message of Bob. */
let hidden: { id: string; messageId: string }
/** Public; Eve is in it. */
let open: { id: string; messageId: string }
const clients: SocketClient[] = []

beforeAll(async () => {
  scene = await openScene({ LIMIT_CHANNEL: '100000' })
  ;[ann, bob, eve] = [await scene.newUser(), await scene.newUser(), await scene.newUser()]
  hidden = await newChannel(true, [bob])
  open = await newChannel(false, [bob, eve])
})
afterEach(async () => {
  await expectSpoken()
  for (const client of clients.splice(0)) client.close()
  await scene.expectUnharmed()
})
afterAll(() => scene.stop())

const newChannel = async (isPrivate: boolean, members: readonly TestUser[]) => {
  const memberIds = members.map(({ id }) => id)
  const made = await scene.server.call(ann, 'POST', '/api/channels', { name: 'x', isPrivate, memberIds })
  const { id } = made.body['channel'] as { id: string }
  const path = `/api/channels/${id}/messages`
  const sent = await scene.server.call(bob, 'POST', path, { content: 'first' })
  return { id, messageId: (sent.body['message'] as { id: string }).id }
}

const connect = async (user: TestUser): Promise<SocketClient> => {
  const client = await Client.connect(scene.server.url, { userId: user.id, token: user.token })
  clients.push(client)
  return client
}

let probes = 0

/** Two others still write to each other. */
const expectSpoken = async (): Promise<void> => {
  const [a, b] = [await connect(ann), await connect(bob)]
  await b.ask('room:join', hidden.id)
  probes += 1
  const content = `still here ${probes}`
  expect(await a.ask('message:send', { content, channelId: hidden.id })).toMatchObject({ ok: true })
  await b.next('message:new', (message) => message.content === content)
}

const INVALID = {
  ok: false,
  error: { code: 'INVALID', message: 'Invalid message format', issues: expect.any(Array) },
}

describe('a stranger on a socket', () => {
  /** Everything that names a channel or a message. */
  const EVENTS: readonly (readonly [string, (place: { id: string; messageId: string }) => unknown])[] = [
    ['room:join', ({ id }) => ({ channelId: id })],
    ['room:join', ({ id }) => id.toUpperCase()],
    ['room:leave', () => ({ channelId: newId() })],
    ['message:send', ({ id }) => ({ channelId: id, content: 'x' })],
    ['message:send', ({ id, messageId }) => ({ channelId: id, content: 'x', parentId: messageId })],
    ['message:typing:start', ({ id }) => ({ channelId: id, isTyping: true })],
    ['message:delivered', ({ messageId, id }) => ({ messageId, channelId: id, status: 'DELIVERED' })],
    ['message:read', ({ messageId, id }) => ({ messageId, channelId: id, status: 'READ' })],
    // A channel that one may see makes no message of another one visible.
    ['message:read', ({ messageId }) => ({ messageId, channelId: open.id, status: 'READ' })],
    ['message:edit', ({ messageId }) => ({ messageId, content: 'y' })],
    ['message:delete', ({ messageId }) => ({ messageId })],
    ['message:react', ({ messageId }) => ({ messageId, emoji: '👍', on: true })],
    ['message:react', ({ messageId }) => ({ messageId, emoji: '👍', on: false })],
  ]

  it('ABUSE-27 may nothing, learns nothing, and nobody inside hears of it', async () => {
    const [e, b] = [await connect(eve), await connect(bob)]
    await b.ask('room:join', hidden.id)
    const nothing = { id: newId(), messageId: newId() }
    for (const [event, payload] of EVENTS) {
      const expected: unknown = await e.ask(event, payload(nothing))
      const answer: unknown = await e.ask(event, payload(hidden))
      if (event === 'room:leave') expect(answer).toMatchObject({ ok: true })
      else {
        expect([event, answer]).toEqual([event, expected])
        expect([event, answer]).toEqual([event, { ok: false, error: expect.anything() }])
      }
    }
    const { channels, removed } = await e.ask('sync', { cursors: { [hidden.id]: 0, [nothing.id]: 0 } })
    expect(new Set(removed)).toEqual(new Set([hidden.id, nothing.id]))
    expect((channels as { channelId: string }[]).map(({ channelId }) => channelId)).toEqual([open.id])
    const { ok } = await (await connect(ann)).ask('message:send', { channelId: hidden.id, content: 'last' })
    expect(ok).toBe(true)
    await b.next('message:new', ({ content }) => content === 'last')
    const heard = b.all.map(({ event }) => event)
    expect(heard.filter((event) => event !== 'message:new' && event !== 'channel:activity')).toEqual([])
    expect(e.all.filter(({ event }) => event !== 'message:error')).toEqual([])
    const { body } = await scene.server.call(
      bob,
      'GET',
      `/api/channels/${hidden.id}/messages?after=0&limit=1`,
    )
    expect(body['messages']).toMatchObject([{ content: 'first', editedAt: null, reactions: [] }])
  })

  it('ABUSE-27 who was removed is out before what is said next, on every socket', async () => {
    const { id, messageId } = await newChannel(true, [bob, eve])
    const sockets = [await connect(eve), await connect(eve)]
    for (const socket of sockets) expect(await socket.ask('room:join', id)).toMatchObject({ ok: true })
    const a = await connect(ann)
    const { status } = await scene.server.call(ann, 'DELETE', `/api/channels/${id}/members/${eve.id}`)
    expect(status).toBe(200)
    await a.ask('message:send', { channelId: id, content: 'about eve' })
    for (const socket of sockets) {
      for (const event of [
        'message:send',
        'message:edit',
        'message:react',
        'message:read',
        'room:join',
      ] as const) {
        const payload = { channelId: id, messageId, content: 'x', emoji: '👍', on: true }
        expect([event, (await socket.ask(event, payload)).ok]).toEqual([event, false])
      }
      expect(socket.of('message:new')).toEqual([])
      expect(socket.of('channel:removed')).toEqual([{ channelId: id, reason: 'removed' }])
    }
  })

  it('ABUSE-28 a sender, a position, a time, an id and a status of one’s own are not taken', async () => {
    const [e, b] = [await connect(eve), await connect(bob)]
    await b.ask('room:join', open.id)
    const own = {
      id: newId(),
      messageId: newId(),
      userId: ann.id,
      senderId: ann.id,
      user: { id: ann.id, name: 'x' },
    }
    const more = {
      seq: 900,
      rev: 900,
      createdAt: '2001-01-01T00:00:00.000Z',
      messageType: 'call',
      source: 'x',
    }
    const payload = { ...own, ...more, deliveryStatus: 'READ', channelId: open.id, content: 'mine' }
    const sent = await e.ask(
      'message:send',
      JSON.parse(`{"__proto__":{"role":"owner"},${JSON.stringify(payload).slice(1)}`),
    )
    const message = await b.next('message:new')
    expect(message).toMatchObject({ content: 'mine', source: 'mine', userId: eve.id, user: { id: eve.id } })
    expect(message).toMatchObject({ messageType: 'text', deliveryStatus: 'SENT', id: sent.messageId })
    expect([own.id, own.messageId]).not.toContain(message.id)
    expect(message.seq).toBeLessThan(900)
    expect(Math.abs(Date.now() - Date.parse(message.createdAt))).toBeLessThan(60_000)
  })

  it('ABUSE-28 another’s client id is one’s own to use, and gives away nothing of theirs', async () => {
    const [b, e] = [await connect(bob), await connect(eve)]
    const clientMessageId = 'guessed'
    const theirs = await b.ask('message:send', { channelId: hidden.id, content: 'secret', clientMessageId })
    const mine = await e.ask('message:send', { channelId: open.id, content: 'mine', clientMessageId })
    expect([theirs.ok, mine.ok]).toEqual([true, true])
    expect(mine.messageId).not.toBe(theirs.messageId)
    expect(mine.channelId).toBe(open.id)
    for (const odd of ['__proto__', 'constructor', '\u200b', "'--", '%', '"']) {
      const send = { channelId: open.id, content: `by ${odd}`, clientMessageId: odd }
      const [first, again] = [await e.ask('message:send', send), await e.ask('message:send', send)]
      expect([odd, again]).toEqual([odd, first])
    }
    for (const odd of ['', 'x'.repeat(65), '\u0000', 7, {}]) {
      const send = { channelId: open.id, content: 'x', clientMessageId: odd }
      expect([odd, await e.ask('message:send', send)]).toEqual([odd, INVALID])
    }
  })
})

describe('payloads', () => {
  it('ABUSE-29 names that mean something to JavaScript are no ids, in no place', async () => {
    const e = await connect(eve)
    for (const name of [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      '',
      ' ',
      '*',
      "' or 1=1 --",
      '\u0000',
    ]) {
      const asked = [
        await e.ask('room:join', name),
        await e.ask('room:join', { channelId: name }),
        await e.ask('message:send', { channelId: name, content: 'x' }),
        await e.ask('message:send', { channelId: open.id, parentId: name, content: 'x' }),
        await e.ask('message:read', { channelId: open.id, messageId: name }),
        await e.ask('presence:subscribe', { userIds: [name] }),
        await e.ask('sync', JSON.parse(`{"cursors":{${JSON.stringify(name)}:1}}`)),
      ]
      // A parser may leave `__proto__` out of a record: then nothing is asked for.
      const answers = name === '__proto__' ? asked.slice(0, -1) : asked
      expect([name, answers]).toEqual([name, answers.map(() => INVALID)])
    }
  })

  it('ABUSE-29 types, numbers and depths that nobody sends are invalid, each with an answer', async () => {
    const e = await connect(eve)
    const odd = [null, 7, true, 'x', [], [[]], {}, { channelId: { $ne: null } }, { channelId: [open.id] }]
    for (const event of [
      'room:join',
      'message:send',
      'message:typing:start',
      'message:read',
      'message:edit',
      'message:react',
    ]) {
      for (const payload of odd)
        expect([event, payload, await e.ask(event, payload)]).toEqual([event, payload, INVALID])
    }
    let deep: unknown = open.id
    for (let depth = 0; depth < 2_000; depth += 1) deep = { channelId: deep, content: 'x' }
    expect(await e.ask('message:send', deep)).toEqual(INVALID)
    expect(await e.ask('message:send', { channelId: open.id, content: 'x', deep })).toEqual(INVALID)
    for (const rev of [-1, 1.5, '1', null, {}, 2 ** 60]) {
      expect([rev, await e.ask('sync', { cursors: { [open.id]: rev } })]).toEqual([rev, INVALID])
    }
    e.emit('message:send')
    e.emit('message:send', { channelId: open.id, content: 7 }, 'x', 'y')
    expect(await e.ask('sync', { epoch: 'x'.repeat(101), cursors: {} })).toEqual(INVALID)
    // A position of the future is none of this store: what there is comes anew.
    const { channels } = await e.ask('sync', { cursors: { [open.id]: Number.MAX_SAFE_INTEGER } })
    expect(channels).toHaveLength(1)
  })

  it('ABUSE-29 lists beyond their limit are refused, and what is beyond a frame ends its connection alone', async () => {
    const e = await connect(eve)
    const ids = (count: number) => Array.from({ length: count }, () => newId())
    expect(await e.ask('presence:subscribe', { userIds: ids(1_001) })).toEqual(INVALID)
    expect(await e.ask('presence:subscribe', { userIds: [] })).toEqual(INVALID)
    // Ids that nobody has take no places, however many are asked for.
    for (let more = 0; more < 3; more += 1) {
      expect(await e.ask('presence:subscribe', { userIds: ids(900) })).toEqual({ ok: true })
    }
    const cursors = (count: number) => Object.fromEntries(ids(count).map((id) => [id, 0]))
    expect(await e.ask('sync', { cursors: cursors(1_001) })).toEqual(INVALID)
    for (const payload of [{ cursors: cursors(10_000) }, { cursors: Array(40_000).fill(0) }]) {
      const flood = await connect(eve)
      const ended = new Promise((resolve) => flood.socket.once('disconnect', resolve))
      flood.emit('sync', payload)
      await ended
    }
    const { status } = await scene.server.call(eve, 'POST', '/api/channels', {
      name: 'x',
      memberIds: ids(101),
    })
    expect(status).toBe(400)
    const huge = await scene.server.call(eve, 'POST', '/api/channels', { name: 'x', memberIds: ids(10_000) })
    expect(huge.status).toBe(413)
  })
})

describe('text and receipts', () => {
  it('ABUSE-30 marks without end, zero width, overrides and markup: refused, or harmless and verbatim in `source`', async () => {
    const [e, b] = [await connect(eve), await connect(bob)]
    await b.ask('room:join', open.id)
    const send = (content: unknown) => e.ask('message:send', { channelId: open.id, content })
    const bad = [
      `a${'\u0301'.repeat(30_000)}`,
      'x'.repeat(2_001),
      ' \u00a0\ufeff',
      '',
      '\u0000',
      'a\ud800',
      7,
      ['x'],
      null,
    ]
    for (const content of bad) expect(await send(content)).toEqual(INVALID)
    const odd = [
      `a${'\u0301'.repeat(1_999)}`,
      '\u200b',
      '\u202ereversed',
      '<script>alert(1)</script>',
      '['.repeat(2_000),
    ]
    for (const content of [
      ...odd,
      '*'.repeat(2_000),
      '> '.repeat(1_000).trim(),
      '<img src=x onerror=alert(1)>',
    ]) {
      expect(await send(content)).toMatchObject({ ok: true })
      const message = await b.next('message:new')
      expect(message.source).toBe(content)
      for (const shown of [message.content, message.contentHtml])
        expect(shown).not.toMatch(/<script|<img[^>]*onerror/i)
    }
    for (const emoji of ['', ' ', 'x'.repeat(33), '\u0000', '👍 ', 7]) {
      expect(await e.ask('message:react', { messageId: open.messageId, emoji, on: true })).toEqual(INVALID)
    }
  })

  it('ABUSE-30 receipts never go back, and are not given for one’s own', async () => {
    const [e, b] = [await connect(eve), await connect(bob)]
    const ids: string[] = []
    for (const content of ['1', '2', '3']) {
      ids.push((await b.ask('message:send', { channelId: open.id, content })).messageId)
    }
    const readSeq = async (): Promise<unknown> => {
      const { body } = await scene.server.call(eve, 'GET', `/api/channels/${open.id}`)
      return (body['channel'] as { readSeq: number }).readSeq
    }
    expect(await e.ask('message:read', { messageId: ids[2], channelId: open.id, status: 'READ' })).toEqual({
      ok: true,
    })
    const furthest = await readSeq()
    for (const messageId of [ids[0], open.messageId, ids[2]]) {
      for (const event of ['message:delivered', 'message:read']) {
        expect(await e.ask(event, { messageId, channelId: newId(), status: 'FAILED' })).toEqual({ ok: true })
      }
    }
    expect(await readSeq()).toBe(furthest)
    await b.ask('message:read', { messageId: ids[2], channelId: open.id, status: 'READ' })
    await expect.poll(() => b.of('message:read').map(({ messageId }) => messageId)).toContain(ids[2])
    const told = b.of('message:read').map(({ messageId, userId }) => `${userId} ${messageId}`)
    expect(told).toEqual([...new Set(told)])
    expect(told.filter((one) => one.startsWith(bob.id))).toEqual([])
  })
})
