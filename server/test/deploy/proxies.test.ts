import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { RawClient } from '@parley/testkit'
import type { ServerProcess } from '@parley/testkit/server-process'
import { SocketClient } from '@parley/testkit/socket-client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../config.ts'
import type { TestUser } from '../harness/test-server.ts'
import { type Ask, ask } from './https-client.ts'
import { connectionsOf, createNodes, type Nodes } from './nodes.ts'
import { HAPROXY_PROXY, NGINX_PROXY, type RunningProxy, readProxyFile, startProxy } from './proxy.ts'

/** Black box: nginx and HAProxy run with the files of `deploy/`, TLS included, before nodes that run as processes. */

const KINDS = [NGINX_PROXY, HAPROXY_PROXY]
/** What stands in the place of times that are too long to wait for. */
const SHORT_IDLE = 5_000
const SHORT_REQUEST = 2_000
/** Who does not answer by the next one is ended: a busy machine needs time for that too. */
const HEARTBEAT = 1_500
/** Longer than a proxy takes to notice on a machine that does much else. */
const DRAIN_DELAY = 9_000
/** From another address than the proxies, which are at 127.0.0.1. */
const CLIENT = '127.0.0.2'
const FORGED = '203.0.113.9'
const POLLS = { transports: ['polling'], withCredentials: true }

let nodes: Nodes
let pair: ServerProcess[]
/** Says nothing to connections that are idle. */
let silent: ServerProcess

beforeAll(async () => {
  nodes = await createNodes({
    ...{ LIMITS: 'on', LOG_LEVEL: 'info', TRUST_PROXY: '127.0.0.1', ALLOWED_ORIGINS: 'https://app.example' },
    ...{ HEARTBEAT_INTERVAL: String(HEARTBEAT), DRAIN_DELAY: String(DRAIN_DELAY), DRAIN_SPREAD: '0' },
    SHUTDOWN_TIMEOUT: '30000',
  })
  const asleep = nodes.start({ HEARTBEAT_INTERVAL: '86400000' })
  pair = await Promise.all([nodes.start(), nodes.start()])
  silent = await asleep
})
afterAll(() => nodes?.stop())

