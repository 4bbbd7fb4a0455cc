import type { Authenticator, Observer } from '@parley/core'
import type { EventReply } from './reply.ts'
import type { Session } from './session.ts'

/** The event by which a client gives a later token, so that its connection outlives the one that it came with. */
export const RENEW_EVENT = 'auth:renew'

interface Dependencies {
  readonly authenticator: Authenticator
  readonly observer: Observer
  /** A token that was no good. */
  readonly onRefused: (address: string) => void
}

/** Takes a later token of the same user on an open connection. */
export class Renewal {
  readonly #with: Dependencies

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  /** A token that is no good, or somebody else's, changes nothing: the connection ends when its own token does. */
  async take(session: Session, payload: unknown, reply: EventReply): Promise<void> {
    const { authenticator, observer, onRefused } = this.#with
    const token = tokenIn(payload)
    try {
      const answer = await authenticator.byToken(token)
      if (!answer.ok && answer.reason === 'unavailable') {
        reply.fail('UNAVAILABLE', 'Accounts are out of reach for the moment. Try again.')
      } else if (!answer.ok || answer.identity.userId !== session.identity.userId) {
        onRefused(session.link.address)
        observer.audit('renewal refused', { userId: session.user.id, connectionId: session.id })
        reply.fail('TOKEN_INVALID', 'Invalid token')
      } else {
        session.renew(answer.identity)
        reply.ok()
      }
    } catch (error) {
      observer.error('a token was not checked', error)
      reply.fail('UNAVAILABLE', 'Accounts are out of reach for the moment. Try again.')
    }
  }
}

const tokenIn = (payload: unknown): string | null => {
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, 'token')) return null
  const { token } = payload as { token: unknown }
  return typeof token === 'string' && token !== '' ? token : null
}
