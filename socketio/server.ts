import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Core } from '@parley/core'
import type { Server as Engine, Socket as EngineSocket } from 'engine.io'
import { Server, type Socket } from 'socket.io'
import { Encoder } from 'socket.io-parser'
import { Admission } from './admission.ts'
import { AttachmentRefusingDecoder } from './decoder.ts'
import { isDeeperThan } from './depth.ts'
import type { SocketDialect, SocketRooms, SocketSession } from './dialect.ts'
import { Dialects } from './dialects.ts'
import { createEngine, forgetHandshake } from './engine.ts'
import { Link, type LinkContext } from './link.ts'
import { RENEW_EVENT, Renewal } from './renewal.ts'
import { type Acknowledge, EventReply } from './reply.ts'
import { createRooms } from './rooms.ts'
import type { Session } from './session.ts'
import { UserSessions } from './user-sessions.ts'

/** JSON that is deeper is invalid. */
const MAX_DEPTH = 32
const MAX_LOGGED_NAME = 64
/** How often every connection is looked at for one that stalls (ms). */
const SWEEP_INTERVAL = 1_000
/** How long events that came before the end may still take to be worked off (ms). */
const DRAIN_LIMIT = 5_000
/** How long `closeAll` waits for what the ends of sessions take (ms). */
const END_GRACE = 3_000

const CLOSE = {
  done: [1000, ''],
  goingAway: [1001, 'Server shutting down'],
  flood: [1008, 'Too many events'],
  serverError: [1011, 'Server error'],
} as const

export interface SocketIoOptions {
  readonly core: Core
  /** `MAX_PAYLOAD` in bytes. */
  readonly maxPayload: number
  /** `MAX_BUFFERED` in bytes. */
  readonly maxBuffered: number
  /** ms; default 25,000. */
  readonly pingInterval?: number
  /** ms; default 20,000. */
  readonly pingTimeout?: number
  /** ms that a connection may stay without a session; default 10,000. */
  readonly connectTimeout?: number
  /** `WS_DEFLATE`. */
  readonly deflate: boolean
  /** What the id of every session (`sid`) begins with, so that others can tell whose it is; default: nothing. */
  readonly sessionPrefix?: string
  /** May this handshake come in (origin, limits, not closing)? Else it gets 403. */
  allowRequest(request: IncomingMessage): boolean
  /** Where a request comes from; default: the socket's address. */
  addressOf?(request: IncomingMessage): string
  /** A handshake whose credentials were no good, for `LIMIT_CONNECT`. */
  onRefused?(address: string): void
}

/**
 * The one Socket.IO server, namespace `/`, that dialects share. It binds connections to identities and presence, and
 * events to the dialects' handlers; what the events mean is theirs.
 */
export class SocketIoServer {
  /** For the admin UI. */
  readonly io: Server
  readonly rooms: SocketRooms
  readonly #core: Core
  readonly #options: SocketIoOptions
  readonly #engine: Engine
  readonly #links = new Map<EngineSocket, Link>()
  readonly #dialects: Dialects
  readonly #admission: Admission
  readonly #renewal: Renewal
  readonly #sessions = new UserSessions()
  readonly #linkContext: LinkContext
  /** Ends of sessions that are under way. */
  readonly #ending = new Set<Promise<void>>()
  #sweepTimer: { cancel(): void } | null = null
  #isClosing = false

