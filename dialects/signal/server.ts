import { type Core, type EndReason, endReasonOf, type Identity, type ParticipantNews } from '@parley/core'
import type { ConnectionHandlers } from '@parley/sockets'
import * as codec from './codec.ts'
import { SignalInbound } from './inbound.ts'
import { newSession, type SignalConnection, type SignalSession } from './session.ts'
import { CLOSE } from './wire.ts'

export interface SignalOptions {
  readonly core: Core
  /** An upgrade whose token was no good, for `LIMIT_CONNECT`. */
  readonly onRefused?: (address: string) => void
}

/**
 * The signal dialect (document 000): binds WebSocket connections to the core's participants. Anybody may come; who
 * brings a token speaks for an account.
 */
export class SignalServer {
  readonly dialect = 'signal'
  /** What the acceptor calls for each connection on `/signal` and `/`. */
  readonly handlers: ConnectionHandlers<SignalSession>
  readonly #core: Core
  readonly #options: SignalOptions
  readonly #inbound: SignalInbound
  readonly #connections = new Set<SignalConnection>()

  constructor(options: SignalOptions) {
    this.#core = options.core
    this.#options = options
    this.#inbound = new SignalInbound(options.core)
    this.handlers = {
      open: (connection) => {
        this.#connections.add(connection)
        connection.data.started = this.#start(connection)
      },
      message: (connection, text) => this.#inbound.onMessage(connection, text),
      close: (connection, code) => void this.#end(connection, endReasonOf(code)),
    }
  }

  /** The state of a new connection, for the acceptor. Null: a guest. */
  session(token: string | null): SignalSession {
    return newSession(token)
  }

  get size(): number {
    return this.#connections.size
  }

  /** Tells every client that the server goes and when to come back (ms from now, different for each). */
  drain(reconnectInMs: () => number): void {
    const now = this.#core.clock.now()
    for (const connection of this.#connections) connection.send(codec.serverDrain(reconnectInMs(), now))
  }

  async #start(connection: SignalConnection): Promise<void> {
    const session = connection.data
    // As it is now, not as it was before the waits.
    const isClosed = (): boolean => session.state === 'closed'
    try {
      const identity = session.token === null ? null : await this.#identify(connection, session.token)
      if (isClosed()) return
      if (identity !== null) {
        session.hold = await this.#core.holds.take({
          id: connection.id,
          dialect: this.dialect,
          identity,
          end: () => connection.close(...CLOSE.invalidToken),
        })
      }
      session.participant = this.#core.participants.newParticipant({
        connectionId: connection.id,
        account: identity === null ? null : accountOf(identity),
        isAlive: () => connection.ping(),
        tell: (news) => this.#tell(connection, news),
      })
      await session.participant.start()
      if (isClosed()) return await this.#release(session, 'client')
      session.state = 'live'
      const userId = identity?.userId ?? null
      this.#core.observer.debug('client connected', {
        connectionId: connection.id,
        dialect: 'signal',
        userId,
      })
    } catch (error) {
      this.#core.observer.error('signal connection not started', error)
      session.state = 'closed'
      connection.close(...CLOSE.serverError)
      await this.#release(session, 'server')
    }
  }

  /** Null: closed, as the token is no good. */
  async #identify(connection: SignalConnection, token: string): Promise<Identity | null> {
    const answer = await this.#core.authenticator.byToken(token)
    if (answer.ok) return answer.identity
    connection.data.state = 'closed'
    if (answer.reason === 'unavailable') {
      connection.close(...CLOSE.serverError)
      return null
    }
    this.#options.onRefused?.(connection.remoteAddress)
    this.#core.observer.audit('connection refused', { dialect: 'signal', reason: answer.reason })
    connection.close(...CLOSE.invalidToken)
    return null
  }

  #tell(connection: SignalConnection, news: ParticipantNews): void {
    if (news.type === 'place.lost') connection.close(...CLOSE.tryAgain)
    for (const frame of codec.framesOf(news, this.#core.clock.now())) connection.send(frame)
  }

  async #end(connection: SignalConnection, reason: EndReason): Promise<void> {
    const session = connection.data
    const wasLive = session.state === 'live'
    session.state = 'closed'
    this.#connections.delete(connection)
    // While it starts, the start itself gives everything back.
    if (!wasLive) return
    this.#core.observer.debug('client disconnected', { connectionId: connection.id, dialect: 'signal' })
    await this.#release(session, reason)
  }

  async #release(session: SignalSession, reason: EndReason): Promise<void> {
    const { participant, hold } = session
    session.participant = null
    session.hold = null
    await participant?.close()
    await hold?.release(reason)
  }
}

const accountOf = ({ userId, username, avatar, role }: Identity) => ({ id: userId, username, avatar, role })
