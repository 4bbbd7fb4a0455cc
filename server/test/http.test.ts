import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClientAddresses } from '../client-address.ts'
import { createOriginPolicy } from '../origin-policy.ts'
import { get, post, type RestServer, register, startRest } from './harness/rest-server.ts'

let server: RestServer
beforeAll(async () => {
  server = await startRest({ settings: { allowedOrigins: ['https://app.example'] } })
  server.http.upgrades.set('/ws', (_request, socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
  )
  server.http.before.push({
    prefix: '/socket.io',
    handler: (request, response) => {
      request.resume()
      response.writeHead(200).end('engine')
    },
  })
})
afterAll(() => server.close())

/** Writes bytes, answers everything that came back. */
const raw = (text: string, to = server): Promise<string> =>
  new Promise((resolve) => {
    let answer = ''
    const socket = connect(to.port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', () => resolve(answer))
  })
const upgrade = (path: string, headers: readonly string[] = [], to = server) =>
  raw(
    [
      `GET ${path} HTTP/1.1`,
      'Host: parley.test',
      'Connection: Upgrade',
      'Upgrade: websocket',
      ...headers,
      '',
      '',
    ].join('\r\n'),
    to,
  )

describe('upgrades', () => {
  it('HTTP-1 a known path reaches its handler, an unknown one is 404, a malformed one 400', async () => {
    expect(await upgrade('/ws?token=x')).toMatch(/^HTTP\/1.1 101/)
    expect(await upgrade('/nope')).toMatch(/^HTTP\/1.1 404[\s\S]*application\/problem\+json/)
    expect(await upgrade('/ws/')).toMatch(/^HTTP\/1.1 404/)
    for (const path of ['/%', '/ws%00', 'ws', '*', 'http://parley.test/ws'])
      expect(await upgrade(path), path).toMatch(/^HTTP\/1.1 400/)
  })

  it('HTTP-2 a foreign, null, look-alike or double Origin is 403 at the upgrade, on every path', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'https://app.example.evil.com',
      'https://app.example@evil.com',
      'http://app.example',
      'https://app.example, https://app.example',
      'file://',
      '',
    ]) {
      expect(await upgrade('/ws', [`Origin: ${origin}`]), origin).toMatch(
        /^HTTP\/1.1 403[\s\S]*ORIGIN_NOT_ALLOWED/,
      )
    }
    expect(await upgrade('/ws', ['Origin: https://app.example', 'Origin: https://app.example'])).toMatch(
      /^HTTP\/1.1 403/,
    )
    expect(await upgrade('/ws', ['Origin: https://app.example'])).toMatch(/^HTTP\/1.1 101/)
    expect(await upgrade('/ws', ['Origin: https://parley.test'])).toMatch(/^HTTP\/1.1 101/)
  })

  it('HTTP-3 only upgrades without a valid identity count for LIMIT_CONNECT; above it 429 with Retry-After', async () => {
    const own = await startRest({ limits: { connect: { points: 3, windowMs: 60_000 } } })
    own.http.upgrades.set('/ws', (request, socket) => {
      if (request.url?.includes('bad') === true) own.http.reportAnonymousUpgrade(request)
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    })
    for (let count = 0; count < 5; count += 1)
      expect(await upgrade('/ws?good', [], own)).toMatch(/^HTTP\/1.1 101/)
    for (let count = 0; count < 3; count += 1)
      expect(await upgrade('/ws?bad', [], own)).toMatch(/^HTTP\/1.1 101/)
    expect(await upgrade('/ws?good', [], own)).toMatch(/^HTTP\/1.1 429[\s\S]*Retry-After: \d+/)
    expect(await upgrade('/ws?good', ['X-Forwarded-For: 8.8.8.8'], own)).toMatch(/^HTTP\/1.1 429/)
    await own.close()
  })
})

