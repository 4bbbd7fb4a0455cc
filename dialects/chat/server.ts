import {
  type AuthFailure,
  type Core,
  type CoreEvent,
  type DialectSink,
  type EndReason,
  endReasonOf,
  type LeaseChange,
  type Topic,
} from '@parley/core'
import type { User } from '@parley/model'
import type { ConnectionHandlers } from '@parley/sockets'
import * as codec from './codec.ts'
import { ChatInbound } from './inbound.ts'
import { replayWaiting } from './replay.ts'
import { type ChatConnection, type ChatSession, newSession } from './session.ts'
import { CLOSE } from './wire.ts'

export interface ChatOptions {
  readonly core: Core
  /** `MAX_BUFFERED` in bytes: a replay pauses at half of it. */
  readonly maxBuffered: number
  /** An upgrade whose token was no good, for `LIMIT_CONNECT`. */
  readonly onRefused?: (address: string) => void
}

const REFUSALS: Record<AuthFailure, readonly [number, string]> = {
  missing: CLOSE.authenticationRequired,
  invalid: CLOSE.invalidToken,
  'user-not-found': CLOSE.userNotFound,
  unavailable: CLOSE.serverError,
}

/**
 * The chat dialect (document 001): binds WebSocket connections to the core. It translates; what is allowed, stored
 * and told is the core's.
 */
export class ChatServer implements DialectSink {
  readonly dialect = 'chat'
  /** What the acceptor calls for each connection on `/ws?token=`. */
  readonly handlers: ConnectionHandlers<ChatSession>
  readonly #core: Core
  readonly #options: ChatOptions
  /** One connection a user: a newer one takes the older one's lease, on whichever node. */
  readonly #byUser = new Map<string, ChatConnection>()
  readonly #inbound: ChatInbound
  readonly #unwatch: () => void

  constructor(options: ChatOptions) {
    this.#core = options.core
    this.#options = options
    this.#inbound = new ChatInbound(options.core)
    this.handlers = {
      open: (connection) => {
        connection.data.started = this.#start(connection)
      },
      message: (connection, text) => this.#inbound.onMessage(connection, text),
      close: (connection, code) => void this.#end(connection, endReasonOf(code)),
    }
    this.#unwatch = this.#core.leases.leases.watch('chat', (change) => this.#onLease(change))
  }

  /** The state of a new connection, for the acceptor. */
  session(token: string): ChatSession {
    return newSession(token)
  }

  /** Users connected here. */
  get size(): number {
    return this.#byUser.size
  }

  /** Tells every client that the server goes and when to come back (ms from now, different for each). */
  drain(reconnectInMs: () => number): void {
    for (const connection of this.#byUser.values()) connection.send(codec.serverDrain(reconnectInMs()))
  }

  stop(): void {
    this.#unwatch()
  }

  deliver(topic: Topic, event: CoreEvent, except: string | null): void {
    if (topic === 'presence') {
      this.#deliverPresence(event)
      return
    }
    const connection = this.#byUser.get(topic.slice('user:'.length))
    if (connection === undefined || connection.id === except) return
    this.#deliverTo(connection, event)
  }

  #deliverTo(connection: ChatConnection, event: CoreEvent): void {
    switch (event.type) {
      case 'message.created':
        this.#deliverMessage(connection, event)
        break
      case 'receipt.advanced':
        if (event.status === 'read') connection.send(codec.messagesRead(event.reader, event.at))
        else for (const id of event.messageIds) connection.send(codec.messageDelivered(id, event.at))
        break
      case 'typing.changed':
        connection.send(codec.typingIndicator(event.user, event.isTyping))
        break
      // Edits and deletions: chat hears nothing (wire, chat). The rest is other dialects', or no user's.
      case 'message.changed':
      case 'reaction.changed':
      case 'channel.changed':
      case 'channel.left':
      case 'channel.activity':
      case 'channel.read':
      case 'room.whispered':
      case 'room.changed':
      case 'room.left':
      case 'presence.changed':
      case 'presence.listed':
      case 'identity.ended':
      case 'hub.broadcast':
      case 'peer.relayed':
      case 'peer.probed':
      case 'peer.alive':
      case 'group.joined':
      case 'group.left':
      case 'group.peer-changed':
      case 'call.offered':
      case 'call.answered':
      case 'call.over':
      case 'heads.announced':
      case 'heads.asked':
        break
    }
  }

