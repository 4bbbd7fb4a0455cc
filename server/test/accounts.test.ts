import { createHmac } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweepGuests } from '../accounts/guest-sweep.ts'
import { get, JWT_SECRET, post, type RestServer, register, startRest } from './harness/rest-server.ts'

let server: RestServer
beforeAll(async () => {
  server = await startRest()
})
afterAll(() => server.close())

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const forge = (header: object, claims: object, secret = JWT_SECRET, hash = 'sha256') => {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}
const HS256 = { alg: 'HS256', typ: 'JWT' }

describe('tokens', () => {
  it('ACC-1 makes HS256 tokens with userId, sub, username, sid, iat and exp in 7 days', async () => {
    const { token, user, username } = await register(server)
    const [header, claims] = token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    expect(header.alg).toBe('HS256')
    expect(claims).toMatchObject({ userId: user.id, sub: user.id, username })
    expect(claims.sid).toMatch(/^[0-9a-f-]{36}$/)
    expect(claims.exp - claims.iat).toBe(7 * 86_400)
  })

  it.each(['userId', 'sub', 'id', '_id'])(
    'ACC-2 accepts a signed token that names its user by %s',
    async (claim) => {
      const { user } = await register(server)
      const answer = await server.accounts.authenticator.byToken(forge(HS256, { [claim]: user.id }))
      expect(answer).toMatchObject({
        ok: true,
        identity: { userId: user.id, sessionId: null, expiresAt: null },
      })
    },
  )

  it('ACC-3 refuses alg none, another alg, another secret, garbage, an expired token and one without a user', async () => {
    const { user, token } = await register(server)
    const claims = { userId: user.id }
    const bad = [
      `${encode({ alg: 'none' })}.${encode(claims)}.`,
      forge({ alg: 'HS512' }, claims, JWT_SECRET, 'sha512'),
      forge(HS256, claims, `${JWT_SECRET}x`),
      forge(HS256, { ...claims, exp: 1 }),
      forge(HS256, { userId: 7 }),
      forge(HS256, { userId: '' }),
      `${token}x`,
      'garbage',
      '..',
      '\u0000',
    ]
    for (const candidate of bad) {
      expect(await server.accounts.authenticator.byToken(candidate), candidate).toEqual({
        ok: false,
        reason: 'invalid',
      })
    }
    expect(await server.accounts.authenticator.byToken(null)).toEqual({ ok: false, reason: 'missing' })
    const nobody = await server.accounts.authenticator.byToken(forge(HS256, { userId: 'nobody' }))
    expect(nobody).toEqual({ ok: false, reason: 'user-not-found' })
  })

  it('ACC-4 finds the same identity by cookie, by our bearer and by a signed session bearer, and no unsigned one', async () => {
    const { user, token, cookie } = await register(server)
    const { authenticator } = server.accounts
    const signed = decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1))
    for (const headers of [
      { cookie },
      { authorization: `Bearer ${token}` },
      { authorization: `Bearer ${signed}` },
    ]) {
      expect(await authenticator.byHeaders(headers)).toMatchObject({
        ok: true,
        identity: { userId: user.id },
      })
    }
    const unsigned = signed.split('.')[0]
    const sessionOf = async (bearer: string | undefined) =>
      (await get(server, '/api/auth/get-session', bearer)).json()
    expect(await sessionOf(unsigned)).toBeNull()
    for (const bearer of [signed, token])
      expect(await sessionOf(bearer)).toMatchObject({ user: { id: user.id } })
    expect(await authenticator.byHeaders({ authorization: `Bearer ${unsigned}` })).toMatchObject({
      reason: 'invalid',
    })
    expect(await authenticator.byHeaders({ cookie, authorization: 'Bearer bad' })).toMatchObject({
      reason: 'invalid',
    })
  })
})

describe('the end of sessions', () => {
  const sidOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid as string
  const expectEnded = async (token: string, reason = 'invalid') =>
    expect(await server.accounts.authenticator.byToken(token)).toEqual({ ok: false, reason })

  it('ACC-5 signing out ends the session at once, by our route and by that of Better Auth', async () => {
    const one = await register(server)
    const two = await register(server)
    expect(
      (await post(server, '/api/auth/logout', '', { authorization: `Bearer ${one.token}` })).status,
    ).toBe(200)
    const signOut = await post(server, '/api/auth/sign-out', {}, { cookie: two.cookie, origin: server.url })
    expect(signOut.status).toBe(200)
    for (const { token, user } of [one, two]) {
      await expectEnded(token)
      expect(server.ended).toContainEqual([user.id, sidOf(token)])
    }
  })

  it('ACC-5 a password change that revokes the others ends the other sessions', async () => {
    const one = await register(server)
    const other = await post(server, '/api/auth/login', { email: one.email, password: one.password })
    const { token } = (await other.json()) as { token: string }
    const body = { currentPassword: one.password, newPassword: 'battery staple', revokeOtherSessions: true }
    const changed = await post(server, '/api/auth/change-password', body, {
      cookie: one.cookie,
      origin: server.url,
    })
    expect(changed.status).toBe(200)
    await expectEnded(token)
    expect(server.ended).toContainEqual([one.user.id, sidOf(token)])
  })

  it('ACC-6 disabling, an admin ban and an admin removal end every session; the user is then not found', async () => {
    const [disabled, banned, removed] = [
      await register(server),
      await register(server),
      await register(server),
    ]
    const root = await server.accounts.createUser({
      username: 'root',
      password: 'root password',
      admin: true,
    })
    const admin = { authorization: `Bearer ${await server.accounts.issueToken(root.id)}` }
    await server.accounts.setDisabled(disabled.user.id, true)
    expect((await post(server, '/api/auth/admin/ban-user', { userId: banned.user.id }, admin)).status).toBe(
      200,
    )
    expect(
      (await post(server, '/api/auth/admin/remove-user', { userId: removed.user.id }, admin)).status,
    ).toBe(200)
    for (const { user, token } of [disabled, banned, removed]) {
      expect(server.ended).toContainEqual([user.id, null])
      expect((await server.accounts.authenticator.byToken(token)).ok).toBe(false)
    }
    await expectEnded(forge(HS256, { userId: disabled.user.id }), 'user-not-found')
    await expectEnded(forge(HS256, { userId: removed.user.id }), 'user-not-found')
    const login = await post(server, '/api/auth/login', {
      email: disabled.email,
      password: disabled.password,
    })
    expect(login.status).toBe(403)
    await server.accounts.setDisabled(disabled.user.id, false)
    expect((await server.accounts.authenticator.byToken(forge(HS256, { userId: disabled.user.id }))).ok).toBe(
      true,
    )
  })

  it('ACC-6 isValid notices a revocation and an expiry', async () => {
    const { token } = await register(server)
    const { authenticator } = server.accounts
    const answer = await authenticator.byToken(token)
    if (!answer.ok) throw new Error('not accepted')
    expect(await authenticator.isValid(answer.identity)).toBe(true)
    expect(await authenticator.isValid({ ...answer.identity, expiresAt: 1 })).toBe(false)
    await server.accounts.logout(answer.identity)
    expect(await authenticator.isValid(answer.identity)).toBe(false)
  })
})

