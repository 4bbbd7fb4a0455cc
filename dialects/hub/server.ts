import {
  type AuthAnswer,
  type Core,
  type CoreEvent,
  type DialectSink,
  type EndReason,
  endReasonOf,
  type LeaseChange,
  type Topic,
} from '@parley/core'
import {
  type BroadcastScope,
  type ClientMessage,
  type ConnectionHandlers,
  createWebSocketSystem,
  parseMessage,
  WebSocketError,
  type WebSocketManager,
} from '@parley/sockets'
import { Roster } from './roster.ts'
import { type HubConnection, type HubSession, newSession } from './session.ts'

export interface HubOptions {
  readonly core: Core
  /** Connections a user may have, over all nodes; 0: no limit. */
  readonly maxConnectionsPerUser: number
  /** Most users in `connected_users`. */
  readonly listMax: number
  readonly exposeEmail: boolean
}

const CLOSE = {
  limit: [4008, 'Connection limit exceeded'],
  session: [4002, 'Invalid token'],
  serverError: [1011, 'Server error'],
} as const

/**
 * The hub dialect (document 002): the library of `@parley/sockets` on this server's identities, presence and bus.
 * What is said here is never stored.
 */
export class HubServer implements DialectSink {
  readonly dialect = 'hub'
  readonly handlers: ConnectionHandlers<HubSession>
  readonly #core: Core
  readonly #options: HubOptions
  readonly #manager: WebSocketManager
  readonly #roster: Roster
  readonly #connections = new Set<HubConnection>()
  readonly #unwatch: () => void

