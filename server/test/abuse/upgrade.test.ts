import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RawTcp, upgradeRequest } from '../harness/raw-tcp.ts'
import type { TestUser } from '../harness/test-server.ts'
import { openScene, pathOf, type Scene } from './scene.ts'

/** Black box: requests for an upgrade that nobody honest makes. */

const SECRET = 'a secret of more than thirty-two characters'
const ALLOWED = 'https://chat.example'

let scene: Scene
let user: TestUser

beforeAll(async () => {
  scene = await openScene({ JWT_SECRET: SECRET, ALLOWED_ORIGINS: ALLOWED })
  user = await scene.newUser()
})
afterEach(() => scene.expectUnharmed())
afterAll(() => scene.stop())

const statusOf = async (path: string, headers: readonly string[] = []): Promise<number> => {
  const peer = await RawTcp.connect(scene.server.url)
  peer.write(upgradeRequest(path, headers))
  const status = await peer.status()
  peer.destroy()
  return Number(status.split(' ')[1])
}

const closeCodeOf = async (path: string): Promise<number | null> => {
  const peer = await RawTcp.webSocket(scene.server.url, path)
  const code = await peer.closeCode()
  peer.destroy()
  return code
}

const isGreeted = async (path: string): Promise<boolean> => {
  const peer = await RawTcp.webSocket(scene.server.url, path)
  await peer.json(({ type }) => type === 'connection_established' || type === 'welcome')
  peer.destroy()
  return true
}

describe('the request', () => {
  it('ABUSE-8 headers of 20 KB, and 3,000 of them, are refused with 431', async () => {
    const path = pathOf('chat', user.token)
    expect(await statusOf(path, [`X-Long: ${'x'.repeat(20_000)}`])).toBe(431)
    expect(await statusOf(path, [`Cookie: ${'a=b; '.repeat(4_000)}`])).toBe(431)
    expect(
      await statusOf(
        path,
        Array.from({ length: 3_000 }, (_, index) => `X-${index}: x`),
      ),
    ).toBe(431)
    expect(await statusOf(`/ws?token=${'x'.repeat(20_000)}`)).toBe(431)
  })

  it('ABUSE-8 an unknown path is answered with 404, one that is no path with 400; none hangs', async () => {
    const query = `?token=${user.token}`
    for (const path of ['/ws/', '/WS', '//ws', '/ws/../ws', '/ws/hub/', '/w%73', '/nothing', '/__proto__']) {
      expect([path, await statusOf(path + query)]).toEqual([path, 404])
    }
    for (const path of ['/ws%00', '/%00', '/ws%zz', '/%ff', '*', 'http://127.0.0.1/ws']) {
      expect([path, await statusOf(path + query)]).toEqual([path, 400])
    }
  })

  it('ABUSE-8 what is half a handshake, or none, is refused', async () => {
    const path = pathOf('chat', user.token)
    const request = upgradeRequest(path)
    const broken = [
      request.replace('Version: 13', 'Version: 7'),
      request.replace(/Sec-WebSocket-Key: .*\r\n/, ''),
      request.replace(/Sec-WebSocket-Key: .*\r\n/, 'Sec-WebSocket-Key: short\r\n'),
      request.replace('Upgrade: websocket', 'Upgrade: h2c'),
      request.replace('GET', 'POST'),
      request.replace('HTTP/1.1', 'HTTP/9.9'),
      `\u0000\u0001\u0002${request}`,
    ]
    for (const bytes of broken) {
      const peer = await RawTcp.connect(scene.server.url)
      peer.write(bytes)
      const status = await peer.status()
      expect([bytes.slice(0, 20), status]).toEqual([
        bytes.slice(0, 20),
        expect.stringMatching(/^HTTP\/1\.1 4/),
      ])
      peer.destroy()
    }
  })

  it('ABUSE-9 chat: `token[]` is no token, and of several the first counts', async () => {
    expect(await closeCodeOf(`/ws?token[]=${user.token}`)).toBe(4001)
    expect(await closeCodeOf(`/ws?token%5B%5D=${user.token}`)).toBe(4001)
    expect(await closeCodeOf(`/ws?token[a]=${user.token}&Token=${user.token}`)).toBe(4001)
    expect(await closeCodeOf('/ws?token=')).toBe(4001)
    expect(await closeCodeOf(`/ws?token=bad&token=${user.token}`)).toBe(4002)
    expect(await isGreeted(`/ws?token=${user.token}&token=bad`)).toBe(true)
    expect(await closeCodeOf(`/ws?token=%00${user.token}`)).toBe(4002)
    expect(await closeCodeOf(`/ws?token=${user.token}%00`)).toBe(4002)
    expect(await closeCodeOf('/ws?token=%')).toBe(4002)
  })

  it('ABUSE-9 hub: the same are refused with 401', async () => {
    const { token } = user
    for (const query of [`token[]=${token}`, 'token=', `token=bad&token=${token}`, `token=${token}%00`, '']) {
      expect([query, await statusOf(`/ws/hub?${query}`)]).toEqual([query, 401])
    }
    expect(await statusOf(`/ws/hub?token=${token}&token=bad`)).toBe(101)
  })
})

