import type { Observer } from '@parley/core'
import type { HandshakeAuth, Refusal, RefusalReason, SocketDialect, SocketEventHandler } from './dialect.ts'
import type { EventReply } from './reply.ts'
import type { Session } from './session.ts'

/** The dialects that are spoken here, as one: who claims a client, and who handles an event. */
export class Dialects {
  readonly #observer: Observer
  readonly #all: SocketDialect[] = []
  readonly #handlers = new Map<unknown, SocketEventHandler>()

  constructor(observer: Observer) {
    this.#observer = observer
  }

  /** Throws when an event of it is another dialect's already. */
  add(dialect: SocketDialect): void {
    const events = Object.entries(dialect.events)
    for (const [event] of events) {
      if (this.#handlers.has(event)) throw new Error(`two dialects have an event ${event}`)
    }
    for (const [event, handler] of events) this.#handlers.set(event, handler)
    this.#all.push(dialect)
  }

  /** The first that claims such a client, else the last one. */
  claimant(auth: HandshakeAuth): SocketDialect['dialect'] {
    return this.#claimant(auth).dialect
  }

  refusal(auth: HandshakeAuth, reason: RefusalReason): Refusal {
    return this.#claimant(auth).refuse(reason)
  }

  /** Never throws, never rejects: what a handler does wrong is reported, and answered. */
  handle(session: Session, name: unknown, payload: unknown, reply: EventReply): void | Promise<void> {
    const handler = this.#handlers.get(name)
    if (handler === undefined) {
      reply.fail('UNKNOWN_EVENT', 'Unknown event')
      return
    }
    const onError = (error: unknown): void => {
      this.#observer.error('an event handler failed', error, { event: String(name) })
      reply.fail('SERVER_ERROR', 'Server error')
    }
    try {
      const working = handler(session, payload, reply)
      if (working !== undefined) return working.catch(onError)
    } catch (error) {
      onError(error)
    }
  }

  /** Tells each of them in turn. Rejects when one cannot; those after it are not told. */
  async open(session: Session): Promise<void> {
    for (const dialect of this.#all) {
      if (!session.isOpen) return
      session.opened.push(dialect)
      await dialect.opened(session)
    }
  }

  /** Tells those that were told of its beginning. Never rejects. */
  async close(session: Session): Promise<void> {
    await Promise.all(session.opened.map((dialect) => this.#close(dialect, session)))
  }

  async #close(dialect: SocketDialect, session: Session): Promise<void> {
    try {
      await dialect.closed(session)
    } catch (error) {
      this.#observer.error('a socket was not closed', error, { dialect: dialect.dialect })
    }
  }

  #claimant(auth: HandshakeAuth): SocketDialect {
    const claimant = this.#all.find((dialect) => dialect.claims(auth)) ?? this.#all.at(-1)
    if (claimant === undefined) throw new Error('no dialect was added')
    return claimant
  }
}
