import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RawClient, RawFrame } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'

/** Black box: raw frames against a whole server, as a client written from document 002 would send them. */

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const ADMIN = { ADMIN_USER: 'root', ADMIN_PASS: 'the first admin' }

let server: TestServer
let users = 0

/** Users nobody else has heard of. */
const newUser = (): Promise<TestUser> => {
  users += 1
  return server.register(`hubber${users}`)
}

const open = (user: TestUser): Promise<RawClient> => server.open('/ws', { cookie: user.cookie })

/** A connection, with what comes on connecting taken. */
const enter = async (user: TestUser): Promise<RawClient> => {
  const client = await open(user)
  await client.next('connected_users')
  return client
}

const pair = async (): Promise<[ann: TestUser, bob: TestUser, a: RawClient, b: RawClient]> => {
  const [ann, bob] = [await newUser(), await newUser()]
  return [ann, bob, await enter(ann), await enter(bob)]
}

const author = ({ id, username }: TestUser) => ({ userId: id, email: '', name: username })
const entry = (user: TestUser) => ({ ...author(user), connectedAt: time })
const says = (user: TestUser, message: string) => ({
  type: 'chat_message',
  user: author(user),
  message,
  timestamp: time,
})

const closeAll = (...clients: RawClient[]): Promise<unknown> =>
  Promise.all(clients.map((client) => client.close()))

/** Everything the server sent before has arrived when this resolves. */
const settle = async (...clients: RawClient[]): Promise<void> => {
  for (const client of clients) {
    client.send({ type: 'ping' })
    await client.next('pong')
  }
}

const seen = (client: RawClient, type: string): RawFrame[] =>
  client.all.filter((frame) => frame.type === type)

beforeAll(async () => {
  server = await startTestServer({ LIMIT_REGISTER: '10000', LIMIT_REST: '100000', ...ADMIN })
})
afterAll(() => server.stop())