  #deliverMessage(connection: ChatConnection, event: Extract<CoreEvent, { type: 'message.created' }>): void {
    const session = connection.data
    // One's own messages from other connections: document 001 has no frame for them.
    if (session.user === null || event.sender.id === session.user.id) return
    if (session.state !== 'live') {
      session.missed = true
      return
    }
    const { user } = session
    const { conversationId, seq } = event.message
    if (seq <= (session.replayedTo?.get(conversationId) ?? 0)) return
    connection.send(codec.newMessage(event), () => {
      this.#core.observer.count('parley_deliveries_total', { dialect: 'chat' })
      void this.#core.receipts.delivered(user, conversationId, seq)
    })
  }

  #deliverPresence(event: CoreEvent): void {
    if (event.type === 'presence.listed') {
      const frame = codec.onlineUsers(event, event.at)
      for (const connection of this.#byUser.values()) connection.send(frame)
    } else if (event.type === 'presence.changed') {
      const frame = codec.userPresence(event.user, event.isOnline)
      if (event.audience === null) {
        for (const [userId, connection] of this.#byUser) {
          if (userId !== event.user.id) connection.send(frame)
        }
      } else {
        for (const userId of event.audience) this.#byUser.get(userId)?.send(frame)
      }
    }
  }

  async #start(connection: ChatConnection): Promise<void> {
    const session = connection.data
    try {
      const { token } = session
      session.token = ''
      const answer = await this.#core.authenticator.byToken(token === '' ? null : token)
      if (session.state === 'closed') return
      // Guests have no direct messages (wire, "REST common to all"): to chat they are nobody.
      if (!answer.ok) return this.#refuse(connection, answer.reason)
      if (answer.identity.role === 'guest') return this.#refuse(connection, 'user-not-found')
      const { userId: id, username, avatar } = answer.identity
      session.identity = answer.identity
      session.user = { id, username, avatar }
      session.hold = await this.#core.holds.take({
        id: connection.id,
        dialect: this.dialect,
        identity: answer.identity,
        end: () => connection.close(...CLOSE.invalidToken),
      })
      await this.#takePlace(connection, session.user)
    } catch (error) {
      this.#core.observer.error('chat connection not started', error)
      this.#refuse(connection, 'unavailable')
      await this.#release(session, 'server')
    }
  }

  #refuse(connection: ChatConnection, reason: AuthFailure): void {
    connection.data.state = 'closed'
    if (reason !== 'unavailable') this.#options.onRefused?.(connection.remoteAddress)
    this.#core.observer.audit('connection refused', { dialect: 'chat', reason })
    connection.close(...REFUSALS[reason])
  }

  async #takePlace(connection: ChatConnection, user: User): Promise<void> {
    const core = this.#core
    const session = connection.data
    const place = await core.leases.take({
      kind: 'chat',
      key: user.id,
      holder: connection.id,
      value: {},
      capacity: 1,
      whenFull: 'evict',
    })
    if (place.kind === 'taken') session.chatLease = place.lease
    await Promise.all([core.hub.retain(`user:${user.id}`, this), core.hub.retain('presence', this)])
    // As it is now, not as it was before the waits.
    const state = (): ChatSession['state'] => session.state
    if (state() === 'closed' || !this.#become(connection, user)) {
      this.#releaseTopics(user)
      await this.#release(session, state() === 'closed' ? 'client' : 'replaced')
      return
    }
    core.observer.debug('client connected', { connectionId: connection.id, dialect: 'chat', userId: user.id })
    const now = core.clock.now()
    connection.send(codec.connectionEstablished(user, now))
    connection.send(codec.onlineUsers(core.presence.online(), now))
    session.state = 'replaying'
    session.replayed = replayWaiting(core, connection, user, this.#options.maxBuffered).catch(
      (error: unknown) => {
        core.observer.error('replay failed', error)
        connection.close(...CLOSE.serverError)
      },
    )
  }

  /** Makes this the user's connection here, unless one that came later already is. The loser is closed. */
  #become(connection: ChatConnection, user: User): boolean {
    const current = this.#byUser.get(user.id)
    const isNewer = (current?.data.chatLease?.token ?? 0) < (connection.data.chatLease?.token ?? 0)
    if (current !== undefined) (isNewer ? current : connection).close(...CLOSE.newConnection)
    if (current !== undefined && !isNewer) return false
    this.#byUser.set(user.id, connection)
    return true
  }

  #onLease(change: LeaseChange): void {
    if (change.type !== 'lost') return
    const connection = this.#byUser.get(change.lease.key)
    if (connection?.id === change.lease.holder) connection.close(...CLOSE.newConnection)
  }

  async #end(connection: ChatConnection, reason: EndReason): Promise<void> {
    const session = connection.data
    const wasStarted = session.state === 'replaying' || session.state === 'live'
    session.state = 'closed'
    session.inFlight.release()
    const { user } = session
    if (user === null || !wasStarted) return
    this.#core.observer.debug('client disconnected', {
      connectionId: connection.id,
      dialect: 'chat',
      userId: user.id,
    })
    if (this.#byUser.get(user.id) === connection) this.#byUser.delete(user.id)
    this.#releaseTopics(user)
    this.#core.typing.disconnect(user, connection.id)
    await this.#release(session, reason)
  }

  #releaseTopics(user: User): void {
    this.#core.hub.release(`user:${user.id}`, this)
    this.#core.hub.release('presence', this)
  }

  async #release(session: ChatSession, reason: EndReason): Promise<void> {
    const { chatLease, hold } = session
    session.chatLease = null
    session.hold = null
    if (chatLease !== null) await this.#core.leases.release(chatLease)
    await hold?.release(reason)
  }
}