describe.each(KINDS)('$name', (kind) => {
  let proxy: RunningProxy
  const clients: { close(): unknown }[] = []

  const keep = <T extends { close(): unknown }>(client: T): T => {
    clients.push(client)
    return client
  }
  const webSocket = async (to: RunningProxy, path: string, headers: Record<string, string> = {}) =>
    keep(await RawClient.open(`${to.url.replace('https', 'wss')}${path}`, headers, { ca: to.ca }))
  const chat = async (to: RunningProxy, user: TestUser): Promise<RawClient> => {
    const client = await webSocket(to, `/ws?token=${user.token}`)
    await client.next('online_users')
    return client
  }
  const socketIo = async (to: RunningProxy, options: object): Promise<SocketClient> => {
    const auth = { token: nodes.ann.token }
    const client = await SocketClient.connect(to.url, auth, { ...options, ca: to.ca } as object)
    return keep(client)
  }
  const urls = (): string[] => pair.map(({ url }) => url)
  const shorten = (name: string, ms: number): readonly [string, string] => {
    const [text = ''] = new RegExp(`${name} \\d+s`).exec(readProxyFile(kind)) ?? []
    return [text, `${name} ${ms}ms`]
  }

  beforeAll(async () => {
    proxy = await startProxy(kind, urls(), [...kind.request.map((name) => shorten(name, SHORT_REQUEST))])
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.close()
  })
  afterAll(() => proxy?.stop())

  it('DEPLOY-3 chat, hub, signal and Socket.IO pass as WebSockets, and plain HTTP leads to https', async () => {
    const [ann, bob] = await Promise.all([chat(proxy, nodes.ann), chat(proxy, nodes.ann)])
    expect(ann.socket.readyState + bob.socket.readyState).toBeGreaterThan(0)
    const hub = await webSocket(proxy, '/ws', { cookie: nodes.ann.cookie, origin: proxy.url })
    await hub.next('connected_users')
    const signal = await webSocket(proxy, '/signal')
    signal.send({ type: 'create-group', payload: { groupName: 'friends', username: 'ann' } })
    await signal.next('group-created')
    await socketIo(proxy, { transports: ['websocket'] })
    const page = await ask(proxy, '/api/health')
    expect([page.status, page.headers['strict-transport-security']]).toEqual([200, expect.any(String)])
    const plain = await fetch(`http://127.0.0.1:${proxy.httpPort}/x?y=1`, { redirect: 'manual' })
    expect([plain.status, plain.headers.get('location')]).toEqual([
      308,
      expect.stringMatching(/^https:\/\/127\.0\.0\.1.*\/x\?y=1$/),
    ])
  })

  it('DEPLOY-4 a cookie keeps the requests of Socket.IO long polling at one of several nodes', async () => {
    const counts = () => Promise.all(pair.map((node) => connectionsOf(node, isSocketIo)))
    const before = await counts()
    const polling = await Promise.all(Array.from({ length: 16 }, () => socketIo(proxy, POLLS)))
    for (const client of polling) expect(client.socket.io.engine.transport.name).toBe('polling')
    const after = await counts()
    expect(
      after.map((count, index) => count > before[index]!),
      'each has a part',
    ).toEqual([true, true])
    await Promise.all(polling.map((client) => client.ask('room:join', { channelId: 'none' })))
    for (const client of polling) expect(client.socket.connected).toBe(true)
    // The way of a browser: polling first, then a WebSocket to the same session.
    const grown = await Promise.all(
      Array.from({ length: 4 }, () =>
        socketIo(proxy, { withCredentials: true, transports: ['polling', 'websocket'] }),
      ),
    )
    for (const { socket } of grown) {
      if (socket.io.engine.transport.name !== 'websocket') await once(socket.io.engine as never, 'upgrade')
      expect(socket.connected).toBe(true)
    }
  })

  it('DEPLOY-4 without that cookie long polling does not hold', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 16 }, () => socketIo(proxy, { ...POLLS, withCredentials: false })),
    )
    expect(attempts.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
  })

  it('DEPLOY-5 the address of the client reaches the server, and what it says of itself does not', async () => {
    const refused: Ask = {
      ...{ method: 'POST', localAddress: CLIENT, body: '{}' },
      headers: {
        ...{ origin: 'https://evil.example', 'content-type': 'application/json' },
        'x-forwarded-for': FORGED,
        'X-Forwarded-Proto': 'http',
      },
    }
    const logged = (): string => pair.map((node) => node.output()).join('')
    const answer = await ask(proxy, '/api/auth/login', refused)
    expect([answer.status, answer.headers['strict-transport-security']]).toEqual([403, expect.any(String)])
    await expect.poll(logged).toContain(`"reason":"origin","address":"${CLIENT}"`)
    const upgrade = RawClient.open(
      `${proxy.url.replace('https', 'wss')}/signal`,
      { origin: 'https://evil.example', 'x-forwarded-for': `${FORGED}, 127.0.0.1` },
      { ca: proxy.ca, localAddress: '127.0.0.3' },
    )
    await expect(upgrade).rejects.toThrow('HTTP 403')
    await expect.poll(logged).toContain('"reason":"origin","address":"127.0.0.3"')
    expect(logged()).not.toContain(FORGED)
    expect((await ask(proxy, '/metrics')).status, 'the nodes would take a proxy for loopback').toBe(404)
  })

  it('DEPLOY-6 a body that is too large is refused, and who sends slowly is not waited for', async () => {
    const headers = { 'content-type': 'application/json' }
    const large = { method: 'POST', headers, body: 'x'.repeat(70_000) }
    expect((await ask(proxy, '/api/auth/login', large)).status).toBe(413)
    const chunked = { ...large, headers: { ...headers, 'transfer-encoding': 'chunked' } }
    expect((await ask(proxy, '/api/auth/login', chunked)).status).toBe(413)
    const began = performance.now()
    await Promise.all(
      [
        'GET /api/health HTTP/1.1\r\nHost: localhost\r\nX-',
        'POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
      ].map(async (beginning) => {
        const socket = await openTls(proxy)
        socket.write(beginning)
        socket.resume()
        await once(socket, 'close')
      }),
    )
    // The nodes would wait for 10 and 15 s.
    expect(performance.now() - began).toBeLessThan(9_000)
  })

  it('DEPLOY-7 an idle WebSocket lives by the heartbeat, which is well below the times of the file', async () => {
    const shortened = [shorten(kind.idle, SHORT_IDLE)]
    const proxies = await Promise.all([urls(), [silent.url]].map((to) => startProxy(kind, to, shortened)))
    const [living, left] = await Promise.all(proxies.map((to) => webSocket(to, '/signal')))
    await left!.closed
    await sleep(SHORT_IDLE)
    expect(living!.socket.readyState).toBe(living!.socket.OPEN)
    await Promise.all(proxies.map((to) => to.stop()))
    const seconds = Number(new RegExp(`${kind.idle} (\\d+)s`).exec(readProxyFile(kind))?.[1])
    expect(seconds * 1_000).toBeGreaterThan(2 * readConfig({}).heartbeatInterval)
  })

  it('DEPLOY-8 a node that stops gets nothing new, its connections are told to go, and no request is lost', async () => {
    const [stopping, staying] = [pair[0]!, pair[1]!]
    const old: RawClient[] = []
    while ((await connectionsOf(stopping, isSignal)) === 0) old.push(await webSocket(proxy, '/signal'))
    const polling = await Promise.all(Array.from({ length: 6 }, () => socketIo(proxy, POLLS)))
    const total = old.length
    const requests = askOften(proxy, nodes.ann)
    const ended = stopping.stop()
    await readyIs(stopping, 503)
    const during: RawClient[] = []
    /** So many of four new ones came to the node that stops. */
    const fourMore = async (): Promise<number> => {
      const before = await connectionsOf(stopping, isSignal)
      during.push(...(await Promise.all(Array.from({ length: 4 }, () => webSocket(proxy, '/signal')))))
      return (await connectionsOf(stopping, isSignal)) - before
    }
    // HAProxy asks; nginx goes on until the node no longer listens.
    if (kind.name === 'HAProxy') await expect.poll(fourMore, { timeout: 6_000, interval: 500 }).toBe(0)
    else await fourMore()
    // What it has stays, request by request.
    await Promise.all(polling.map((client) => client.ask('room:join', { channelId: 'none' })))
    for (const client of old) expect(client.socket.readyState).toBe(client.socket.OPEN)
    expect(await ended).toBe(0)
    const told = [...old, ...during].filter(({ all }) => all.some(({ type }) => type === 'server-drain'))
    expect(told.length).toBeGreaterThan(0)
    for (const client of told) expect((await client.closed).code).toBe(1001)
    await Promise.all(Array.from({ length: 4 }, () => webSocket(proxy, '/signal')))
    expect(await connectionsOf(staying, isSignal)).toBe(total + during.length + 4 - told.length)
    const statuses = await requests.stop()
    expect(statuses.length).toBeGreaterThan(50)
    expect(statuses.filter((status) => status !== 200 && status !== 401)).toEqual([])
    pair[0] = await nodes.start({ PORT: new URL(stopping.url).port })
  })

  it('DEPLOY-9 what a proxy logs has no token', async () => {
    await chat(proxy, nodes.ann)
    await ask(proxy, `/api/health?token=${nodes.ann.token}`)
    for (const client of clients.splice(0)) client.close()
    await expect.poll(() => proxy.log(), { timeout: 5_000 }).toMatch(/"GET \/ws"/)
    expect(proxy.log()).toContain(CLIENT)
    expect(proxy.log()).not.toContain(nodes.ann.token)
  })
})

