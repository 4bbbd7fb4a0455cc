import { newId } from '@parley/model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { get, post, type RestServer, register, startRest } from './harness/rest-server.ts'

let server: RestServer
let me: Awaited<ReturnType<typeof register>>
let peer: Awaited<ReturnType<typeof register>>
beforeAll(async () => {
  server = await startRest({ metricsToken: 'metrics-token-of-the-tests' })
  me = await register(server)
  peer = await register(server)
})
afterAll(() => server.close())

const bearer = () => ({ authorization: `Bearer ${me.token}` })
const json = async (response: Response) => (await response.json()) as Record<string, unknown>
const expectProblem = async (response: Response, status: number, code: string) => {
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  const body = await json(response)
  expect(body).toMatchObject({
    type: 'about:blank',
    status,
    code,
    detail: expect.any(String),
    title: expect.any(String),
  })
  expect(body['message']).toBe(body['detail'])
  return body
}

describe('accounts', () => {
  it('REST-1 register, login and guest answer message, token and user and set an HttpOnly SameSite=Lax cookie', async () => {
    const login = await post(server, '/api/auth/login', {
      username: me.username.toUpperCase(),
      password: me.password,
    })
    const guest = await post(server, '/api/auth/guest', { username: 'visitor' })
    expect([me.response.status, login.status, guest.status]).toEqual([201, 200, 201])
    for (const response of [login, guest]) {
      expect(await json(response)).toMatchObject({
        message: expect.any(String),
        token: expect.any(String),
        user: { id: expect.any(String) },
      })
      expect(response.headers.get('set-cookie')).toMatch(
        /^better-auth\.session_token=\S+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
      )
    }
    expect(me.user).toMatchObject({
      _id: me.user.id,
      email: me.email,
      role: 'user',
      avatar: null,
      isOnline: false,
      lastSeen: null,
    })
  })

  it('REST-2 nobody gives themselves a role, a verified address or an id', async () => {
    const sly = await register(server, {
      role: 'admin',
      emailVerified: true,
      id: 'mine',
      isAnonymous: false,
      banned: false,
    })
    expect(sly.user.role).toBe('user')
    expect(sly.user.id).not.toBe('mine')
    const body = {
      role: 'admin',
      email: 'new@example.com',
      avatar: 'https://example.com/a.png',
      emailVerified: true,
    }
    const put = await fetch(`${server.url}/api/auth/profile`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${sly.token}` },
      body: JSON.stringify(body),
    })
    expect((await json(put))['user']).toMatchObject({
      role: 'user',
      email: sly.email,
      avatar: 'https://example.com/a.png',
    })
    const sneaky = await post(server, '/api/auth/sign-up/email', {
      name: 'n',
      email: 'sn@example.com',
      password: '12345678',
      role: 'admin',
    })
    const row = await server.accounts.reader.accountByEmail('sn@example.com')
    expect([sneaky.status >= 400, row?.role ?? 'user']).toContainEqual('user')
  })

  it('REST-3 a wrong password and an unknown account get the same answer in similar time', async () => {
    const attempt = async (email: string) => {
      const start = performance.now()
      const response = await post(server, '/api/auth/login', { email, password: 'wrong password' })
      return { body: await expectProblem(response, 401, 'UNAUTHENTICATED'), took: performance.now() - start }
    }
    const known = await attempt(peer.email)
    const unknown = await attempt('nobody@example.com')
    expect(unknown.body).toEqual(known.body)
    expect(known.body['message']).toBe('Invalid credentials')
    expect(unknown.took).toBeGreaterThan(known.took / 4)
    expect(unknown.took).toBeLessThan(known.took * 4)
  })

  it('REST-4 of 100 guesses at once LIMIT_LOGIN are tried, the others get 429 with Retry-After', async () => {
    const victim = await register(server)
    const login = { email: victim.email, password: 'wrong password' }
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post(server, '/api/auth/login', login)),
    )
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(90)
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    const byName = await post(server, '/api/auth/login', {
      username: victim.username,
      password: victim.password,
    })
    const byBetterAuth = await post(server, '/api/auth/sign-in/email', {
      email: victim.email,
      password: victim.password,
    })
    expect([byName.status, byBetterAuth.status]).toEqual([429, 429])
  })

  it('REST-5 guests cannot read or send direct messages', async () => {
    const guest = await json(await post(server, '/api/auth/guest', { username: 'lurker' }))
    const token = String(guest['token'])
    await expectProblem(await get(server, '/api/messages/conversations', token), 403, 'FORBIDDEN')
    expect((await get(server, '/api/search?q=x', token)).status).toBe(200)
  })

  it('REST-6 names, passwords, addresses and avatars out of bounds are refused by path, never by value', async () => {
    const body = { username: 'a', email: 'no-address', password: 'secret1', avatar: 'javascript:alert(1)' }
    const answer = await expectProblem(await post(server, '/api/auth/register', body), 400, 'INVALID')
    expect((answer['issues'] as { path: string }[]).map(({ path }) => path).sort()).toEqual([
      'avatar',
      'email',
      'password',
      'username',
    ])
    expect(JSON.stringify(answer)).not.toMatch(/no-address|secret1|alert/)
  })

  it('REST-7 token renews, profile shows oneself, logout clears the cookie', async () => {
    const someone = await register(server)
    const authorization = { authorization: `Bearer ${someone.token}` }
    const renewed = await json(await post(server, '/api/auth/token', '', authorization))
    expect(await json(await get(server, '/api/auth/profile', String(renewed['token'])))).toMatchObject({
      user: { email: someone.email },
    })
    const logout = await post(server, '/api/auth/logout', '', authorization)
    expect(logout.headers.get('set-cookie')).toContain('Max-Age=0')
    await expectProblem(await get(server, '/api/auth/profile', someone.token), 401, 'UNAUTHENTICATED')
  })
})

describe('users and messages', () => {
  it('REST-8 every route but the open ones needs an identity', async () => {
    const paths = [
      '/api/users',
      '/api/users/online',
      `/api/users/${newId()}`,
      '/api/messages/conversations',
      `/api/messages/${newId()}`,
      '/api/search?q=x',
      '/api/auth/profile',
    ]
    for (const path of paths) await expectProblem(await get(server, path), 401, 'UNAUTHENTICATED')
    for (const path of ['/api/messages', '/api/admin/announce']) {
      expect([400, 401]).toContain((await post(server, path, {})).status)
    }
  })

  it('REST-9 a user is shown with id twice, never with an address; unknown ids and non-ids are 404', async () => {
    const { user } = (await json(await get(server, `/api/users/${peer.user.id}`, me.token))) as {
      user: object
    }
    expect(Object.keys(user)).toEqual(['id', '_id', 'username', 'avatar', 'isOnline', 'lastSeen'])
    for (const id of [newId(), 'x', '%00', '..%2f..', '__proto__']) {
      expect([400, 404]).toContain((await get(server, `/api/users/${id}`, me.token)).status)
    }
  })

  it('REST-10 sending answers 201, the repeat of a clientMessageId 200 with the same message', async () => {
    const body = {
      receiverId: peer.user.id,
      content: ' hello ',
      clientMessageId: 'c1',
      senderId: peer.user.id,
      seq: 99,
      createdAt: 0,
    }
    const first = await post(server, '/api/messages', body, bearer())
    const again = await post(server, '/api/messages', body, bearer())
    expect([first.status, again.status]).toEqual([201, 200])
    const message = (await json(first))['message'] as Record<string, unknown>
    expect(message).toMatchObject({
      senderId: me.user.id,
      receiverId: peer.user.id,
      content: 'hello',
      messageType: 'text',
      status: 'sent',
      clientMessageId: 'c1',
    })
    expect(message['messageId']).toBe(message['id'])
    expect((await json(again))['message']).toEqual(message)
  })

  it('REST-11 faults of the core have their status; limits say when to come back', async () => {
    const self = await post(server, '/api/messages', { receiverId: me.user.id, content: 'x' }, bearer())
    await expectProblem(self, 400, 'SELF_MESSAGE')
    const sends = await Promise.all(
      Array.from({ length: 30 }, () =>
        post(server, '/api/messages', { receiverId: peer.user.id, content: 'x' }, bearer()),
      ),
    )
    const refused = sends.find(({ status }) => status === 429)
    expect(refused?.headers.get('retry-after')).toBe('1')
  })

  it('REST-12 lists page by an opaque cursor; a foreign or made-up cursor and a limit out of 1 to 100 are 400', async () => {
    const page = await json(await get(server, `/api/messages/${peer.user.id}?limit=1`, me.token))
    const cursor = String(page['nextCursor'])
    const next = await json(
      await get(server, `/api/messages/${peer.user.id}?limit=1&cursor=${cursor}`, me.token),
    )
    expect(next['messages']).not.toEqual(page['messages'])
    const searched = await json(await get(server, '/api/search?q=x', me.token))
    const madeUp = Buffer.from('["messages",-1]').toString('base64url')
    const cursors = [
      'garbage',
      '',
      String(searched['nextCursor']),
      madeUp,
      Buffer.from('["messages","1"]').toString('base64url'),
    ]
    for (const bad of cursors) {
      await expectProblem(
        await get(server, `/api/messages/${peer.user.id}?cursor=${bad}`, me.token),
        400,
        'INVALID',
      )
    }
    const foreign = await get(server, `/api/users?cursor=${String(searched['nextCursor'])}`, me.token)
    await expectProblem(foreign, 400, 'INVALID')
    for (const limit of ['-1', '1000000000', '0', '101', '1e1', 'NaN', '1.5', '']) {
      await expectProblem(await get(server, `/api/users?limit=${limit}`, me.token), 400, 'INVALID')
    }
  })

  it('REST-13 marking as read answers markedCount', async () => {
    const response = await fetch(`${server.url}/api/messages/${peer.user.id}/read`, {
      method: 'PUT',
      headers: bearer(),
    })
    expect(await json(response)).toMatchObject({ markedCount: 3 })
  })

  it('REST-14 only an admin announces', async () => {
    await expectProblem(
      await post(server, '/api/admin/announce', { message: 'hi' }, bearer()),
      403,
      'FORBIDDEN',
    )
    const root = await server.accounts.createUser({
      username: 'boss',
      password: 'boss password',
      admin: true,
    })
    const token = await server.accounts.issueToken(root.id)
    expect(
      (await post(server, '/api/admin/announce', { message: 'hi' }, { authorization: `Bearer ${token}` }))
        .status,
    ).toBe(200)
    expect(server.core.announced).toEqual(['hi'])
  })
})

describe('bodies', () => {
  const send = (body: string | Buffer, type = 'application/json') =>
    fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { ...bearer(), 'content-type': type },
      body: new Uint8Array(Buffer.from(body)),
    })

  it('REST-15 anything but JSON is 415, more than 64 KiB 413', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/jsonx',
    ]) {
      await expectProblem(await send('{}', type), 415, 'UNSUPPORTED_MEDIA_TYPE')
    }
    await expectProblem(await send(JSON.stringify({ content: 'x'.repeat(66_000) })), 413, 'TOO_LARGE')
    await expectProblem(
      await post(server, '/api/auth/sign-in/email', { email: 'x'.repeat(66_000) }),
      413,
      'TOO_LARGE',
    )
  })

  it('REST-16 broken, deep, non-UTF-8, NUL and lone-surrogate JSON is 400', async () => {
    const nested = `${'['.repeat(40)}${']'.repeat(40)}`
    const bad = [
      '{',
      'null',
      '[]',
      '"x"',
      `{"content":${nested}}`,
      '{"content":"a\\u0000"}',
      '{"content":"\\ud800"}',
      Buffer.from([0x22, 0xff, 0x22]),
    ]
    for (const body of bad) await expectProblem(await send(body), 400, 'INVALID')
    await send('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('operations', () => {
  it('REST-17 health always, ready degraded without the bus and 503 without the store', async () => {
    expect(await json(await get(server, '/api/ready'))).toEqual({ status: 'ok' })
    server.core.busIsUp = false
    expect(await json(await get(server, '/api/ready'))).toEqual({ status: 'degraded', away: ['bus'] })
    server.core.storeIsUp = false
    await expectProblem(await get(server, '/api/ready'), 503, 'UNAVAILABLE')
    expect(await json(await get(server, '/api/health'))).toEqual({ status: 'ok' })
    Object.assign(server.core, { busIsUp: true, storeIsUp: true })
  })

  it('REST-18 metrics for loopback without forwarding headers, or for the bearer METRICS_TOKEN', async () => {
    expect(await (await get(server, '/metrics')).text()).toContain('parley_online_users 0')
    const forwarded = (extra: Record<string, string>) =>
      fetch(`${server.url}/metrics`, { headers: { 'x-forwarded-for': '127.0.0.1', ...extra } })
    await expectProblem(await forwarded({}), 401, 'UNAUTHENTICATED')
    await expectProblem(await forwarded({ authorization: 'Bearer wrong' }), 401, 'UNAUTHENTICATED')
    expect((await forwarded({ authorization: 'Bearer metrics-token-of-the-tests' })).status).toBe(200)
  })

  it('REST-19 the routes describe themselves in OpenAPI 3.1, and a page that loads nothing from elsewhere', async () => {
    const document = await json(await get(server, '/api/openapi.json'))
    expect(document['openapi']).toBe('3.1.0')
    const paths = Object.keys(document['paths'] as object)
    for (const path of ['/api/auth/register', '/api/messages/{userId}', '/api/users/online', '/api/ready'])
      expect(paths).toContain(path)
    const page = await (await get(server, '/api/docs')).text()
    expect(page).toContain('/api/auth/register')
    expect(page).not.toMatch(/<script|https?:/)
    expect(await json(await get(server, '/api/asyncapi.json'))).toMatchObject({ asyncapi: '3.0.0' })
  })

  it('REST-20 answers over 1 KiB are compressed', async () => {
    expect((await get(server, '/api/openapi.json')).headers.get('content-encoding')).toMatch(/br|gzip/)
    expect((await get(server, '/api/health')).headers.get('content-encoding')).toBeNull()
  })

  it('REST-21 unknown paths are 404 problems', async () => {
    await expectProblem(await get(server, '/api/nothing'), 404, 'NOT_FOUND')
    await expectProblem(await get(server, '/nothing'), 404, 'NOT_FOUND')
  })
})