describe('hub: connecting', () => {
  it('HUBEND-1 is entered by either path with any kind of credential', async () => {
    const ann = await newUser()
    const bearer = { authorization: `Bearer ${ann.token}` }
    const clients = [
      await server.open('/ws', { cookie: ann.cookie }),
      await server.open('/ws/hub', { cookie: ann.cookie }),
      await server.open('/ws/hub', bearer),
      await server.open(`/ws/hub?token=${ann.token}`),
    ]
    for (const client of clients) {
      expect(await client.next('welcome')).toMatchObject({ userId: ann.id })
      client.send('here')
      expect(await client.next('chat_message')).toEqual(says(ann, 'here'))
    }
    await closeAll(...clients)
  })

  it('HUBEND-1 a token on /ws means chat, whatever the cookie', async () => {
    const ann = await newUser()
    const chat = await server.open(`/ws?token=${ann.token}`, { cookie: ann.cookie })
    await chat.next('connection_established')
    expect(chat.all.some(({ type }) => type === 'welcome')).toBe(false)
    await chat.close()
    const refused = await server.open('/ws', { cookie: 'better-auth.session_token=forged.signature' })
    expect(await refused.closed).toEqual({ code: 4001, reason: 'Authentication required' })
  })

  it('HUBEND-2 is 401 without a valid identity and for guests', async () => {
    const ann = await newUser()
    const guest = await server.call(null, 'POST', '/api/auth/guest', { username: 'hub-guest' })
    const token = String(guest.body['token'])
    const attempts: [path: string, headers: Record<string, string>][] = [
      ['/ws/hub', {}],
      ['/ws/hub?token=', { cookie: ann.cookie }],
      ['/ws/hub?token=garbage', { cookie: ann.cookie }],
      ['/ws/hub', { authorization: 'Bearer garbage', cookie: ann.cookie }],
      ['/ws/hub', { cookie: 'better-auth.session_token=forged.signature' }],
      [`/ws/hub?token=${token}`, {}],
      ['/ws/hub', { authorization: `Bearer ${token}` }],
    ]
    for (const [path, headers] of attempts) {
      await expect(server.open(path, headers), path).rejects.toThrow('HTTP 401')
    }
  })

  it('HUBEND-3 is welcomed, then gets everybody in the hub, each once, and nothing else', async () => {
    const [ann, bob, a, b] = await pair()
    const second = await enter(ann)
    const cas = await newUser()
    const c = await open(cas)
    await settle(c)
    expect(c.all.slice(0, 3).map(({ type }) => type)).toEqual(['welcome', 'connected_users', 'pong'])
    expect(c.all[0]).toEqual({ type: 'welcome', message: `Welcome ${cas.username}`, userId: cas.id })
    expect(Object.keys(c.all[1]!).sort()).toEqual(['type', 'users'])
    expect(c.all[1]!['users']).toEqual([entry(ann), entry(bob), entry(cas)])
    await closeAll(a, b, c, second)
  })

  it('HUBEND-4 shows e-mail addresses when the owner wants it', async () => {
    const open = await startTestServer({ HUB_EXPOSE_EMAIL: 'true' })
    try {
      const [ann, bob] = [await open.register('ann'), await open.register('bob')]
      const [a, b] = [
        await open.open('/ws', { cookie: ann.cookie }),
        await open.open('/ws', { cookie: bob.cookie }),
      ]
      const shown = { userId: bob.id, email: 'bob@example.org', name: 'bob' }
      expect(await a.next('user_joined')).toMatchObject({ user: shown })
      b.send('hi')
      expect(await a.next('chat_message')).toMatchObject({ user: shown })
      await b.close()
      expect(await a.next('user_left')).toEqual({
        type: 'user_left',
        userId: bob.id,
        email: 'bob@example.org',
      })
      await a.close()
    } finally {
      await open.stop()
    }
  })

  it('HUBEND-4 HUBEND-5 others hear of the first connection and of the last only', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const a = await enter(ann)
    const [first, second] = [await enter(bob), await enter(bob)]
    await first.close()
    second.send('still here')
    await a.next('chat_message')
    await second.close()
    await a.next('user_left')
    const again = await enter(bob)
    await settle(a)
    const news = a.all.filter(({ type }) => type === 'user_joined' || type === 'user_left')
    const joined = { type: 'user_joined', user: entry(bob) }
    expect(news).toEqual([joined, { type: 'user_left', userId: bob.id, email: '' }, joined])
    expect(seen(again, 'user_joined')).toEqual([])
    await closeAll(a, again)
  })

  it('HUBEND-6 the sixth connection is closed with 4008 and the others stay', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const b = await enter(bob)
    const clients: RawClient[] = []
    for (let index = 0; index < 5; index += 1) clients.push(await enter(ann))
    const sixth = await open(ann)
    expect(await sixth.closed).toEqual({ code: 4008, reason: 'Connection limit exceeded' })
    expect(sixth.all).toEqual([])
    clients[0]!.send('all five')
    for (const client of clients) expect(await client.next('chat_message')).toEqual(says(ann, 'all five'))
    await clients.pop()!.close()
    const next = await enter(ann)
    await settle(b, next)
    expect(seen(b, 'user_joined')).toHaveLength(1)
    expect(seen(b, 'user_left')).toEqual([])
    await closeAll(b, next, ...clients)
  })

  it('HUBEND-6 of many at once exactly five are let in', async () => {
    const ann = await newUser()
    const clients = await Promise.all(Array.from({ length: 12 }, () => open(ann)))
    const ends = await Promise.all(
      clients.map((client) =>
        Promise.race([client.closed.then(({ code }) => code), client.next('welcome').then(() => 'in')]),
      ),
    )
    expect(ends.filter((end) => end === 'in')).toHaveLength(5)
    expect(ends.filter((end) => end === 4008)).toHaveLength(7)
    await closeAll(...clients.filter((_client, index) => ends[index] === 'in'))
  })
})

