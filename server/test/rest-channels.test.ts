import { SocketClient } from '@parley/testkit/socket-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from './harness/test-server.ts'

/** Black box: channels as a client sees them that speaks REST alone, but for reactions and receipts. */

let server: TestServer
let users = 0
const sockets: SocketClient[] = []

beforeAll(async () => {
  server = await startTestServer({ LIMIT_REGISTER: '10000', LIMIT_REST: '100000' })
})
afterAll(async () => {
  for (const socket of sockets) socket.close()
  await server.stop()
})

interface Channel {
  readonly id: string
  readonly name: string
  readonly role: string | null
  readonly memberCount: number
  readonly seq: number
  readonly readSeq: number
  readonly unreadCount: number
  readonly mentionCount: number
  readonly isPrivate: boolean
  readonly archivedAt: string | null
}

interface Message {
  readonly id: string
  readonly content: string
  readonly seq: number
  readonly parentId?: string
}

const newUser = (): Promise<TestUser> => {
  users += 1
  return server.register(`walker${users}`)
}

const people = (count: number): Promise<TestUser[]> =>
  Promise.all(Array.from({ length: count }, () => newUser()))

/** The answer's body; fails when the status is another. */
const ok = async (user: TestUser, request: string, body?: unknown, status = 200) => {
  const [method, path] = request.split(' ') as [string, string]
  const answer = await server.call(user, method, path, body)
  expect([request, answer.status, answer.body['message']]).toEqual([request, status, answer.body['message']])
  return answer.body
}

const refused = async (user: TestUser, request: string, body?: unknown) => {
  const [method, path] = request.split(' ') as [string, string]
  const answer = await server.call(user, method, path, body)
  return [answer.status, answer.body['code']]
}

const newChannel = async (owner: TestUser, more: Record<string, unknown> = {}): Promise<Channel> =>
  (await ok(owner, 'POST /api/channels', { name: 'general', ...more }, 201))['channel'] as Channel

const channel = async (user: TestUser, id: string): Promise<Channel> =>
  (await ok(user, `GET /api/channels/${id}`))['channel'] as Channel

const send = async (user: TestUser, id: string, content: string, more = {}): Promise<Message> => {
  const body = await ok(user, `POST /api/channels/${id}/messages`, { content, ...more }, 201)
  return body['message'] as Message
}

const messages = async (user: TestUser, id: string, query = '') => {
  const body = await ok(user, `GET /api/channels/${id}/messages${query}`)
  const list = body['messages'] as Message[]
  return { list, contents: list.map(({ content }) => content), nextCursor: body['nextCursor'] }
}

const roles = async (user: TestUser, id: string): Promise<Record<string, string>> => {
  const { members } = await ok(user, `GET /api/channels/${id}/members`)
  const list = members as { user: { username: string }; role: string }[]
  return Object.fromEntries(list.map(({ user: { username }, role }) => [username, role]))
}

const socketOf = async (user: TestUser): Promise<SocketClient> => {
  const socket = await SocketClient.connect(server.url, { userId: user.id, token: user.token })
  sockets.push(socket)
  return socket
}

