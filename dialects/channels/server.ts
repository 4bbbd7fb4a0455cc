import type { Core, CoreEvent, DialectSink, Topic } from '@parley/core'
import type {
  HandshakeAuth,
  Refusal,
  RefusalReason,
  SocketDialect,
  SocketRooms,
  SocketSession,
} from '@parley/socketio'
import { Entrance, isRefusal } from './entrance.ts'
import { ChannelsInbound } from './inbound.ts'
import { Outbound } from './outbound.ts'
import { PresenceWatch } from './presence-watch.ts'
import { type ChannelsSession, newSession } from './session.ts'

const REFUSALS: Readonly<Record<RefusalReason, readonly [code: string, message: string]>> = {
  missing: ['TOKEN_MISSING', 'Authentication token missing'],
  invalid: ['TOKEN_INVALID', 'Invalid token'],
  'user-mismatch': ['USER_MISMATCH', 'The token belongs to another user'],
  'user-not-found': ['USER_NOT_FOUND', 'User not found'],
  unavailable: ['UNAVAILABLE', 'The server cannot check identities now. Try again.'],
}

/** Channels that an inbox enters when it opens, a page at a time. */
const INBOX_PAGE = 1_000

/**
 * The channels dialect (document 003) over Socket.IO. It translates; who may do what, what is stored and who hears of it
 * is the core's.
 */
export class ChannelsDialect implements SocketDialect, DialectSink {
  readonly dialect = 'channels'
  readonly events: SocketDialect['events']
  readonly #core: Core
  readonly #sessions = new Map<string, ChannelsSession>()
  readonly #byUser = new Map<string, Set<ChannelsSession>>()
  readonly #entrance: Entrance
  readonly #watch: PresenceWatch
  readonly #outbound: Outbound

  constructor({ core, rooms }: { core: Core; rooms: SocketRooms }) {
    this.#core = core
    this.#entrance = new Entrance(core, this)
    this.#watch = new PresenceWatch(core, rooms, this)
    this.#outbound = new Outbound({
      core,
      rooms,
      entrance: this.#entrance,
      watch: this.#watch,
      sessionsOf: (userId) => this.#byUser.get(userId) ?? NONE,
    })
    const { events } = new ChannelsInbound({
      core,
      entrance: this.#entrance,
      watch: this.#watch,
      sessionOf: (socketId) => this.#sessions.get(socketId) ?? null,
    })
    this.events = events
  }

  /** A client of document 003 names its user; whisper's never does. */
  claims(auth: HandshakeAuth): boolean {
    return Object.hasOwn(auth, 'userId')
  }

  refuse(reason: RefusalReason): Refusal {
    const [code, message] = REFUSALS[reason]
    return { message: 'Unauthorized', data: { code, message } }
  }

  async opened(socket: SocketSession): Promise<void> {
    const session = newSession(socket)
    const userId = socket.user.id
    this.#sessions.set(socket.id, session)
    const sessions = this.#byUser.get(userId) ?? new Set()
    this.#byUser.set(userId, sessions.add(session))
    socket.join(`user:${userId}`)
    await this.#core.hub.retain(`user:${userId}`, this)
    if (session.inbox) await this.#fillInbox(session)
  }

  closed(socket: SocketSession): void {
    const session = this.#sessions.get(socket.id)
    if (session === undefined) return
    const userId = socket.user.id
    this.#sessions.delete(socket.id)
    const sessions = this.#byUser.get(userId)
    if (sessions?.delete(session) === true && sessions.size === 0) this.#byUser.delete(userId)
    session.inFlight.release()
    this.#core.typing.disconnect(session.sender, socket.id)
    this.#entrance.leaveAll(session)
    this.#watch.remove(session, session.watched)
    this.#core.hub.release(`user:${userId}`, this)
  }

  deliver(topic: Topic, event: CoreEvent, except: string | null): void {
    this.#outbound.deliver(topic, event, except)
  }

  /** Rejects when a channel cannot be entered now: the client then comes again, and does not wait for what it never hears. */
  async #fillInbox(session: ChannelsSession): Promise<void> {
    const { removals } = session
    const { items } = await this.#core.channels.list(session.sender.id, { limit: INBOX_PAGE })
    for (const view of items) {
      if (!session.socket.isOpen) return
      await this.#entrance.enterListed(session, view, removals).catch((error: unknown) => {
        if (!isRefusal(error)) throw error
      })
    }
  }
}

const NONE: ReadonlySet<ChannelsSession> = new Set()
