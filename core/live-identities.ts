import type { EventHub } from './event-hub.ts'
import type { CoreEvent } from './events.ts'
import type { Topic } from './ports/bus.ts'
import type { Clock } from './ports/clock.ts'
import type { Authenticator, Identity } from './ports/identity.ts'
import type { Observer } from './ports/observer.ts'

/** How often every live identity is asked for again (ms): a revocation the bus lost takes effect within 60 s. */
export const REVALIDATE_INTERVAL = 25_000
/** How many are asked for at once. */
const REVALIDATE_AT_ONCE = 50

interface Live {
  readonly identity: Identity
  readonly end: () => void
}

/**
 * The identities that connections of this node speak for. Sign-out, ban and removal end them at once by the bus;
 * expiry, and what the bus lost, within 60 s.
 */
export class LiveIdentities {
  readonly dialect = 'identities'
  readonly #hub: EventHub
  readonly #authenticator: Authenticator
  readonly #observer: Observer
  readonly #clock: Clock
  /** The arrays never change: most users have one connection, and a set for it would be four times as large. */
  readonly #byUser = new Map<string, readonly Live[]>()
  #timer: { cancel(): void } | null = null

  constructor(dependencies: {
    hub: EventHub
    authenticator: Authenticator
    clock: Clock
    observer: Observer
  }) {
    this.#hub = dependencies.hub
    this.#authenticator = dependencies.authenticator
    this.#clock = dependencies.clock
    this.#observer = dependencies.observer
  }

  async start(): Promise<void> {
    await this.#hub.retain('nodes', this)
    this.#schedule()
  }

  /** `end` is called once when the identity is no longer good. The answer forgets it. */
  watch(identity: Identity, end: () => void): () => void {
    const live: Live = { identity, end }
    this.#byUser.set(identity.userId, [...(this.#byUser.get(identity.userId) ?? []), live])
    return () => this.#forget(live)
  }

  /** Tells every node that this user's session (null: every session) is over. */
  end(userId: string, sessionId: string | null): void {
    this.#hub.publish('nodes', { type: 'identity.ended', userId, sessionId })
  }

  deliver(_topic: Topic, event: CoreEvent): void {
    if (event.type !== 'identity.ended') return
    for (const live of this.#byUser.get(event.userId) ?? []) {
      if (event.sessionId === null || live.identity.sessionId === event.sessionId) this.#end(live)
    }
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#hub.release('nodes', this)
  }

  #schedule(): void {
    this.#timer = this.#clock.after(REVALIDATE_INTERVAL, () => {
      void this.#revalidate().finally(() => {
        if (this.#timer !== null) this.#schedule()
      })
    })
  }

  async #revalidate(): Promise<void> {
    const lives = [...this.#byUser.values()].flat()
    for (let from = 0; from < lives.length; from += REVALIDATE_AT_ONCE) {
      await Promise.all(lives.slice(from, from + REVALIDATE_AT_ONCE).map((live) => this.#check(live)))
    }
  }

  async #check(live: Live): Promise<void> {
    try {
      if (!(await this.#authenticator.isValid(live.identity))) this.#end(live)
    } catch (error) {
      // The store is away: nobody is put out for that; the next round asks again.
      this.#observer.error('identity not checked', error)
    }
  }

  #end(live: Live): void {
    this.#forget(live)
    this.#observer.audit('session ended', {
      userId: live.identity.userId,
      sessionId: live.identity.sessionId,
    })
    live.end()
  }

  #forget(live: Live): void {
    const { userId } = live.identity
    const others = this.#byUser.get(userId)?.filter((other) => other !== live) ?? []
    if (others.length === 0) this.#byUser.delete(userId)
    else this.#byUser.set(userId, others)
  }
}