describe('hub: messages', () => {
  it('HUBEND-7 a chat message goes trimmed to every connection', async () => {
    const [ann, , a, b] = await pair()
    const second = await enter(ann)
    a.send({ type: 'chat_message', message: '  Hello everyone!\n', user: { userId: 'forged' }, extra: 1 })
    for (const client of [a, second, b]) {
      expect(await client.next('chat_message')).toEqual(says(ann, 'Hello everyone!'))
    }
    await closeAll(a, b, second)
  })

  it.each(['hello', '123', '"hi"', '[1]', 'true', 'null', '{"type":'])(
    'HUBEND-7 the text %s is a chat message',
    async (text) => {
      const [ann, , a, b] = await pair()
      a.send(text)
      for (const client of [a, b]) expect(await client.next('chat_message')).toEqual(says(ann, text))
      await closeAll(a, b)
    },
  )

  it('HUBEND-7 5,000 units are a message, and order is kept', async () => {
    const [ann, , a, b] = await pair()
    const long = 'x'.repeat(5_000)
    for (const text of [long, 'two', 'three']) a.send(text)
    for (const text of [long, 'two', 'three']) {
      expect(await b.next('chat_message')).toEqual(says(ann, text))
    }
    await closeAll(a, b)
  })

  it('HUBEND-8 typing goes to others only, for changes only, and ends on sending and leaving', async () => {
    const [ann, , a, b] = await pair()
    const second = await enter(ann)
    const types = (isTyping: boolean) => ({
      type: 'typing_indicator',
      user: author(ann),
      isTyping,
      timestamp: time,
    })
    a.send({ type: 'typing_indicator', isTyping: true })
    a.send({ type: 'typing_indicator', isTyping: true })
    expect(await b.next('typing_indicator')).toEqual(types(true))
    a.send({ type: 'typing_indicator', isTyping: false })
    a.send({ type: 'typing_indicator', isTyping: false })
    expect(await b.next('typing_indicator')).toEqual(types(false))
    a.send({ type: 'typing_indicator', isTyping: true })
    expect(await b.next('typing_indicator')).toEqual(types(true))
    a.send('done')
    expect(await b.next('typing_indicator')).toEqual(types(false))
    await b.next('chat_message')
    a.send({ type: 'typing_indicator', isTyping: true })
    expect(await b.next('typing_indicator')).toEqual(types(true))
    await a.close()
    expect(await b.next('typing_indicator')).toEqual(types(false))
    await settle(second, b)
    expect(seen(b, 'typing_indicator')).toHaveLength(6)
    expect([...seen(a, 'typing_indicator'), ...seen(second, 'typing_indicator')]).toEqual([])
    await closeAll(b, second)
  })

  it('HUBEND-9 a ping is answered to that connection alone', async () => {
    const [, , a, b] = await pair()
    a.send({ type: 'ping' })
    expect(await a.next('pong')).toEqual({ type: 'pong', timestamp: time })
    a.send('after')
    await b.next('chat_message')
    expect(seen(b, 'pong')).toEqual([])
    await closeAll(a, b)
  })

  it('HUBEND-10 what cannot be taken is told to the sender alone, and the connection stays', async () => {
    const [ann, , a, b] = await pair()
    const cases: [frame: object | string, code: string][] = [
      [{ type: 'nonsense' }, 'UNKNOWN_TYPE'],
      [{ type: 'constructor' }, 'UNKNOWN_TYPE'],
      [{}, 'INVALID_MESSAGE'],
      [{ type: 5 }, 'INVALID_MESSAGE'],
      [{ type: 'chat_message' }, 'INVALID_MESSAGE'],
      [{ type: 'chat_message', message: '   ' }, 'INVALID_MESSAGE'],
      [{ type: 'chat_message', message: 'x'.repeat(5_001) }, 'INVALID_MESSAGE'],
      [{ type: 'chat_message', message: 'nul \u0000' }, 'INVALID_MESSAGE'],
      [{ type: 'typing_indicator', isTyping: 'yes' }, 'INVALID_MESSAGE'],
      [`{"type":"ping","a":${'['.repeat(40)}${']'.repeat(40)}}`, 'INVALID_MESSAGE'],
      ['   ', 'INVALID_MESSAGE'],
    ]
    for (const [frame, code] of cases) {
      await new Promise((resolve) => setTimeout(resolve, 110))
      a.send(frame)
      const answer = await a.next('error')
      expect(answer, JSON.stringify(frame).slice(0, 80)).toEqual({
        type: 'error',
        code,
        message: expect.stringMatching(/\w/),
      })
    }
    a.send('still here')
    expect(await b.next('chat_message')).toEqual(says(ann, 'still here'))
    expect(seen(b, 'error')).toEqual([])
    expect(seen(b, 'chat_message')).toHaveLength(1)
    await closeAll(a, b)
  })

  it('HUBEND-11 more than ten a second of one user are refused, over all connections', async () => {
    const [ann, , a, b] = await pair()
    const second = await enter(ann)
    for (let index = 0; index < 8; index += 1) {
      a.send(`a ${index}`)
      second.send(`b ${index}`)
    }
    await expect
      .poll(() => seen(a, 'error').length + seen(second, 'error').length, { timeout: 5_000 })
      .toBe(6)
    expect(seen(a, 'error').concat(seen(second, 'error'))[0]).toMatchObject({ code: 'RATE_LIMITED' })
    b.send('others may')
    await b.next('chat_message', ({ message }) => message === 'others may')
    expect(seen(b, 'chat_message')).toHaveLength(11)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    a.send('later')
    await b.next('chat_message', ({ message }) => message === 'later')
    await closeAll(a, b, second)
  })

  it('HUBEND-11 a stop of typing is never refused', async () => {
    const [, , a, b] = await pair()
    a.send({ type: 'typing_indicator', isTyping: true })
    expect(await b.next('typing_indicator')).toMatchObject({ isTyping: true })
    for (let index = 0; index < 15; index += 1) a.send({ type: 'ping' })
    a.send({ type: 'typing_indicator', isTyping: false })
    expect(await b.next('typing_indicator')).toMatchObject({ isTyping: false })
    expect(seen(a, 'error').length).toBeGreaterThan(0)
    await closeAll(a, b)
  })
})