describe('accounts', () => {
  it('ACC-7 a name is unique whatever its case, and nobody can be shown under another name than their own', async () => {
    const { username, email, cookie } = await register(server)
    const taken = await post(server, '/api/auth/register', {
      username: username.toUpperCase(),
      email: 'x@example.com',
      password: '12345678',
    })
    const same = await post(server, '/api/auth/register', {
      username: 'someone-else',
      email: email.toUpperCase(),
      password: '12345678',
    })
    expect([taken.status, same.status]).toEqual([409, 409])
    expect(((await taken.json()) as { message: string }).message).toBe(
      ((await same.json()) as { message: string }).message,
    )
    const mask = await post(
      server,
      '/api/auth/update-user',
      { displayUsername: 'root' },
      { cookie, origin: server.url },
    )
    expect(mask.status).toBe(400)
  })

  it('ACC-7 two registrations of one name at once make one account', async () => {
    const bodies = [1, 2, 3].map((n) => ({
      username: 'racer',
      email: `racer${n}@example.com`,
      password: '12345678',
    }))
    const statuses = await Promise.all(
      bodies.map(async (body) => (await post(server, '/api/auth/register', body)).status),
    )
    expect(statuses.sort()).toEqual([201, 409, 409])
  })

  it('ACC-8 an account made by a route of Better Auth has a username too, and a guest is one', async () => {
    const response = await post(server, '/api/auth/sign-up/email', {
      name: 'N',
      email: 'n@example.com',
      password: '12345678',
    })
    const { user } = (await response.json()) as { user: { id: string } }
    expect((await server.accounts.profile(user.id))?.username).toMatch(/^user-[0-9a-f]{12}$/)
    const anonymous = await post(server, '/api/auth/sign-in/anonymous', {})
    const guest = (await anonymous.json()) as { user: { id: string } }
    expect(await server.accounts.profile(guest.user.id)).toMatchObject({
      role: 'guest',
      username: expect.stringMatching(/^guest-/),
    })
  })

  it('ACC-9 guests idle for 24 h are removed, others are not', async () => {
    const client = { address: '', userAgent: '' }
    const [idle, online, seen] = [
      await server.accounts.guest('idle', client),
      await server.accounts.guest('online', client),
      await server.accounts.guest('seen', client),
    ]
    const later = Date.now() + 25 * 3_600_000
    const directory = {
      ...server.core.directory,
      findMany: async () => [{ ...seen.account, lastSeen: later - 1_000 }],
    }
    const clock = { now: () => later, after: () => ({ cancel() {} }) }
    const isOnline = (id: string) => id === online.account.id
    await sweepGuests({ accounts: server.accounts, directory, isOnline, clock })
    expect(await server.accounts.profile(idle.account.id)).toBeNull()
    expect(await server.accounts.profile(online.account.id)).not.toBeNull()
    expect(await server.accounts.profile(seen.account.id)).not.toBeNull()
    expect(server.ended).toContainEqual([idle.account.id, null])
  })

  it('ACC-10 hashing passwords does not block the event loop', async () => {
    const { email, password } = await register(server)
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const one = performance.now()
    await Promise.all(
      Array.from({ length: 20 }, () =>
        server.accounts.login({ email } as never, password, { address: '', userAgent: '' }),
      ),
    )
    const took = performance.now() - one
    delay.disable()
    console.info(
      `20 sign-ins: ${took.toFixed(0)} ms, loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms`,
    )
    expect(delay.percentile(99) / 1e6).toBeLessThan(150)
  })

  it('ACC-11 the database being away is `unavailable`, not an invalid token', async () => {
    const broken = await startRest()
    const { token, email, password } = await register(broken)
    broken.accounts.invalidate((await broken.accounts.reader.accountByEmail(email))?.id ?? '', null)
    broken.database.close()
    expect(await broken.accounts.authenticator.byToken(token)).toEqual({ ok: false, reason: 'unavailable' })
    expect((await post(broken, '/api/auth/login', { email, password })).status).toBe(503)
    expect((await get(broken, '/api/auth/profile', token)).status).toBe(503)
    await broken.close()
  })
})
