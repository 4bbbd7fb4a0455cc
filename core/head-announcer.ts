import type { Told } from './audience.ts'
import { durableOf } from './conversation-stream.ts'
import type { DialectSink, EventHub } from './event-hub.ts'
import type { AnnouncedHead, CoreEvent } from './events.ts'
import type { Bus, Topic } from './ports/bus.ts'
import type { Clock } from './ports/clock.ts'

/** How often other nodes hear where conversations stand that changed here (ms). */
export const ANNOUNCE_INTERVAL = 800
/** How often the same is said, or asked: one that was lost, or came before the other node was back, is said again. */
const REPEATS = 3
/** Most conversations that are remembered, those that changed last; about 400 bytes each. */
const MAX_HEADS = 50_000
/** Most times of change of one that are told apart; above it the oldest are taken for one. */
const MAX_BURSTS = 8
/** Conversations in one event. */
const HEADS_AT_ONCE = 200
/** How much longer than it knows a node may have been away (ms): what it was last told may have been lost. */
const MARGIN = 5_000

/** Changes that were announced together. */
interface Burst {
  readonly from: number
  readonly seqFrom: number | null
  /** When the last of them was (ms). */
  readonly until: number
}

interface Head {
  readonly conversationId: string
  readonly members: Told['members']
  readonly rev: number
  /** Oldest first; at least one. */
  readonly bursts: readonly Burst[]
  /** How often the last burst was announced. */
  repeats: number
}

/**
 * Tells other nodes where the conversations stand that were written to here: so that a lost last event of one that falls
 * silent is missed by them. A node that was cut off asks, and is told what changed since.
 */
export class HeadAnnouncer implements DialectSink {
  readonly dialect = 'heads'
  readonly #hub: EventHub
  readonly #bus: Bus
  readonly #clock: Clock
  /** By conversation, in the order of the last change. */
  readonly #heads = new Map<string, Head>()
  /** Those of them that were not announced often enough. */
  readonly #news = new Map<string, Head>()
  readonly #forget: () => void
  #timer: { cancel(): void } | null = null
  #upAt: number
  #asks = 0
  #awayMs = 0

  constructor(dependencies: { hub: EventHub; bus: Bus; clock: Clock }) {
    this.#hub = dependencies.hub
    this.#bus = dependencies.bus
    this.#clock = dependencies.clock
    this.#upAt = this.#clock.now()
    this.#forget = this.#bus.onRestored(() => this.#onRestored())
  }

  async start(): Promise<void> {
    if (this.#bus.reach !== 'nodes') return
    this.#schedule()
    await this.#hub.retain('nodes', this)
  }

  /** An event was published; only those of conversations are looked at. */
  note(place: Told, event: CoreEvent): void {
    const change = this.#bus.reach === 'nodes' ? durableOf(event) : null
    if (change === null) return
    const { conversationId, rev, seq } = change
    const known = this.#heads.get(conversationId)
    const now = { from: rev, seqFrom: seq, until: this.#clock.now() }
    const bursts = withBurst(known, now)
    const { members } = place
    this.#set({ conversationId, members, rev: Math.max(rev, known?.rev ?? 0), bursts, repeats: 0 })
  }

  #set(head: Head): void {
    const { conversationId } = head
    this.#heads.delete(conversationId)
    if (this.#heads.size >= MAX_HEADS) {
      const oldest = this.#heads.keys().next().value!
      this.#heads.delete(oldest)
      this.#news.delete(oldest)
    }
    this.#heads.set(conversationId, head)
    this.#news.set(conversationId, head)
  }

  deliver(_topic: Topic, event: CoreEvent): void {
    if (event.type !== 'heads.asked') return
    const since = this.#clock.now() - event.awayMs - MARGIN
    const heads: AnnouncedHead[] = []
    for (const head of this.#heads.values()) {
      const burst = head.bursts.find(({ until }) => until >= since)
      if (burst !== undefined) heads.push(announced(head, burst))
    }
    this.#announce(heads)
  }

  stop(): void {
    this.#forget()
    if (this.#timer === null) return
    this.#timer.cancel()
    this.#timer = null
    this.#hub.release('nodes', this)
  }

  #onRestored(): void {
    this.#awayMs = this.#clock.now() - this.#upAt
    this.#asks = REPEATS
    this.#ask()
  }

  #ask(): void {
    if (this.#asks === 0) return
    this.#asks -= 1
    const awayMs = this.#awayMs + (REPEATS - this.#asks) * ANNOUNCE_INTERVAL
    this.#hub.publish('nodes', { type: 'heads.asked', awayMs })
  }

  #schedule(): void {
    this.#timer = this.#clock.after(ANNOUNCE_INTERVAL, () => {
      this.#schedule()
      if (!this.#bus.isUp) return
      this.#upAt = this.#clock.now()
      this.#ask()
      this.#announceNew()
    })
  }

  #announceNew(): void {
    const heads: AnnouncedHead[] = []
    for (const head of this.#news.values()) {
      heads.push(announced(head, head.bursts.at(-1)!))
      head.repeats += 1
      if (head.repeats >= REPEATS) this.#news.delete(head.conversationId)
    }
    this.#announce(heads)
  }

  #announce(heads: readonly AnnouncedHead[]): void {
    for (let from = 0; from < heads.length; from += HEADS_AT_ONCE) {
      const some = heads.slice(from, from + HEADS_AT_ONCE)
      this.#hub.publish('nodes', { type: 'heads.announced', heads: some })
    }
  }
}

const announced = ({ conversationId, members, rev }: Head, { from, seqFrom }: Burst): AnnouncedHead => ({
  conversationId,
  members,
  rev,
  from,
  seqFrom,
})

/** What is not yet said often enough belongs together. */
const withBurst = (known: Head | undefined, now: Burst): readonly Burst[] => {
  if (known === undefined) return [now]
  const { bursts } = known
  if (known.repeats < REPEATS) return [...bursts.slice(0, -1), joined(bursts.at(-1)!, now)]
  const [first, second, ...rest] = bursts
  if (bursts.length < MAX_BURSTS || second === undefined) return [...bursts, now]
  return [joined(first!, second), ...rest, now]
}

const joined = (earlier: Burst, later: Burst): Burst => ({
  from: Math.min(earlier.from, later.from),
  // A change of a message says nothing of positions: whatever is new is above those that are known.
  seqFrom:
    earlier.seqFrom === null || later.seqFrom === null
      ? (earlier.seqFrom ?? later.seqFrom)
      : Math.min(earlier.seqFrom, later.seqFrom),
  until: later.until,
})
