import type { Core } from '@parley/core'
import type { Socket } from 'socket.io'
import type { HandshakeAuth, RefusalReason } from './dialect.ts'
import type { Dialects } from './dialects.ts'
import { authOf, checkHandshake } from './handshake.ts'
import type { Link } from './link.ts'
import { Session } from './session.ts'

const SESSION_ENDED = [1008, 'Session ended'] as const

interface AdmissionDependencies {
  readonly core: Core
  readonly dialects: Dialects
  readonly onRefused: (address: string) => void
}

/** Lets clients in: once per connection, with an identity and presence, or with a refusal in their dialect's words. */
export class Admission {
  readonly #core: Core
  readonly #dialects: Dialects
  readonly #onRefused: (address: string) => void

  constructor(dependencies: AdmissionDependencies) {
    this.#core = dependencies.core
    this.#dialects = dependencies.dialects
    this.#onRefused = dependencies.onRefused
  }

  /**
   * Resolves to null once `link.session` is there and holds everything; else to what the client is told, and nothing is
   * held. Rejects only when a dialect cannot say what its refusal is.
   */
  async admit(socket: Socket, link: Link): Promise<Error | null> {
    if (link.isStarting || link.session !== null) return new Error('Already connected')
    link.isStarting = true
    const auth = authOf(socket)
    try {
      const answer = await checkHandshake(this.#core.authenticator, auth)
      if (!link.isOpen) return new Error('Closed')
      if (!answer.ok) return this.#refuse(link, auth, answer.reason)
      const { identity } = answer
      const dialect = this.#dialects.claimant(auth)
      return await this.#takePresence(new Session({ socket, link, identity, auth, dialect }))
    } catch (error) {
      this.#core.observer.error('socket connection not started', error)
      return this.#refuse(link, auth, 'unavailable')
    } finally {
      link.isStarting = false
    }
  }

  async #takePresence(session: Session): Promise<Error | null> {
    const { link, identity, id, dialect } = session
    const hold = await this.#core.holds.take({
      id,
      dialect,
      identity,
      end: () => void link.close(...SESSION_ENDED),
    })
    if (!link.isOpen) {
      await hold.release('client')
      return new Error('Closed')
    }
    session.hold = hold
    session.state = 'ready'
    link.session = session
    return null
  }

  #refuse(link: Link, auth: HandshakeAuth, reason: RefusalReason): Error {
    const { message, data } = this.#dialects.refusal(auth, reason)
    if (reason !== 'unavailable') this.#onRefused(link.address)
    this.#core.observer.audit('connection refused', { dialect: this.#dialects.claimant(auth), reason })
    return Object.assign(new Error(message), data === undefined ? {} : { data })
  }
}