describe('hub: what the server does', () => {
  it('HUBEND-12 signing out closes the connections of that session with 4002', async () => {
    const ann = await newUser()
    const login = await fetch(`${server.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: ann.username, password: 'correct horse battery' }),
    })
    const { token } = (await login.json()) as { token: string }
    const clients = [await enter(ann), await server.open(`/ws/hub?token=${ann.token}`)]
    const other = await server.open(`/ws/hub?token=${token}`)
    expect((await server.call(ann, 'POST', '/api/auth/logout')).status).toBeLessThan(300)
    for (const client of clients) {
      expect(await client.closed).toEqual({ code: 4002, reason: 'Invalid token' })
    }
    await settle(other)
    await other.close()
    await expect(server.open('/ws/hub', { cookie: ann.cookie })).rejects.toThrow('HTTP 401')
  })

  it('HUBEND-13 an admin announces to every connection, and nobody else does', async () => {
    const [ann, , a, b] = await pair()
    const login = await server.call(null, 'POST', '/api/auth/login', {
      username: ADMIN.ADMIN_USER,
      password: ADMIN.ADMIN_PASS,
    })
    const admin = { ...ann, token: String(login.body['token']) }
    const announce = (by: TestUser | null, message: string) =>
      server.call(by, 'POST', '/api/admin/announce', { message })
    expect((await announce(ann, 'forged')).status).toBe(403)
    expect((await announce(null, 'forged')).status).toBe(401)
    expect((await announce(admin, '')).status).toBe(400)
    expect((await announce(admin, ' Maintenance at noon ')).status).toBe(200)
    const frame = { type: 'announcement', message: 'Maintenance at noon', timestamp: time }
    for (const client of [a, b]) expect(await client.next('announcement')).toEqual(frame)
    await settle(a, b)
    expect(seen(a, 'announcement')).toHaveLength(1)
    await closeAll(a, b)
  })

  it('HUBEND-3 HUBEND-14 a list is cut at its limit; a server that goes says so, then closes with 1001', async () => {
    const going = await startTestServer({ DRAIN_SPREAD: '400', PRESENCE_LIST_MAX: '2' })
    const clients: RawClient[] = []
    for (const name of ['ann', 'bob', 'cas']) {
      const { cookie } = await going.register(name)
      clients.push(await going.open('/ws', { cookie }))
    }
    expect((await clients[2]!.next('connected_users'))['users']).toHaveLength(2)
    const stopped = going.stop()
    for (const client of clients) {
      const drain = await client.next('server_drain')
      expect(Object.keys(drain).sort()).toEqual(['reconnectInMs', 'type'])
      expect(drain['reconnectInMs']).toBeGreaterThanOrEqual(0)
      expect(drain['reconnectInMs']).toBeLessThanOrEqual(400)
      expect(await client.closed).toMatchObject({ code: 1001 })
    }
    await stopped
  })

  it('HUBEND-15 nothing that is said is stored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-hub-'))
    const quiet = await startTestServer({ DATA_DIR: folder, LOG_DIR: join(folder, 'logs') })
    try {
      const [ann, bob] = [await quiet.register('ann'), await quiet.register('bob')]
      const a = await quiet.open('/ws', { cookie: ann.cookie })
      for (const frame of ['hubcanary plain', { type: 'chat_message', message: 'hubcanary framed' }]) {
        a.send(frame)
        await a.next('chat_message')
      }
      const stored = await quiet.call(ann, 'POST', '/api/messages', {
        receiverId: bob.id,
        content: 'chatcanary',
      })
      expect(stored.status).toBe(201)
      await a.close()
      const holds = (text: string): boolean =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((file) => file.isFile())
          .some((file) => readFileSync(join(file.parentPath, file.name)).includes(text))
      expect([holds('chatcanary'), holds('hubcanary')]).toEqual([true, false])
      await quiet.stop()
      expect([holds('chatcanary'), holds('hubcanary')]).toEqual([true, false])
    } finally {
      await quiet.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
