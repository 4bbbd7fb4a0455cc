import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import {
  type AuthAnswer,
  type Authenticator,
  type Clock,
  type Core,
  createCore,
  type Identity,
  type Observer,
  systemClock,
} from '@parley/core'
import { MemoryStore } from '@parley/testkit'
import { io as connectTo, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import {
  type HandshakeAuth,
  type RefusalReason,
  type SocketDialect,
  type SocketEventHandler,
  type SocketIoOptions,
  SocketIoServer,
  type SocketSession,
} from '../index.ts'

const identityOf = (userId: string): Identity => ({
  userId,
  username: `name of ${userId}`,
  avatar: null,
  email: '',
  role: 'user',
  sessionId: `session of ${userId}`,
  expiresAt: null,
})

/** Tokens are user ids, but for those that say what is wrong with them. */
const answerTo = (token: string | null): AuthAnswer => {
  if (token === null) return { ok: false, reason: 'missing' }
  if (token === 'bad') return { ok: false, reason: 'invalid' }
  if (token === 'ghost') return { ok: false, reason: 'user-not-found' }
  if (token === 'thrower') throw new Error('the store is away')
  // `ann#2` is Ann in another session of hers.
  const [userId = '', session] = token.split('#')
  const identity = identityOf(userId)
  return {
    ok: true,
    identity:
      session === undefined ? identity : { ...identity, sessionId: `session ${session} of ${userId}` },
  }
}

export interface Told {
  readonly kind: 'debug' | 'error' | 'audit' | 'count'
  readonly name: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A dialect that does what a test asks, and keeps a list of what happened to it. */
export class FakeDialect implements SocketDialect {
  readonly dialect: 'channels' | 'whisper'
  readonly events: Record<string, SocketEventHandler>
  readonly log: string[] = []
  readonly sessions = new Set<SocketSession>()
  onOpened: (session: SocketSession) => void | Promise<void> = () => {}
  onClosed: (session: SocketSession) => void | Promise<void> = () => {}

  constructor(dialect: 'channels' | 'whisper', events: Record<string, SocketEventHandler>) {
    this.dialect = dialect
    this.events = events
  }

  claims(auth: HandshakeAuth): boolean {
    return this.dialect === 'whisper' || Object.hasOwn(auth, 'userId')
  }

  refuse(reason: RefusalReason) {
    return this.dialect === 'whisper'
      ? { message: `Authentication error: ${reason}` }
      : { message: 'Unauthorized', data: { code: reason } }
  }

  opened(session: SocketSession): void | Promise<void> {
    this.log.push(`opened ${session.user.id}`)
    this.sessions.add(session)
    return this.onOpened(session)
  }

  closed(session: SocketSession): void | Promise<void> {
    this.log.push(`closed ${session.user.id}`)
    this.sessions.delete(session)
    return this.onClosed(session)
  }
}

export interface WorldOptions extends Partial<Omit<SocketIoOptions, 'core'>> {
  readonly clock?: Clock
  readonly events?: Record<string, SocketEventHandler>
  /** Called before a token is looked at. */
  readonly beforeToken?: () => Promise<void>
}

/** The Socket.IO server on a real HTTP server and the real core, with two dialects that a test can steer. */
export class World {
  readonly told: Told[] = []
  readonly refusedFrom: string[] = []
  readonly channels: FakeDialect
  readonly whisper: FakeDialect
  readonly leases: MemoryLeases
  readonly url: string
  readonly port: number
  readonly core: Core
  server: SocketIoServer
  readonly #options: WorldOptions
  readonly http: HttpServer
  readonly #clients: Socket[] = []

  private constructor(parts: {
    core: Core
    leases: MemoryLeases
    told: Told[]
    http: HttpServer
    options: WorldOptions
  }) {
    const { core, options } = parts
    this.core = core
    this.leases = parts.leases
    this.told = parts.told
    this.http = parts.http
    this.port = (parts.http.address() as AddressInfo).port
    this.url = `http://127.0.0.1:${this.port}`
    this.#options = options
    this.channels = new FakeDialect('channels', options.events ?? {})
    this.whisper = new FakeDialect('whisper', {
      'whisper:echo': (_session, payload, reply) => reply.ok({ payload }),
    })
    this.server = this.#serve()
  }

  #serve(): SocketIoServer {
    const server = new SocketIoServer({
      maxPayload: 65_536,
      maxBuffered: 1_048_576,
      deflate: false,
      allowRequest: (request: IncomingMessage) => request.headers.origin !== 'http://foreign.example',
      onRefused: (address) => void this.refusedFrom.push(address),
      ...this.#options,
      core: this.core,
    })
    server.add(this.channels)
    server.add(this.whisper)
    this.http.on('request', server.handleRequest)
    this.http.on('upgrade', server.handleUpgrade)
    return server
  }

  /** Another server in the place of this one, as after a restart. */
  restart(): void {
    this.server.stop()
    this.http.removeAllListeners('request')
    this.http.removeAllListeners('upgrade')
    this.server = this.#serve()
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const told: Told[] = []
    const clock = options.clock ?? systemClock
    const leases = new MemoryLeases(clock)
    const authenticator: Authenticator = {
      byToken: async (token) => {
        await options.beforeToken?.()
        return answerTo(token)
      },
      byHeaders: async () => ({ ok: false, reason: 'missing' }),
      isValid: async () => true,
    }
    const core = await createCore({
      nodeId: 'node-1',
      store: new MemoryStore(),
      bus: new MemoryBus({
        onError: (error) => told.push({ kind: 'error', name: String(error), fields: {} }),
      }),
      leases,
      authenticator,
      clock,
      observer: observerOf(told),
      limits: 'off',
      presence: { interval: 250, listMax: 500 },
      roomGrace: 30_000,
    })
    const http = createServer()
    await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
    return new World({ core, leases, told, http, options })
  }

  /** A client that is on its way. */
  client(auth: HandshakeAuth, options: Partial<ManagerOptions & SocketOptions> = {}): Socket {
    const client = connectTo(this.url, {
      auth: auth as Record<string, unknown>,
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 50,
      ...options,
    })
    this.#clients.push(client)
    return client
  }

  /** A client that is connected. */
  async connect(user: string, options: Partial<ManagerOptions & SocketOptions> = {}): Promise<Socket> {
    const client = this.client({ token: user }, options)
    await new Promise<void>((resolve, reject) => {
      client.once('connect', resolve)
      client.once('connect_error', reject)
    })
    return client
  }

  named(kind: Told['kind'], name: string): readonly Readonly<Record<string, unknown>>[] {
    return this.told.filter((one) => one.kind === kind && one.name === name).map(({ fields }) => fields)
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect()
    await this.server.closeAll()
    this.server.stop()
    await this.core.stop()
    this.http.closeAllConnections()
    await new Promise((resolve) => this.http.close(resolve))
  }
}

const observerOf = (told: Told[]): Observer => ({
  debug: (name, fields) => void told.push({ kind: 'debug', name, fields }),
  error: (name, error, fields) => void told.push({ kind: 'error', name, fields: { error, ...fields } }),
  audit: (name, fields) => void told.push({ kind: 'audit', name, fields }),
  count: (name, labels) => void told.push({ kind: 'count', name, fields: { ...labels } }),
  observe: () => {},
})

/** Resolves once it is so; fails after 15 s. */
export const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (let waited = 0; waited < 15_000; waited += 10) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`not so after 15 s: ${what}`)
}

/** The names of what holds listeners, sessions, presence and rooms on this server. */
export const leftovers = (world: World): Readonly<Record<string, number>> => {
  const {
    adapter,
    sockets,
    _preConnectSockets: starting,
  } = world.server.io.of('/') as unknown as {
    adapter: { rooms: Map<string, unknown>; sids: Map<string, unknown> }
    sockets: Map<string, unknown>
    _preConnectSockets: Map<string, unknown>
  }
  const { channels, whisper } = world.server.sizes()
  return {
    rooms: adapter.rooms.size,
    sids: adapter.sids.size,
    sockets: sockets.size,
    starting: starting.size,
    sessions: channels + whisper + world.channels.sessions.size + world.whisper.sessions.size,
    engine: world.server.io.engine.clientsCount,
    online: world.core.presence.online().totalOnline,
  }
}

export const NOTHING_LEFT = {
  rooms: 0,
  sids: 0,
  sockets: 0,
  starting: 0,
  sessions: 0,
  engine: 0,
  online: 0,
} as const

/** The next time this event comes. */
export const heard = <T = unknown>(client: Socket, event: string): Promise<T> =>
  new Promise((resolve) => void client.once(event, resolve))