describe('a channel and its people', () => {
  it('CHREST-1 is made with members, renamed, made private and public, archived and taken back', async () => {
    const [ann, bob, cas] = (await people(3)) as [TestUser, TestUser, TestUser]
    const made = await newChannel(ann, { name: ' plans ', isPrivate: true, memberIds: [bob.id, bob.id] })
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'plans',
      kind: 'channel',
      isPrivate: true,
      role: 'owner',
      memberCount: 2,
      seq: 0,
      rev: 0,
      readSeq: 0,
      deliveredSeq: 0,
      unreadCount: 0,
      mentionCount: 0,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      archivedAt: null,
    })
    const path = `/api/channels/${made.id}`
    expect(await channel(bob, made.id)).toEqual({ ...made, role: 'member' })
    expect(await refused(cas, `GET ${path}`)).toEqual([404, 'NOT_A_MEMBER'])
    expect((await ok(ann, `PATCH ${path}`, { name: 'goals' }))['channel']).toMatchObject({ name: 'goals' })
    await ok(ann, `PATCH ${path}`, { isPrivate: false })
    expect(await channel(cas, made.id)).toMatchObject({ name: 'goals', role: null, isPrivate: false })
    await ok(ann, `PATCH ${path}`, { isPrivate: true })
    expect(await refused(cas, `GET ${path}`)).toEqual([404, 'NOT_A_MEMBER'])

    await send(bob, made.id, 'kept')
    const archived = (await ok(ann, `DELETE ${path}`))['channel'] as Channel
    expect(archived.archivedAt).toMatch(/^\d{4}-.*Z$/)
    expect(await refused(bob, `POST ${path}/messages`, { content: 'x' })).toEqual([409, 'ARCHIVED'])
    expect((await messages(bob, made.id)).contents).toEqual(['kept'])
    await ok(ann, `PATCH ${path}`, { archived: false })
    await send(bob, made.id, 'again')
    expect((await messages(bob, made.id)).contents).toEqual(['again', 'kept'])
  })

  it('CHREST-2 is joined and left; when the owner leaves, a moderator and then the oldest member owns it', async () => {
    const [ann, bob, cas, dan] = (await people(4)) as [TestUser, TestUser, TestUser, TestUser]
    const { id } = await newChannel(ann)
    for (const user of [bob, cas, dan]) {
      expect((await ok(user, `POST /api/channels/${id}/join`))['channel']).toMatchObject({ role: 'member' })
    }
    // Joining again changes nothing.
    await ok(dan, `POST /api/channels/${id}/join`)
    expect((await channel(ann, id)).memberCount).toBe(4)
    await ok(ann, `PATCH /api/channels/${id}/members/${cas.id}`, { role: 'moderator' })
    await ok(ann, `POST /api/channels/${id}/leave`)
    expect(await roles(bob, id)).toEqual({
      [cas.username]: 'owner',
      [bob.username]: 'member',
      [dan.username]: 'member',
    })
    expect(await channel(ann, id)).toMatchObject({ role: null, memberCount: 3 })
    await ok(cas, `POST /api/channels/${id}/leave`)
    expect(await roles(dan, id)).toEqual({ [bob.username]: 'owner', [dan.username]: 'member' })
    await ok(bob, `POST /api/channels/${id}/leave`)
    await ok(dan, `POST /api/channels/${id}/leave`)
    expect(await channel(dan, id)).toMatchObject({ memberCount: 0, archivedAt: expect.any(String) })
    expect(await refused(dan, `POST /api/channels/${id}/join`)).toEqual([409, 'ARCHIVED'])
  })

  it('CHREST-3 has roles: the owner gives them, also the own one; a moderator invites and removes', async () => {
    const [ann, bob, cas, dan] = (await people(4)) as [TestUser, TestUser, TestUser, TestUser]
    const { id } = await newChannel(ann, { isPrivate: true, memberIds: [bob.id] })
    const members = `/api/channels/${id}/members`
    expect(await refused(bob, `POST ${members}`, { userIds: [cas.id] })).toEqual([403, 'FORBIDDEN'])
    await ok(ann, `PATCH ${members}/${bob.id}`, { role: 'moderator' })
    const invited = await ok(bob, `POST ${members}`, { userIds: [cas.id, dan.id, ann.id] })
    expect(new Set(invited['added'] as string[])).toEqual(new Set([cas.id, dan.id]))
    await send(cas, id, 'thanks')
    await ok(bob, `DELETE ${members}/${cas.id}`)
    expect(await refused(cas, `GET /api/channels/${id}/messages`)).toEqual([404, 'NOT_A_MEMBER'])
    expect(await refused(bob, `DELETE ${members}/${ann.id}`)).toEqual([403, 'FORBIDDEN'])
    expect(await refused(ann, `PATCH ${members}/${ann.id}`, { role: 'member' })).toEqual([403, 'FORBIDDEN'])
    await ok(ann, `PATCH ${members}/${dan.id}`, { role: 'owner' })
    expect(await roles(ann, id)).toEqual({
      [dan.username]: 'owner',
      [ann.username]: 'moderator',
      [bob.username]: 'moderator',
    })
    expect(await refused(ann, `DELETE /api/channels/${id}`)).toEqual([403, 'FORBIDDEN'])
  })

  it('CHREST-4 a direct conversation is found again, by either of the two, and shows the other', async () => {
    const [ann, bob] = (await people(2)) as [TestUser, TestUser]
    const direct = 'POST /api/channels/direct'
    const made = (await ok(ann, direct, { userId: bob.id }, 201))['channel'] as Channel
    expect(made).toMatchObject({ kind: 'direct', name: bob.username, isPrivate: true, memberCount: 2 })
    expect(made).toMatchObject({ peer: { id: bob.id, username: bob.username, avatar: null } })
    expect((await ok(ann, direct, { userId: bob.id.toUpperCase() }))['channel']).toMatchObject({
      id: made.id,
    })
    const theirs = (await ok(bob, direct, { userId: ann.id }))['channel'] as Channel
    expect(theirs).toMatchObject({ id: made.id, name: ann.username })
    await send(ann, made.id, 'hi')
    const { body } = await server.call(bob, 'GET', `/api/messages/${ann.id}`)
    expect(body['messages']).toMatchObject([{ content: 'hi', conversationId: made.id, receiverId: bob.id }])
    expect(await refused(ann, direct, { userId: ann.id })).toEqual([400, 'SELF_MESSAGE'])
  })
})

