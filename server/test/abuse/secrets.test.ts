import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RawClient } from '@parley/testkit'
import {
  buildOnce,
  type DataFolder,
  newDataFolder,
  type ServerProcess,
  startProcess,
} from '@parley/testkit/server-process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Black box: what the built server writes about itself at its most talkative. */

const CANARY = 'canary7391'
let data: DataFolder
let server: ServerProcess

beforeAll(async () => {
  buildOnce()
  data = newDataFolder()
  server = await startProcess(data.path, {
    env: { LOG_LEVEL: 'trace', LOG_DIR: join(data.path, 'logs'), LIMITS: 'on', LIMIT_CHAT: '3' },
  })
})
afterAll(async () => {
  await server.kill()
  data.remove()
})

const call = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const all = { 'content-type': 'application/json', ...headers }
  return fetch(`${server.url}${path}`, { method: 'POST', headers: all, body: text })
}

const register = async (username: string) => {
  const account = { username, email: `${username}.${CANARY}@example.org`, password: `password ${CANARY}` }
  const response = await call('/api/auth/register', account)
  const { token, user } = (await response.json()) as { token: string; user: { id: string } }
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
  return { ...account, id: user.id, token, cookie }
}

describe('the logs', () => {
  it('ABUSE-15 hold no token, password, e-mail address or content, whatever happens, at every level', async () => {
    const [ann, bob] = [await register('ann'), await register('bob')]
    const bearer = { authorization: `Bearer ${ann.token}` }

    // Signing in, well and badly.
    await call('/api/auth/login', { username: 'ann', password: ann.password })
    await call('/api/auth/login', { username: 'ann', password: `wrong ${CANARY}` })
    await call('/api/auth/login', { username: CANARY, password: CANARY })
    await call('/api/auth/sign-in/email', { email: ann.email, password: `wrong ${CANARY}` })
    await call('/api/auth/register', { username: 'x', email: CANARY, password: CANARY })

    // REST: good, invalid, garbled.
    await call('/api/messages', { receiverId: bob.id, content: `hello ${CANARY}` }, bearer)
    await call('/api/messages', { receiverId: CANARY, content: `hello ${CANARY}` }, bearer)
    await call('/api/messages', { receiverId: bob.id, content: [CANARY], messageType: CANARY }, bearer)
    await call('/api/messages', `{"content":"${CANARY}`, bearer)
    await fetch(`${server.url}/api/search?q=${CANARY}`, { headers: bearer })
    await fetch(`${server.url}/api/messages/${bob.id}?cursor=${CANARY}`, { headers: bearer })
    await fetch(`${server.url}/api/nothing?token=${CANARY}`, { headers: { cookie: `a=${CANARY}` } })
    await fetch(`${server.url}/api/auth/profile`, { headers: { authorization: `Bearer ${CANARY}` } })

    // chat and hub: good, refused, garbled, over the limit.
    const url = server.url.replace('http', 'ws')
    const [a, b] = [
      await RawClient.open(`${url}/ws?token=${ann.token}`),
      await RawClient.open(`${url}/ws?token=${bob.token}`),
    ]
    const message = { type: 'chat_message', data: { receiverId: bob.id, content: `hello ${CANARY}` } }
    for (let index = 0; index < 6; index += 1) a.send(message)
    a.send({ type: CANARY, data: { content: CANARY } })
    a.send(`{"type":"chat_message","data":{"receiverId":"${CANARY}","content":"${CANARY}"}}`)
    a.send(`{ ${CANARY}`)
    await b.next('new_message')
    await a.next('error', ({ data: error }) => (error as { code: string }).code === 'INVALID_JSON')
    const hub = await RawClient.open(`${url}/ws/hub`, { cookie: ann.cookie })
    const typed = await RawClient.open(`${url}/ws/hub?token=${bob.token}`)
    hub.send(`plain ${CANARY}`)
    hub.send({ type: 'chat_message', message: [CANARY] })
    hub.send({ type: 'chat_message', message: `hello ${CANARY}` })
    for (let index = 0; index < 15; index += 1) hub.send({ type: 'chat_message', message: CANARY })
    await typed.next('chat_message')

    // Upgrades that are refused.
    const refused = await RawClient.open(`${url}/ws?token=${CANARY}.${CANARY}.${CANARY}`)
    expect((await refused.closed).code).toBe(4002)
    await expect(RawClient.open(`${url}/ws/hub?token=${CANARY}`)).rejects.toThrow('401')
    await expect(RawClient.open(`${url}/${CANARY}?token=${ann.token}`)).rejects.toThrow('404')
    const origin = { origin: 'https://evil.example' }
    await expect(RawClient.open(`${url}/ws?token=${ann.token}`, origin)).rejects.toThrow('403')
    await Promise.all([a.close(), b.close(), hub.close(), typed.close()])
    await call('/api/auth/logout', {}, bearer)
    expect(await server.stop()).toBe(0)

    const folder = join(data.path, 'logs')
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    const written = [server.output(), ...files].join('\n')
    // Something was written at all, of each kind.
    for (const event of ['client connected', 'connection refused', 'limit reached', ann.id]) {
      expect(written).toContain(event)
    }
    const lines = written.split('\n')
    const cookieValue = decodeURIComponent(ann.cookie.split('=')[1]!)
    const secrets = [CANARY, ann.token, bob.token, ann.token.split('.')[2]!, cookieValue, ann.cookie]
    secrets.push(readFileSync(join(data.path, 'jwt-secret'), 'utf8').trim())
    for (const secret of secrets) expect(lines.filter((line) => line.includes(secret))).toEqual([])
  }, 60_000)
})