  constructor(options: HubOptions) {
    this.#core = options.core
    this.#options = options
    const { manager } = createWebSocketSystem({
      presence: 'external',
      listMax: options.listMax,
      roster: () => this.#roster.users(),
      publish: (frame, scope) => this.#publish(frame, scope),
      logger: libraryLogger(options.core),
    })
    this.#manager = manager
    this.#roster = new Roster({
      leases: options.core.leases.leases,
      onJoined: (user) => manager.announceJoined(user),
      onLeft: (user) => manager.announceLeft(user.userId, user.email),
    })
    this.#unwatch = options.core.leases.leases.watch('hub', (change) => this.#onLease(change))
    this.handlers = {
      open: (connection) => {
        connection.data.started = this.#start(connection)
      },
      message: (connection, text) => this.#onMessage(connection, text),
      close: (connection, code) => void this.#end(connection, endReasonOf(code)),
    }
  }

  /** Who may be upgraded: accounts, not guests. Null: the answer is 401. */
  session(answer: AuthAnswer): HubSession | null {
    if (!answer.ok || answer.identity.role === 'guest') return null
    return newSession(answer.identity, this.#options.exposeEmail)
  }

  get size(): number {
    return this.#connections.size
  }

  /** To every hub connection on every node; an admin's (`POST /api/admin/announce`). */
  announce(message: string): void {
    const timestamp = new Date(this.#core.clock.now()).toISOString()
    this.#publish(JSON.stringify({ type: 'announcement', message, timestamp }), {})
  }

  /** Tells every client that the server goes and when to come back (ms from now, different for each). */
  drain(reconnectInMs: () => number): void {
    for (const connection of this.#connections) {
      connection.send(JSON.stringify({ type: 'server_drain', reconnectInMs: reconnectInMs() }))
    }
  }

  stop(): void {
    this.#unwatch()
    this.#roster.stop()
    this.#manager.stop()
  }

  deliver(_topic: Topic, event: CoreEvent, except: string | null): void {
    if (event.type !== 'hub.broadcast') return
    this.#manager.deliverLocal(event.frame, {
      ...(event.exceptUser === null ? {} : { exceptUser: event.exceptUser }),
      ...(except === null ? {} : { exceptConnection: except }),
    })
  }

  #publish(frame: string, scope: BroadcastScope): void {
    const exceptUser = scope.exceptUser ?? null
    this.#core.hub.publish(
      'hub',
      { type: 'hub.broadcast', frame, exceptUser },
      scope.exceptConnection ?? null,
    )
  }

  async #start(connection: HubConnection): Promise<void> {
    const session = connection.data
    try {
      if (!(await this.#takePlace(connection))) return
      this.#core.observer.debug('client connected', {
        connectionId: connection.id,
        dialect: 'hub',
        userId: session.userId,
      })
      session.state = 'open'
      this.#connections.add(connection)
      this.#manager.handleOpen(connection)
    } catch (error) {
      this.#core.observer.error('hub connection not started', error)
      connection.close(...CLOSE.serverError)
      session.state = 'closed'
      await this.#release(session, 'server')
    }
  }

  /** False when there is no place, or the connection is gone already. */
  async #takePlace(connection: HubConnection): Promise<boolean> {
    const core = this.#core
    const session = connection.data
    session.hold = await core.holds.take({
      id: connection.id,
      dialect: this.dialect,
      identity: session.identity,
      end: () => connection.close(...CLOSE.session),
    })
    const answer = await core.leases.take({
      kind: 'hub',
      key: session.userId,
      holder: connection.id,
      value: {
        email: session.email,
        name: session.name,
        connectedAt: new Date(core.clock.now()).toISOString(),
      },
      capacity: this.#options.maxConnectionsPerUser,
      whenFull: 'refuse',
    })
    if (answer.kind === 'full') {
      core.observer.audit('connection refused', { dialect: 'hub', reason: 'limit', userId: session.userId })
      session.state = 'closed'
      connection.close(...CLOSE.limit)
      await this.#release(session, 'server')
      return false
    }
    session.place = answer.lease
    await core.hub.retain('hub', this)
    if (!connection.isOpen) {
      core.hub.release('hub', this)
      session.state = 'closed'
      await this.#release(session, 'client')
      return false
    }
    return true
  }

  async #end(connection: HubConnection, reason: EndReason): Promise<void> {
    const session = connection.data
    const wasOpen = session.state === 'open'
    if (!wasOpen) return
    session.state = 'closed'
    this.#connections.delete(connection)
    this.#manager.handleClose(connection)
    this.#core.hub.release('hub', this)
    await this.#release(session, reason)
  }

  async #release(session: HubSession, reason: EndReason): Promise<void> {
    const { place, hold } = session
    session.place = null
    session.hold = null
    if (place !== null) await this.#core.leases.release(place)
    await hold?.release(reason)
  }

  #onLease(change: LeaseChange): void {
    if (change.type !== 'lost') return
    for (const connection of this.#connections) {
      if (connection.id === change.lease.holder) connection.close(...CLOSE.limit)
    }
  }

  #onMessage(connection: HubConnection, text: string): void | Promise<void> {
    const session = connection.data
    if (session.state === 'starting') return session.started?.then(() => this.#onMessage(connection, text))
    if (session.state === 'closed') return
    const message = parsedOrNull(text)
    if (!this.#withinLimits(connection, message)) return
    if (message?.type === 'chat_message') this.#core.observer.count('parley_messages_total', { kind: 'hub' })
    // What cannot be parsed counts as well; the library says what is wrong with it.
    return message === null
      ? this.#manager.handleMessage(connection, text)
      : this.#manager.handleParsed(connection, message)
  }

  /** A stop of typing is never limited; starts above the limit are dropped in silence (wire, "Rules for all"). */
  #withinLimits(connection: HubConnection, message: ClientMessage | null): boolean {
    const { limits, observer } = this.#core
    const { userId } = connection.data
    if (message?.type === 'typing_indicator') {
      const isStop = 'isTyping' in message && message.isTyping === false
      return isStop || limits.hit('typing', userId).ok
    }
    const answer = limits.hit('hub', userId)
    if (answer.ok) return true
    if (answer.isFirst) observer.audit('limit reached', { limit: 'hub', userId })
    observer.count('parley_refusals_total', { dialect: 'hub' })
    connection.send(
      JSON.stringify({ type: 'error', code: 'RATE_LIMITED', message: 'Too many messages. Slow down.' }),
    )
    return false
  }
}

const parsedOrNull = (text: string): ClientMessage | null => {
  try {
    return parseMessage(text)
  } catch (error) {
    if (error instanceof WebSocketError) return null
    throw error
  }
}

/** The library's words go where the server's go; they name users by id only. */
const libraryLogger = ({ observer }: Core) => ({
  debug: (message: string) => observer.debug('hub', { message }),
  info: (message: string) => observer.debug('hub', { message }),
  warn: (message: string) => observer.debug('hub', { message }),
  error: (message: string, detail?: unknown) => observer.error('hub', detail, { message }),
})
