import type { ConnectionLog, EndReason } from './connection-log.ts'
import type { LiveIdentities } from './live-identities.ts'
import type { Identity } from './ports/identity.ts'
import type { Presence } from './presence.ts'

/** A connection of any dialect whose identity was checked. */
export interface HeldConnection {
  readonly id: string
  readonly dialect: string
  readonly identity: Identity
  /** Called once when the identity is no longer good; also while the hold is still being taken. */
  readonly end: () => void
}

interface Dependencies {
  readonly identities: LiveIdentities
  readonly presence: Presence
  readonly log: ConnectionLog
}

/** What the core holds for every connection, whatever it speaks: a watch over its identity, presence, a line in the log. */
export class ConnectionHolds {
  readonly #with: Dependencies

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  /** Resolves when the user is online by this connection. Rejects, and holds nothing, when that cannot be. */
  async take({ id, dialect, identity, end }: HeldConnection): Promise<ConnectionHold> {
    const { identities, presence, log } = this.#with
    const { userId, username, avatar } = identity
    // Before the wait: an identity that ends while the connection starts ends it too.
    let hasEnded = false
    const onEnd = (): void => {
      hasEnded = true
      end()
    }
    let unwatch = identities.watch(identity, onEnd)
    try {
      const lease = await presence.connect({ id: userId, username, avatar }, id)
      log.opened({ id, dialect, userId })
      return new ConnectionHold({
        renew: (renewed) => {
          if (hasEnded) return
          unwatch()
          unwatch = identities.watch(renewed, onEnd)
        },
        end: async (reason) => {
          unwatch()
          log.closed(id, hasEnded ? 'session-ended' : reason)
          await presence.disconnect(lease)
        },
      })
    } catch (error) {
      unwatch()
      throw error
    }
  }
}

interface HoldActions {
  readonly renew: (identity: Identity) => void
  readonly end: (reason: EndReason) => Promise<void>
}

/** Released once, when the connection is gone. */
export class ConnectionHold {
  readonly #actions: HoldActions
  #isReleased = false

  constructor(actions: HoldActions) {
    this.#actions = actions
  }

  /** The same user, by a later token: from now on the connection lasts as long as that one. Nothing once it has ended. */
  renew(identity: Identity): void {
    if (!this.#isReleased) this.#actions.renew(identity)
  }

  /** Idempotent; never rejects. The identity is watched no longer from the call on. */
  async release(reason: EndReason): Promise<void> {
    if (this.#isReleased) return
    this.#isReleased = true
    await this.#actions.end(reason)
  }
}
