import type { User } from '@parley/model'
import type { EventHub } from './event-hub.ts'
import type { TypingPlace } from './events.ts'
import type { Limits } from './limits.ts'
import type { Topic } from './ports/bus.ts'
import type { Clock } from './ports/clock.ts'

/** Typing ends by itself this long after the last start (ms; wire, "Rules for all"). */
export const TYPING_TTL = 30_000
/** Most places one user can be seen typing in at once; the oldest ends. */
export const MAX_TYPING_PER_USER = 20

interface TypingEntry {
  readonly place: TypingPlace
  readonly connectionId: string
  timer: { cancel(): void }
}

/**
 * Who types where. Watchers hear changes only, never refreshes; it ends on stop, on sending, on leaving, on disconnect of
 * the typing connection, or `TYPING_TTL` after the last start. A stop is never limited. Whether somebody may be seen
 * typing in a place is checked by who calls `start`.
 */
export class Typing {
  readonly #hub: EventHub
  readonly #limits: Limits
  readonly #clock: Clock
  /** typist → topic of the place → entry; empty maps are dropped. */
  readonly #entries = new Map<string, Map<Topic, TypingEntry>>()

  constructor(dependencies: { hub: EventHub; limits: Limits; clock: Clock }) {
    this.#hub = dependencies.hub
    this.#limits = dependencies.limits
    this.#clock = dependencies.clock
  }

  /** More starts than the limit are dropped in silence. */
  start(user: User, place: TypingPlace, connectionId: string): void {
    const topic = topicOf(place)
    if (topic === `user:${user.id}` || !this.#limits.hit('typing', user.id).ok) return
    const mine = this.#entries.get(user.id) ?? new Map<Topic, TypingEntry>()
    const timer = this.#clock.after(TYPING_TTL, () => this.stop(user, place))
    const current = mine.get(topic)
    current?.timer.cancel()
    mine.delete(topic)
    mine.set(topic, { place, connectionId, timer })
    this.#entries.set(user.id, mine)
    if (current === undefined) this.#tell(user, place, true, connectionId)
    if (mine.size > MAX_TYPING_PER_USER) this.stop(user, mine.values().next().value!.place)
  }

  /** Idempotent: who was not typing is not heard to stop. */
  stop(user: User, place: TypingPlace): void {
    const topic = topicOf(place)
    const mine = this.#entries.get(user.id)
    const entry = mine?.get(topic)
    if (mine === undefined || entry === undefined) return
    entry.timer.cancel()
    mine.delete(topic)
    if (mine.size === 0) this.#entries.delete(user.id)
    this.#tell(user, place, false, entry.connectionId)
  }

  /** Ends what this connection began there, and not what another one of the user began. */
  leave(user: User, place: TypingPlace, connectionId: string): void {
    const entry = this.#entries.get(user.id)?.get(topicOf(place))
    if (entry?.connectionId === connectionId) this.stop(user, place)
  }

  /** Ends everything that this connection began. */
  disconnect(user: User, connectionId: string): void {
    for (const entry of this.#entries.get(user.id)?.values() ?? []) {
      if (entry.connectionId === connectionId) this.stop(user, entry.place)
    }
  }

  /** The connection that types is not told. */
  #tell(user: User, place: TypingPlace, isTyping: boolean, connectionId: string): void {
    const { id, username, avatar } = user
    const event = { type: 'typing.changed', user: { id, username, avatar }, place, isTyping } as const
    this.#hub.publish(topicOf(place), event, connectionId)
  }
}

const topicOf = (place: TypingPlace): Topic => {
  if ('directWith' in place) return `user:${place.directWith}`
  return 'channelId' in place ? `conversation:${place.channelId}` : `room:${place.roomCode}`
}