/** All pages of a list. */
const walk = async (user: TestUser, path: string, name: string): Promise<Record<string, unknown>[][]> => {
  const pages: Record<string, unknown>[][] = []
  for (let cursor: unknown = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${String(cursor)}`
    const body = await ok(user, `GET ${path}${query}`)
    pages.push(body[name] as Record<string, unknown>[])
    cursor = body['nextCursor']
    expect(pages.length).toBeLessThan(50)
  }
  return pages
}

describe('lists', () => {
  it('CHREST-5 channels, public channels and members come in pages that neither skip nor repeat', async () => {
    const ann = await newUser()
    const others = await people(6)
    const own: Channel[] = []
    for (let index = 0; index < 7; index += 1) {
      own.unshift(await newChannel(ann, { name: `paged ${index}` }))
    }
    const lists = await walk(ann, '/api/channels?limit=3', 'channels')
    expect(lists.map((page) => page.length)).toEqual([3, 3, 1])
    expect(lists.flat().map(({ id }) => id)).toEqual(own.map(({ id }) => id))
    // Activity brings a channel to the front.
    await send(ann, own[6]!.id, 'news')
    const [first] = await walk(ann, '/api/channels?limit=100', 'channels')
    expect(first?.[0]).toMatchObject({ id: own[6]!.id })

    const browsed = await walk(others[0]!, '/api/channels?scope=public&search=PAGED&limit=2', 'channels')
    expect(browsed.flat().map(({ name, role }) => [name, role])).toEqual(
      own.map(({ name }) => [name, null]).reverse(),
    )

    for (const user of others) await ok(user, `POST /api/channels/${own[0]!.id}/join`)
    const members = await walk(ann, `/api/channels/${own[0]!.id}/members?limit=3`, 'members')
    expect(members.map((page) => page.length)).toEqual([3, 3, 1])
    expect(members.flat()[0]).toEqual({
      user: { id: ann.id, username: ann.username, avatar: null },
      role: 'owner',
      readSeq: expect.any(Number),
      deliveredSeq: expect.any(Number),
      joinedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    expect(members.flat().map(({ user }) => (user as { id: string }).id)).toEqual(
      [ann, ...others].map(({ id }) => id),
    )
  })

  it('CHREST-6 messages page both ways, by cursor, `before` and `after`', async () => {
    const [ann, bob] = (await people(2)) as [TestUser, TestUser]
    const { id } = await newChannel(ann, { memberIds: [bob.id] })
    for (let index = 1; index <= 8; index += 1) await send(index > 4 ? bob : ann, id, `m${index}`)
    const path = `/api/channels/${id}/messages`
    const contentsOf = (pages: Record<string, unknown>[][]) =>
      pages.map((page) => page.map((m) => m['content']))
    expect(contentsOf(await walk(ann, `${path}?limit=3`, 'messages'))).toEqual([
      ['m8', 'm7', 'm6'],
      ['m5', 'm4', 'm3'],
      ['m2', 'm1'],
    ])
    expect(contentsOf(await walk(ann, `${path}?limit=3&after=0`, 'messages'))).toEqual([
      ['m1', 'm2', 'm3'],
      ['m4', 'm5', 'm6'],
      ['m7', 'm8'],
    ])
    expect((await messages(ann, id, '?before=3')).contents).toEqual(['m2', 'm1'])
    expect((await messages(ann, id, '?after=6')).contents).toEqual(['m7', 'm8'])
    expect((await messages(ann, id, '?before=1')).contents).toEqual([])
    expect((await messages(ann, id, '?after=8')).contents).toEqual([])
    expect((await messages(ann, id, '?after=999999999999999')).contents).toEqual([])
    for (const query of [
      'before=-1',
      'after=1e9',
      'before=x',
      'limit=0',
      'limit=101',
      'parentId=x',
      'cursor=x',
    ])
      expect([query, ...(await refused(ann, `GET ${path}?${query}`))]).toEqual([query, 400, 'INVALID'])
  })

  it('CHREST-7 a thread is read by its parent, and only its channel has it', async () => {
    const [ann, bob] = (await people(2)) as [TestUser, TestUser]
    const { id } = await newChannel(ann, { memberIds: [bob.id] })
    const other = await newChannel(ann)
    const parent = await send(ann, id, 'question')
    await send(ann, id, 'something else')
    for (const content of ['a1', 'a2', 'a3']) {
      expect(await send(bob, id, content, { parentId: parent.id })).toMatchObject({ parentId: parent.id })
    }
    const query = `?parentId=${parent.id}`
    expect((await messages(ann, id, query)).contents).toEqual(['a3', 'a2', 'a1'])
    expect((await messages(ann, id, `${query}&after=0`)).contents).toEqual(['a1', 'a2', 'a3'])
    const pages = await walk(ann, `/api/channels/${id}/messages${query}&limit=2`, 'messages')
    expect(pages.map((page) => page.length)).toEqual([2, 1])
    expect((await messages(ann, other.id, query)).contents).toEqual([])
    const reply = { content: 'x', parentId: parent.id }
    expect(await refused(ann, `POST /api/channels/${other.id}/messages`, reply)).toEqual([404, 'NOT_FOUND'])
  })
})

describe('what a list tells of a message', () => {
  it('CHREST-8 its reactions, and how many took it and read it', async () => {
    const [ann, bob, cas] = (await people(3)) as [TestUser, TestUser, TestUser]
    const { id } = await newChannel(ann, { memberIds: [bob.id, cas.id] })
    const message = await send(ann, id, '**bold**<script>x</script>')
    const [b, c] = [await socketOf(bob), await socketOf(cas)]
    for (const [socket, emoji] of [
      [b, '👍'],
      [c, '👍'],
      [c, '🎉'],
    ] as const) {
      expect(await socket.ask('message:react', { messageId: message.id, emoji, on: true })).toMatchObject({
        ok: true,
      })
    }
    await b.ask('message:read', { messageId: message.id, channelId: id, status: 'READ' })
    await c.ask('message:delivered', { messageId: message.id, channelId: id, status: 'DELIVERED' })
    const { list } = await messages(cas, id)
    expect(list).toEqual([
      {
        id: message.id,
        content: '**bold**',
        source: '**bold**<script>x</script>',
        contentHtml: expect.stringContaining('<strong>bold</strong>'),
        messageType: 'text',
        channelId: id,
        userId: ann.id,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
        editedAt: null,
        deletedAt: null,
        deliveryStatus: 'READ',
        seq: 1,
        rev: 4,
        user: { id: ann.id, name: ann.username, avatar: null },
        deliveredTo: 2,
        readBy: 1,
        reactions: [
          { emoji: '👍', count: 2, userIds: [bob.id, cas.id] },
          { emoji: '🎉', count: 1, userIds: [cas.id] },
        ],
      },
    ])
  })

  it('CHREST-9 a channel counts what is unread and what names the reader, until it is read', async () => {
    const [ann, bob, cas] = (await people(3)) as [TestUser, TestUser, TestUser]
    const { id } = await newChannel(ann, { memberIds: [bob.id, cas.id] })
    await send(ann, id, 'one')
    const last = await send(ann, id, `hey @${bob.username}, look`)
    await send(bob, id, 'my own does not count')
    expect(await channel(bob, id)).toMatchObject({ seq: 3, unreadCount: 2, mentionCount: 1, readSeq: 0 })
    expect(await channel(cas, id)).toMatchObject({ unreadCount: 3, mentionCount: 0 })
    const [first] = (await ok(bob, 'GET /api/channels'))['channels'] as Channel[]
    expect(first).toMatchObject({ id, unreadCount: 2, mentionCount: 1 })
    await (await socketOf(bob)).ask('message:read', { messageId: last.id, channelId: id, status: 'READ' })
    expect(await channel(bob, id)).toMatchObject({ unreadCount: 0, mentionCount: 0, readSeq: 2 })
  })

  it('CHREST-10 search finds what one may see, and stops finding it when one may not any more', async () => {
    const [ann, bob, cas] = (await people(3)) as [TestUser, TestUser, TestUser]
    const word = `needle${ann.username}`
    const { id } = await newChannel(ann, { isPrivate: true, memberIds: [bob.id] })
    const message = await send(ann, id, `a ${word} in the hay`)
    const direct = (await ok(ann, 'POST /api/channels/direct', { userId: bob.id }, 201))['channel'] as Channel
    const whispered = await send(ann, direct.id, `${word} between us`)
    const found = async (user: TestUser): Promise<unknown[]> => {
      const body = await ok(user, `GET /api/search?q=${word}`)
      return (body['messages'] as Message[]).map((one) => one.id)
    }
    expect(await found(ann)).toEqual([whispered.id, message.id])
    expect(await found(bob)).toEqual([whispered.id, message.id])
    expect(await found(cas)).toEqual([])
    await ok(ann, `DELETE /api/channels/${id}/members/${bob.id}`)
    expect(await found(bob)).toEqual([whispered.id])
    await ok(ann, `POST /api/channels/${id}/members`, { userIds: [cas.id] })
    expect(await found(cas)).toEqual([message.id])
  })
})

describe('sending', () => {
  it('CHREST-11 the same clientMessageId twice is 201, then 200 with the first message; with another body 409', async () => {
    const [ann, bob] = (await people(2)) as [TestUser, TestUser]
    const { id } = await newChannel(ann, { memberIds: [bob.id] })
    const path = `POST /api/channels/${id}/messages`
    const body = { content: 'once', clientMessageId: 'c-1' }
    const first = (await ok(ann, path, body, 201))['message']
    expect((await ok(ann, path, body, 200))['message']).toEqual(first)
    expect(first).toMatchObject({ clientMessageId: 'c-1', seq: 1 })
    expect(await refused(ann, path, { ...body, content: 'other' })).toEqual([409, 'CLIENT_ID_REUSED'])
    // Another's id of that name is another id, and nobody else is told of it.
    expect((await ok(bob, path, body, 201))['message']).toMatchObject({ userId: bob.id, seq: 2 })
    const { list } = await messages(bob, id)
    expect(list.map((one) => ('clientMessageId' in one ? one.clientMessageId : null))).toEqual(['c-1', null])
    const socket = await socketOf(ann)
    expect(await socket.ask('message:send', { ...body, channelId: id })).toMatchObject({
      ok: true,
      messageId: (first as Message).id,
      seq: 1,
    })
  })

  it('CHREST-11 a repeated message is answered as it stands by then', async () => {
    const [ann, bob] = (await people(2)) as [TestUser, TestUser]
    const { id } = await newChannel(ann, { memberIds: [bob.id] })
    const path = `POST /api/channels/${id}/messages`
    const body = { content: 'once', clientMessageId: 'c-1' }
    const { id: messageId } = (await ok(ann, path, body, 201))['message'] as Message
    const socket = await socketOf(bob)
    await socket.ask('message:read', { messageId })
    await socket.ask('message:react', { messageId, emoji: 'x', on: true })
    expect((await ok(ann, path, body, 200))['message']).toMatchObject({
      id: messageId,
      deliveryStatus: 'READ',
      readBy: 1,
      reactions: [{ emoji: 'x', count: 1 }],
      clientMessageId: 'c-1',
    })
  })

  it('CHREST-12 REST and socket share one limit: 10 a second, then 429 with Retry-After', async () => {
    const [ann, bob] = (await people(2)) as [TestUser, TestUser]
    const { id } = await newChannel(ann, { memberIds: [bob.id] })
    const socket = await socketOf(ann)
    const overRest = (index: number) =>
      fetch(`${server.url}/api/channels/${id}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ content: `rest ${index}` }),
      })
    // A busy machine may need more than the second that a window lasts: then this is tried in the next one.
    for (let round = 1; ; round += 1) {
      const answers = await Promise.all([
        ...Array.from({ length: 10 }, async (_, index) =>
          socket.ask('message:send', { content: `socket ${index}`, channelId: id }),
        ),
        ...Array.from({ length: 10 }, (_, index) => overRest(index)),
      ])
      const overSocket = answers.slice(0, 10) as { ok: boolean; error?: { code: string } }[]
      const rest = answers.slice(10) as Response[]
      const took = overSocket.filter((answer) => answer.ok).length + rest.filter(({ ok }) => ok).length
      for (const { ok, error } of overSocket) expect(ok || error?.code === 'RATE_LIMITED').toBe(true)
      const over = rest.filter((answer) => !answer.ok)
      for (const answer of over) {
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1'])
        expect(await answer.json()).toMatchObject({
          code: 'RATE_LIMITED',
          message: 'Too many messages, please slow down.',
        })
      }
      expect(took).toBeGreaterThanOrEqual(10)
      if (took === 10) break
      expect(round).toBeLessThan(5)
    }
    // The limit is one's own, and the next second is free.
    await send(bob, id, 'mine')
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    await send(ann, id, 'later')
  })
})