describe('the Origin', () => {
  const paths = () => [pathOf('chat', user.token), pathOf('hub', user.token)]

  it('ABUSE-10 a foreign, null, look-alike or double Origin is refused with 403 on every path', async () => {
    const bad = [
      ...['https://evil.example', 'null', '', 'file://', 'chrome-extension://abcdef'],
      ...['https://chat.example.evil.org', 'https://evilchat.example', 'https://sub.chat.example'],
      ...['http://chat.example', 'https://chat.example:444', 'https://chat.example@evil.org'],
      ...['https://chat.example, https://evil.example', 'https://chat.example https://evil.example'],
      ...['http://127.0.0.1:9', 'http://127.0.0.1.evil.example', 'https://сhat.example'],
    ]
    for (const path of paths()) {
      for (const origin of bad) {
        expect([origin, await statusOf(path, [`Origin: ${origin}`])]).toEqual([origin, 403])
      }
      expect(await statusOf(path, [`Origin: ${ALLOWED}`, 'Origin: https://evil.example'])).toBe(403)
      expect(await statusOf(path, ['Origin: https://evil.example', `Origin: ${ALLOWED}`])).toBe(403)
    }
  })

  it('ABUSE-10 the allowed one, the own host and no Origin at all pass', async () => {
    for (const path of paths()) {
      expect(await statusOf(path, [`Origin: ${ALLOWED}`])).toBe(101)
      expect(await statusOf(path, ['Origin: http://127.0.0.1'])).toBe(101)
      expect(await statusOf(path)).toBe(101)
    }
  })
})

describe('the token', () => {
  const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1_000)

  const make = (
    claims: object,
    { header = { alg: 'HS256', typ: 'JWT' }, hash = 'sha256', secret = SECRET }: Partial<Signing> = {},
  ): string => {
    const signed = `${base64(header)}.${base64(claims)}`
    return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
  }
  interface Signing {
    readonly header: object
    readonly hash: string
    readonly secret: string
  }

  it('ABUSE-11 one made with the secret passes, so that the refusals below say something', async () => {
    const claims = { userId: user.id, exp: now + 60 }
    expect(await isGreeted(pathOf('chat', make(claims)))).toBe(true)
    expect(await isGreeted(pathOf('hub', make(claims)))).toBe(true)
  })

  it('ABUSE-11 alg none, another alg, an unknown kid, a foreign secret, an expired or garbled token: 4002', async () => {
    const claims = { userId: user.id, exp: now + 60 }
    const [head, body, signature] = make(claims).split('.') as [string, string, string]
    const secret = 'another secret, also of more than 32 characters'
    const bad: readonly [name: string, token: string][] = [
      ['none', `${base64({ alg: 'none', typ: 'JWT' })}.${body}.`],
      ['None', `${base64({ alg: 'None' })}.${body}.`],
      ['none, signed', make(claims, { header: { alg: 'none' } })],
      ['HS512', make(claims, { header: { alg: 'HS512' }, hash: 'sha512' })],
      ['HS384', make(claims, { header: { alg: 'HS384' }, hash: 'sha384' })],
      ['RS256', make(claims, { header: { alg: 'RS256' } })],
      ['no alg', make(claims, { header: { typ: 'JWT' } })],
      ['a kid that names a file', make(claims, { header: { alg: 'HS256', kid: '/dev/null' }, secret: '' })],
      ['an unknown kid', make(claims, { header: { alg: 'HS256', kid: 'other' }, secret })],
      ['jku', make(claims, { header: { alg: 'HS256', jku: 'http://127.0.0.1:1/keys' }, secret })],
      ['an unknown critical header', make(claims, { header: { alg: 'HS256', crit: ['x'], x: 1 } })],
      ['a foreign secret', make(claims, { secret })],
      ['an empty secret', make(claims, { secret: '' })],
      ['expired', make({ userId: user.id, exp: now - 60 })],
      ['not yet valid', make({ userId: user.id, exp: now + 60, nbf: now + 30 })],
      ['an expiry that is no number', make({ userId: user.id, exp: 'never' })],
      ['no user', make({ exp: now + 60 })],
      ['a user that is no text', make({ userId: { $ne: null }, exp: now + 60 })],
      ['a session of nobody', make({ userId: user.id, sid: 'nothing', exp: now + 60 })],
      ['another body', `${head}.${base64({ userId: 'x', exp: now + 60 })}.${signature}`],
      ['no signature', `${head}.${body}.`],
      ['two parts', `${head}.${body}`],
      ['four parts', `${make(claims)}.x`],
      ['garbage', 'garbage'],
      ['dots', '...'],
    ]
    for (const [name, token] of bad) {
      expect([name, await closeCodeOf(pathOf('chat', token))]).toEqual([name, 4002])
      expect([name, await statusOf(pathOf('hub', token))]).toEqual([name, 401])
    }
  })

  it('ABUSE-11 a good token of nobody, and one of `__proto__`, is 4003', async () => {
    for (const userId of [
      '01890000-0000-7000-8000-000000000000',
      '__proto__',
      'constructor',
      "' or 1=1 --",
    ]) {
      expect([userId, await closeCodeOf(pathOf('chat', make({ userId, exp: now + 60 })))]).toEqual([
        userId,
        4003,
      ])
      expect(await statusOf(pathOf('hub', make({ userId, exp: now + 60 })))).toBe(401)
    }
  })
})
