import type { OwnChannelJson } from '@parley/dialect-channels'
import type { Stored, Timeline } from './timeline.ts'

export interface Counts {
  readonly unread: number
  readonly mentions: number
}

interface Dependencies {
  readonly timeline: Timeline
  /** By somebody else. */
  readonly isOthers: (message: Stored) => boolean
  readonly isMention: (message: Stored) => boolean
}

/** How far one has read a conversation, and how much is left: what the server counted, and what came since. */
export class Reading {
  /** Up to here one has read, here or on another device. */
  #seq = 0
  /** Up to where the server knows that one took and read it. */
  readonly told = { delivered: 0, read: 0 }
  /** What is unread up to `#upTo`. */
  #counted: Counts = { unread: 0, mentions: 0 }
  #upTo = 0
  readonly #with: Dependencies

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  get seq(): number {
    return this.#seq
  }

  get counts(): Counts {
    const { head, from, items } = this.#with.timeline
    // Everything unread is here, and may have been changed since it was counted.
    if (from <= this.#seq + 1 && items.length > head - from) return this.#countBetween(this.#seq, head)
    const { unread, mentions } = this.#countBetween(Math.max(this.#upTo, this.#seq), Infinity)
    return { unread: this.#counted.unread + unread, mentions: this.#counted.mentions + mentions }
  }

  /** What the server says. It may be older than what is known here, or not know yet what was read here. */
  describe({ seq, readSeq, deliveredSeq, unreadCount, mentionCount }: OwnChannelJson): void {
    this.told.delivered = deliveredSeq
    this.told.read = readSeq
    if (readSeq < this.#seq || (readSeq === this.#seq && seq < this.#upTo)) return
    this.#seq = readSeq
    this.#counted = { unread: unreadCount, mentions: mentionCount }
    this.#upTo = seq
  }

  /** One has read further, up to there. False: what is left can only be guessed, as not everything after it is here. */
  advance(seq: number): boolean {
    const { unread, mentions } = this.#counted
    const isExact = seq >= this.#upTo || this.#with.timeline.from <= seq + 1
    const guess = Math.max(0, unread - (seq - this.#seq))
    this.#seq = seq
    this.#counted = isExact
      ? this.#countBetween(seq, this.#upTo)
      : { unread: guess, mentions: Math.min(mentions, guess) }
    return isExact
  }

  /** Messages that are here are about to be let go: they are counted now. */
  settle(): void {
    this.#counted = this.counts
    this.#upTo = this.#with.timeline.head
  }

  /** Nothing that was known counts. */
  restart(): void {
    this.#seq = 0
    this.#upTo = 0
  }

  #countBetween(after: number, upTo: number): Counts {
    const { timeline, isOthers, isMention } = this.#with
    const counts = { unread: 0, mentions: 0 }
    for (let index = timeline.items.length - 1; index >= 0; index -= 1) {
      const message = timeline.items[index] as Stored
      if (message.seq <= after) break
      if (message.seq > upTo || !isOthers(message)) continue
      counts.unread += 1
      if (isMention(message)) counts.mentions += 1
    }
    return counts
  }
}