const isSocketIo = (dialect: string): boolean => dialect === 'channels' || dialect === 'whisper'
const isSignal = (dialect: string): boolean => dialect === 'signal'

const openTls = async ({ httpsPort, ca }: RunningProxy): Promise<TLSSocket> => {
  const socket = connectTls({ port: httpsPort, host: '127.0.0.1', servername: 'localhost', ca })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket
}

const readyIs = (node: ServerProcess, status: number): Promise<void> =>
  expect.poll(async () => (await fetch(`${node.url}/api/ready`)).status, { timeout: 5_000 }).toBe(status)

/** Reads and writes, one after the other, until it is stopped. */
const askOften = (proxy: RunningProxy, { token }: TestUser): { stop(): Promise<readonly number[]> } => {
  let goesOn = true
  const login = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@example.org', password: 'a long password' }),
  }
  const statuses: number[] = []
  const run = async (path: string, options: Ask): Promise<void> => {
    while (goesOn) {
      statuses.push(
        await ask(proxy, path, options).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      await sleep(50)
    }
  }
  const runs = [
    run(`/api/health?token=${token}`, {}),
    run('/api/users/online', {}),
    run('/api/auth/logout', login),
  ]
  return {
    stop: async () => {
      goesOn = false
      await Promise.all(runs)
      return statuses
    },
  }
}
