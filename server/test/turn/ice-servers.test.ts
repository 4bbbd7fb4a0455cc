import { FakeClock } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, describeSettings, readConfig } from '../../config.ts'
import { IceServers } from '../../ice/ice-servers.ts'
import { createTurnCredentials } from '../../ice/turn-credentials.ts'
import { startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'

const SECRET = 'a-secret-that-a-turn-server-shares'
const STUN = 'stun:turn.example.org:3478'
const TURN = ['turn:turn.example.org:3478?transport=udp', 'turns:[2a00::1]:5349']
const TTL = 3_600_000

interface Answer {
  readonly iceServers: readonly { urls: readonly string[]; username?: string; credential?: string }[]
  readonly ttl?: number
}

const ask = (server: TestServer, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}/api/ice-servers`, { headers })
const answerTo = async (server: TestServer, headers: Record<string, string> = {}): Promise<Answer> =>
  (await (await ask(server, headers)).json()) as Answer
const turnOf = ({ iceServers }: Answer) => {
  const { username = '', credential = '' } = iceServers.find((entry) => entry.username !== undefined) ?? {}
  const [seconds = '', holder = ''] = username.split(':')
  return { username, credential, expiresAt: Number(seconds) * 1_000, holder }
}
const bearer = ({ token }: Pick<TestUser, 'token'>) => ({ authorization: `Bearer ${token}` })

describe('the servers for calls', () => {
  let server: TestServer
  let ann: TestUser

  beforeAll(async () => {
    server = await startTestServer({
      STUN_URLS: STUN,
      TURN_URL: TURN.join(', '),
      TURN_SECRET: SECRET,
      TURN_TTL: String(TTL),
      TRUST_PROXY: '127.0.0.1',
      LIMIT_REST: '25',
    })
    ann = await server.register('ann')
  })
  afterAll(() => server.stop())

  it('ICE-1 are those of the settings, told to people without an account too, and kept by no cache', async () => {
    for (const headers of [{}, bearer(ann), { cookie: ann.cookie }]) {
      const response = await ask(server, headers)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(await response.json()).toEqual({
        iceServers: [
          { urls: [STUN] },
          { urls: TURN, username: expect.any(String), credential: expect.any(String) },
        ],
        ttl: TTL,
      })
    }
  })

  it('ICE-1 are none without settings: nobody is asked whom the operator did not name', async () => {
    const bare = await startTestServer()
    try {
      expect(await answerTo(bare)).toEqual({ iceServers: [] })
      expect(await answerTo(bare, bearer(await bare.register('bob')))).toEqual({ iceServers: [] })
    } finally {
      await bare.stop()
    }
  })

  it('ICE-2 the credentials are an account’s own, and end after TURN_TTL', async () => {
    const before = Date.now()
    const { username, credential, expiresAt, holder } = turnOf(await answerTo(server, bearer(ann)))
    expect(holder).toBe(ann.id)
    expect(expiresAt).toBeGreaterThanOrEqual(before + TTL)
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + TTL + 1_000)
    expect({ username, credential }).toEqual(createTurnCredentials(SECRET, ann.id, expiresAt))
    expect(turnOf(await answerTo(server, { cookie: ann.cookie })).holder).toBe(ann.id)
  })

  it('ICE-2 a guest has those of a guest, a bad bearer none, and a session that ended counts as no session', async () => {
    const { body } = await server.call(null, 'POST', '/api/auth/guest', { username: 'visitor' })
    const guest = turnOf(await answerTo(server, bearer({ token: String(body['token']) })))
    expect(guest.holder).toBe((body['user'] as { id: string }).id)
    const refused = await ask(server, bearer({ token: `${ann.token}x` }))
    expect([refused.status, refused.headers.get('cache-control')]).toEqual([401, 'no-store'])
    expect(await refused.text()).not.toMatch(/credential|urls/)
    const carl = await server.register('carl')
    expect(turnOf(await answerTo(server, { cookie: carl.cookie })).holder).toBe(carl.id)
    expect((await server.call(carl, 'POST', '/api/auth/logout')).status).toBe(200)
    expect(turnOf(await answerTo(server, { cookie: carl.cookie })).holder).toMatch(/^anonymous-/)
    expect((await ask(server, bearer(carl))).status).toBe(401)
  })

  it('ICE-3 people without an account hold credentials by address, which nobody can read from them', async () => {
    const from = async (address: string) => turnOf(await answerTo(server, { 'x-forwarded-for': address }))
    const [one, again, other] = [
      await from('198.51.100.1'),
      await from('198.51.100.1'),
      await from('198.51.100.2'),
    ]
    expect(one.holder).toMatch(/^anonymous-[0-9a-f]{16}$/)
    expect(again.holder).toBe(one.holder)
    expect(other.holder).not.toBe(one.holder)
    expect(one.credential).toBe(createTurnCredentials(SECRET, one.holder, one.expiresAt).credential)
    const household = [await from('2a00:1:2:3::1'), await from('2a00:1:2:3:ffff::9')]
    expect(household[0]!.holder).toBe(household[1]!.holder)
    const elsewhere = new IceServers(
      { stunUrls: [], turn: { urls: TURN, secret: `${SECRET}2`, ttl: TTL } },
      new FakeClock(),
    )
    expect(turnOf(elsewhere.forAddress('198.51.100.1')).holder).not.toBe(one.holder)
  })

  it('ICE-3 asking counts in LIMIT_REST, per address for people without an account', async () => {
    const from = (address: string) => ask(server, { 'x-forwarded-for': address })
    const statuses: number[] = []
    for (let count = 0; count < 27; count += 1) statuses.push((await from('198.51.100.9')).status)
    expect(statuses).toEqual([...Array<number>(25).fill(200), 429, 429])
    expect((await from('198.51.100.10')).status).toBe(200)
  })
})

describe('TURN credentials', () => {
  it('ICE-2 are the HMAC-SHA1 of name and expiry, up to one second late, never early', () => {
    // printf 1700000000:ann | openssl dgst -sha1 -binary -hmac a-secret-that-a-turn-server-shares | base64
    expect(createTurnCredentials(SECRET, 'ann', 1_700_000_000_000)).toEqual({
      username: '1700000000:ann',
      credential: 'xGYf6AL0T+84INPqAaZpYd4deEU=',
    })
    expect(createTurnCredentials(SECRET, 'ann', 1_700_000_000_001).username).toBe('1700000001:ann')
  })
})

describe('the settings of calls', () => {
  it.each([
    ['STUN_URLS', 'turn.example.org'],
    ['STUN_URLS', 'stun:'],
    ['STUN_URLS', 'stun://turn.example.org'],
    ['STUN_URLS', 'stun:turn.example.org:0'],
    ['STUN_URLS', 'stun:turn.example.org:65536'],
    ['STUN_URLS', 'stun:turn.example.org?transport=udp'],
    ['STUN_URLS', 'stun:[::1::2]'],
    ['STUN_URLS', 'turn:turn.example.org'],
    ['STUN_URLS', Array<string>(9).fill('stun:a').join(',')],
    ['TURN_URL', 'stun:turn.example.org'],
    ['TURN_URL', 'turn:turn.example.org?transport=sctp'],
    ['TURN_URL', 'turn:user:pass@turn.example.org'],
    ['TURN_SECRET', 'hush'],
    ['TURN_TTL', '59999'],
    ['TURN_TTL', '1h'],
  ])('ICE-4 %s=%s stops the start with one line that names it', (name, value) => {
    const others = { TURN_URL: 'turn:a', TURN_SECRET: SECRET }
    const attempt = () => readConfig({ ...others, [name]: value })
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(new RegExp(`^${name} must be (?!.*hush)`))
    expect(() => readConfig(others)).not.toThrow()
  })

  it('ICE-4 TURN_URL and TURN_SECRET go together', () => {
    expect(() => readConfig({ TURN_URL: 'turn:a' })).toThrow(/^TURN_SECRET must be set too/)
    expect(() => readConfig({ TURN_SECRET: SECRET })).toThrow(/^TURN_URL must be set too/)
  })

  it('ICE-4 addresses of every kind are taken, and the secret is never shown', () => {
    const env = {
      STUN_URLS: ' stun:a.example , stuns:192.0.2.1:5349,stun:[2a00::1]:3478,',
      TURN_URL: 'turn:a.example,turns:a.example:443?transport=tcp',
      TURN_SECRET: SECRET,
    }
    expect(readConfig(env).ice).toEqual({
      stunUrls: ['stun:a.example', 'stuns:192.0.2.1:5349', 'stun:[2a00::1]:3478'],
      turn: {
        urls: ['turn:a.example', 'turns:a.example:443?transport=tcp'],
        secret: SECRET,
        ttl: 43_200_000,
      },
    })
    expect(readConfig({}).ice).toEqual({ stunUrls: [], turn: null })
    expect(JSON.stringify(describeSettings(env))).not.toContain(SECRET)
  })
})