describe('requests', () => {
  it("HTTP-4 our six paths are ours, the others under /api/auth/ Better Auth's, a handler of `before` comes ahead", async () => {
    expect((await post(server, '/api/auth/login', {})).headers.get('content-type')).toContain('problem+json')
    expect(await (await get(server, '/api/auth/ok')).json()).toEqual({ ok: true })
    expect(await (await get(server, '/socket.io/?EIO=4')).text()).toBe('engine')
    expect((await get(server, '/socket.iox')).status).toBe(404)
  })

  it('HTTP-5 every answer has the security headers, whoever gives it', async () => {
    for (const path of ['/api/health', '/api/auth/ok', '/socket.io/', '/nothing', '/%00']) {
      const { headers } = await get(server, path)
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('x-frame-options'), path).toBe('DENY')
      expect(headers.get('content-security-policy'), path).toContain("default-src 'self'")
    }
  })

  it('HTTP-6 CORS with credentials for allowed origins only, preflights included', async () => {
    for (const path of ['/api/users', '/api/auth/get-session', '/socket.io/']) {
      const preflight = (origin: string) =>
        fetch(`${server.url}${path}`, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST' },
        })
      const good = await preflight('https://app.example')
      expect(good.headers.get('access-control-allow-origin')).toBe('https://app.example')
      expect(good.headers.get('access-control-allow-credentials')).toBe('true')
      expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  it('HTTP-7 a write with a cookie from a foreign page is 403, on our routes and on those of Better Auth', async () => {
    const { cookie, token } = await register(server)
    for (const path of ['/api/auth/logout', '/api/auth/sign-out', '/api/messages']) {
      for (const headers of [
        { cookie, origin: 'https://evil.example' },
        { cookie, origin: 'null' },
        { cookie, 'sec-fetch-site': 'cross-site' },
      ]) {
        const response = await post(server, path, {}, headers as never)
        expect(response.status, path).toBe(403)
      }
      const both = { cookie, origin: 'https://evil.example', authorization: `Bearer ${token}` }
      expect((await post(server, path, {}, both)).status).toBe(403)
    }
    const bearer = { origin: 'https://evil.example', authorization: `Bearer ${token}` }
    expect((await post(server, '/api/auth/token', '', bearer)).status).toBe(200)
    expect(
      (await post(server, '/api/auth/token', '', { cookie, origin: 'https://app.example' })).status,
    ).toBe(200)
  })

  it('HTTP-8 more than LIMIT_REST is 429, per user or per address, whoever would answer; health is spared', async () => {
    const own = await startRest({ limits: { rest: { points: 5, windowMs: 60_000 } } })
    const { token } = await register(own)
    const statuses: number[] = []
    for (let count = 0; count < 6; count += 1) statuses.push((await get(own, '/api/auth/get-session')).status)
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429])
    const forged = await fetch(`${own.url}/api/users`, { headers: { 'x-forwarded-for': '8.8.8.8' } })
    expect([forged.status, Number(forged.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect((await get(own, '/api/health')).status).toBe(200)
    expect((await get(own, '/api/users', token)).status).toBe(200)
    await own.close()
  })

  it('HTTP-9 headers over 8 KiB are 431, a malformed address 400, odd queries harmless', async () => {
    expect(await raw(`GET /api/health HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431/,
    )
    expect(await raw('GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
    expect(await raw('GET /%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
    expect((await get(server, '/api/users?token[]=x&limit=1&limit=2&__proto__=1')).status).toBe(401)
  })

  it('HTTP-10 close ends with idle keep-alive connections open, and twice is once', async () => {
    const own = await startRest()
    await get(own, '/api/health')
    const socket = connect(own.port, '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    const start = performance.now()
    await own.close()
    await own.close()
    expect(performance.now() - start).toBeLessThan(3_000)
    socket.destroy()
  })
})

describe('origins and addresses', () => {
  it('HTTP-11 while ALLOWED_ORIGINS is unset and HOST is loopback, loopback origins pass, and no others', () => {
    const open = createOriginPolicy({ allowedOrigins: null, host: '127.0.0.1' })
    for (const origin of [
      'http://localhost:5173',
      'http://127.0.0.1:8080',
      'http://[::1]:3',
      'https://localhost',
    ]) {
      expect(open.allows(origin, '127.0.0.1:3000'), origin).toBe(true)
      expect(
        createOriginPolicy({ allowedOrigins: null, host: '0.0.0.0' }).allows(origin, 'parley.test'),
      ).toBe(false)
      expect(
        createOriginPolicy({ allowedOrigins: [], host: '127.0.0.1' }).allows(origin, 'parley.test'),
      ).toBe(false)
    }
    for (const origin of [
      'http://localhost.evil.com',
      'http://127.0.0.1.evil.com',
      'http://evil.com#localhost',
      'http://localhost@evil.com',
    ]) {
      expect(open.allows(origin, '127.0.0.1:3000'), origin).toBe(false)
    }
  })

  it('HTTP-12 X-Forwarded-For counts only from TRUST_PROXY, and only its last hop that is not trusted', () => {
    const addresses = createClientAddresses(['10.0.0.0/8', '::1'])
    const of = (peer: string, forwarded?: string) =>
      addresses.of({
        socket: { remoteAddress: peer },
        headers: { 'x-forwarded-for': forwarded },
      } as unknown as IncomingMessage)
    expect(of('1.2.3.4', '8.8.8.8')).toBe('1.2.3.4')
    expect(of('10.0.0.1', '8.8.8.8')).toBe('8.8.8.8')
    expect(of('::ffff:10.0.0.1', '6.6.6.6, 8.8.8.8, 10.0.0.9')).toBe('8.8.8.8')
    expect(of('10.0.0.1', 'garbage')).toBe('10.0.0.1')
    expect(of('10.0.0.1')).toBe('10.0.0.1')
    const subject = (peer: string) =>
      addresses.subjectOf({ socket: { remoteAddress: peer }, headers: {} } as unknown as IncomingMessage)
    expect(subject('2001:db8:1:2:aaaa::1')).toBe(subject('2001:db8:1:2:bbbb::2'))
    expect(subject('2001:db8:1:3::1')).not.toBe(subject('2001:db8:1:2::1'))
  })

  it('HTTP-13 behind https cookies are Secure, on our routes and on those of Better Auth', async () => {
    const own = await startRest({ settings: { trustProxy: ['127.0.0.1'] } })
    const someone = await register(own)
    for (const path of ['/api/auth/login', '/api/auth/sign-in/email']) {
      const body = { email: someone.email, password: someone.password }
      const https = await post(own, path, body, { 'x-forwarded-proto': 'https' })
      expect(https.headers.get('set-cookie'), path).toMatch(/; Secure/)
      expect((await post(own, path, body)).headers.get('set-cookie')).not.toMatch(/; Secure/)
    }
    await own.close()
  })
})