  constructor(options: SocketIoOptions) {
    this.#options = options
    this.#core = options.core
    this.#linkContext = this.#newLinkContext()
    this.#dialects = new Dialects(options.core.observer)
    this.#admission = new Admission({
      core: options.core,
      dialects: this.#dialects,
      onRefused: (address) => options.onRefused?.(address),
    })
    this.#renewal = new Renewal({
      authenticator: options.core.authenticator,
      observer: options.core.observer,
      onRefused: (address) => options.onRefused?.(address),
    })
    this.#engine = createEngine({
      maxPayload: options.maxPayload,
      pingInterval: options.pingInterval ?? 25_000,
      pingTimeout: options.pingTimeout ?? 20_000,
      deflate: options.deflate,
      sessionPrefix: options.sessionPrefix ?? '',
      allowRequest: (request) => options.allowRequest(request),
    })
    this.io = new Server({
      serveClient: false,
      connectTimeout: options.connectTimeout ?? 10_000,
      parser: { Encoder, Decoder: AttachmentRefusingDecoder },
    })
    this.io.bind(this.#engine)
    this.#engine.on('connection', (connection: EngineSocket) => this.#onConnection(connection))
    this.io.use((socket, next) => this.#admit(socket, next))
    this.io.on('connection', (socket) => this.#open(socket))
    this.rooms = createRooms(this.io, (connection) => this.#links.get(connection) ?? null)
    this.#scheduleSweep()
  }

  /** Speaks this dialect as well. Before the first connection. */
  add(dialect: SocketDialect): void {
    this.#dialects.add(dialect)
  }

  /** Polling. */
  readonly handleRequest = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => response.destroy())
    const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '')
    if (this.#isClosing) {
      refuse(response, 503)
    } else if (query.has('sid') && query.getAll('transport').at(-1) !== 'polling') {
      // engine.io would leave it without an answer.
      refuse(response, 400)
    } else {
      this.#engine.handleRequest(request as never, response)
    }
  }

  /** WebSocket. The caller has decided that the peer may come in. */
  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    const status = this.#isClosing
      ? '503 Service Unavailable'
      : this.#options.allowRequest(request)
        ? null
        : '403 Forbidden'
    if (status === null) this.#engine.handleUpgrade(request as never, socket, head)
    else socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }

  /** The sockets of a user on this node. The array never changes. */
  sessionsOf(userId: string): readonly SocketSession[] {
    return this.#sessions.of(userId)
  }

  /** Connections by the dialect that claimed them. */
  sizes(): { readonly channels: number; readonly whisper: number } {
    return this.#sessions.sizes()
  }

  /** Tells every client that the server goes and when to come back (ms from now, different for each). */
  drain(reconnectInMs: () => number): void {
    for (const { session } of this.#links.values()) {
      session?.emit('server:drain', { reconnectInMs: reconnectInMs() })
    }
  }

  /** Takes nobody in any more and ends all connections, so that their clients come back by themselves. */
  async closeAll(): Promise<void> {
    this.#isClosing = true
    // What was emitted in this turn is still on its way to the transports.
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([...this.#links.values()].map((link) => link.close(...CLOSE.goingAway)))
    await this.#atMost(END_GRACE, Promise.all(this.#ending))
  }

  /** Stops timers. After `closeAll`. */
  stop(): void {
    this.#isClosing = true
    this.#sweepTimer?.cancel()
    this.#sweepTimer = null
    this.#engine.close()
  }

  #onConnection(connection: EngineSocket): void {
    const { request } = connection
    const address = this.#options.addressOf?.(request) ?? request.socket.remoteAddress ?? ''
    const link = new Link(connection, address, this.#linkContext)
    this.#links.set(connection, link)
    // It was on its way when the server closed.
    if (this.#isClosing) void link.close(...CLOSE.goingAway)
  }

  /** One for all of them. */
  #newLinkContext(): LinkContext {
    const { clock, observer } = this.#core
    return {
      clock,
      maxBuffered: this.#options.maxBuffered,
      onSlow: ({ session }) => {
        observer.count('parley_slow_consumers_total', { dialect: session?.dialect ?? 'none' })
        observer.audit('slow consumer closed', { connectionId: session?.id ?? null })
      },
      onFlood: (link) => {
        observer.audit('connection closed', {
          connectionId: link.session?.id ?? null,
          reason: 'too many events',
        })
        void link.close(...CLOSE.flood)
      },
      onClosed: ({ connection, session }) => {
        this.#links.delete(connection)
        if (session !== null) this.#end(session)
      },
    }
  }

  #admit(socket: Socket, next: (error?: Error) => void): void {
    const link = this.#links.get(socket.conn)
    // `next` has to be called also when the connection is gone: Socket.IO then forgets the socket.
    if (link === undefined) {
      next(new Error('Closed'))
      return
    }
    this.#admission.admit(socket, link).then(
      (refusal) => next(refusal ?? undefined),
      (error: unknown) => {
        this.#core.observer.error('socket connection not refused', error)
        next(new Error('Server error'))
      },
    )
  }

  #open(socket: Socket): void {
    const session = this.#links.get(socket.conn)?.session
    if (session?.isOf(socket) !== true || session.state !== 'ready') return
    session.state = 'open'
    forgetHandshake(socket)
    session.join(session.id)
    this.#sessions.add(session)
    this.#core.observer.debug('client connected', {
      connectionId: session.id,
      dialect: session.dialect,
      userId: session.user.id,
    })
    socket.onAny((...args: unknown[]) => this.#onEvent(session, args))
    socket.once('disconnect', () => {
      this.#end(session)
      // A client that left the namespace has nothing to say here any more.
      if (session.link.isOpen) void session.link.close(...CLOSE.done)
    })
    session.queue.push(() => this.#openDialects(session))
  }

  async #openDialects(session: Session): Promise<void> {
    try {
      await this.#dialects.open(session)
    } catch (error) {
      this.#core.observer.error('socket connection not opened', error)
      void session.link.close(...CLOSE.serverError)
    }
  }

  #onEvent(session: Session, args: unknown[]): void {
    if (session.state === 'ended' || session.link.wasClosedHere) return
    const acknowledge = typeof args.at(-1) === 'function' ? (args.pop() as Acknowledge) : null
    const [name, payload] = args
    this.#core.observer.debug('socket event', {
      connectionId: session.id,
      event: String(name).slice(0, MAX_LOGGED_NAME),
    })
    const reply = new EventReply(acknowledge)
    // Null is valid for no event: what is too deep is refused in the words of its dialect.
    const safe = isDeeperThan(payload, MAX_DEPTH) ? null : payload
    session.queue.push(() =>
      name === RENEW_EVENT
        ? this.#renewal.take(session, safe, reply)
        : this.#dialects.handle(session, name, safe, reply),
    )
  }

  #end(session: Session): void {
    if (session.state === 'closed' || session.state === 'ended') return
    const wasOpen = session.state === 'open'
    session.state = 'closed'
    if (wasOpen) {
      this.#sessions.remove(session)
      this.#core.observer.debug('client disconnected', {
        connectionId: session.id,
        dialect: session.dialect,
        userId: session.user.id,
      })
    }
    const ending = this.#finish(session).finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  /** What arrived before the end still takes effect, unless the server chose to end it. Never rejects. */
  async #finish(session: Session): Promise<void> {
    if (session.link.wasClosedHere) session.queue.clear()
    // Events of the same turn are still on their way through Socket.IO.
    else await new Promise((resolve) => setImmediate(resolve))
    await this.#atMost(DRAIN_LIMIT, session.queue.whenIdle())
    session.state = 'ended'
    session.queue.clear()
    await Promise.all([this.#dialects.close(session), session.hold?.release(session.link.endReason)])
  }

  async #atMost(ms: number, task: Promise<unknown>): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#core.clock.after(ms, resolve)
      void task.then(() => {
        timer.cancel()
        resolve()
      })
    })
  }

  #scheduleSweep(): void {
    this.#sweepTimer = this.#core.clock.after(SWEEP_INTERVAL, () => {
      this.#scheduleSweep()
      const now = this.#core.clock.now()
      for (const link of this.#links.values()) link.sweep(now)
    })
  }
}

const refuse = (response: ServerResponse, status: number): void => {
  response.writeHead(status, { Connection: 'close', 'Content-Length': 0 }).end()
}
