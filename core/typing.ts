import type { User } from '@parley/model'
import type { EventHub } from './event-hub.ts'
import type { Limits } from './limits.ts'
import type { Clock } from './ports/clock.ts'

/** Typing ends by itself this long after the last start (ms; wire, "Rules for all"). */
export const TYPING_TTL = 30_000
/** Most receivers one user can be seen typing to at once; the oldest ends. */
export const MAX_TYPING_PER_USER = 20

interface TypingEntry {
  readonly connectionId: string
  timer: { cancel(): void }
}

/**
 * Who types to whom. Watchers hear changes only, never refreshes; it ends on stop, on sending, on disconnect of the
 * typing connection, or `TYPING_TTL` after the last start. A stop is never limited.
 */
export class Typing {
  readonly #hub: EventHub
  readonly #limits: Limits
  readonly #clock: Clock
  /** typist → receiver → entry; empty maps are dropped. */
  readonly #entries = new Map<string, Map<string, TypingEntry>>()

  constructor(dependencies: { hub: EventHub; limits: Limits; clock: Clock }) {
    this.#hub = dependencies.hub
    this.#limits = dependencies.limits
    this.#clock = dependencies.clock
  }

  /** More starts than the limit are dropped in silence. */
  start(user: User, receiverId: string, connectionId: string): void {
    if (receiverId === user.id || !this.#limits.hit('typing', user.id).ok) return
    const mine = this.#entries.get(user.id) ?? new Map<string, TypingEntry>()
    const timer = this.#clock.after(TYPING_TTL, () => this.stop(user, receiverId))
    const current = mine.get(receiverId)
    current?.timer.cancel()
    mine.delete(receiverId)
    mine.set(receiverId, { connectionId, timer })
    this.#entries.set(user.id, mine)
    if (current === undefined) this.#tell(user, receiverId, true)
    if (mine.size > MAX_TYPING_PER_USER) this.stop(user, mine.keys().next().value!)
  }

  /** Idempotent: who was not typing is not heard to stop. */
  stop(user: User, receiverId: string): void {
    const mine = this.#entries.get(user.id)
    const entry = mine?.get(receiverId)
    if (mine === undefined || entry === undefined) return
    entry.timer.cancel()
    mine.delete(receiverId)
    if (mine.size === 0) this.#entries.delete(user.id)
    this.#tell(user, receiverId, false)
  }

  /** Ends everything that this connection began. */
  disconnect(user: User, connectionId: string): void {
    for (const [receiverId, entry] of this.#entries.get(user.id) ?? []) {
      if (entry.connectionId === connectionId) this.stop(user, receiverId)
    }
  }

  #tell(user: User, receiverId: string, isTyping: boolean): void {
    this.#hub.publish(`user:${receiverId}`, {
      type: 'typing.changed',
      user,
      directWith: receiverId,
      isTyping,
    })
  }
}
