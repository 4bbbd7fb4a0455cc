import type { CoreEvent, MessageChanged, MessageCreated, ReactionChanged } from './events.ts'
import type { Envelope } from './ports/bus.ts'

/** What is stored in a conversation, and counted by its revision. */
export type DurableEvent = MessageCreated | MessageChanged | ReactionChanged

/** Null: an event of another sort, or of no conversation. */
export const durableOf = (
  event: CoreEvent,
): { readonly conversationId: string; readonly rev: number; readonly seq: number | null } | null => {
  switch (event.type) {
    case 'message.created': {
      const { conversationId, rev, seq } = event.message
      return { conversationId, rev, seq }
    }
    case 'message.changed':
      return { conversationId: event.view.message.conversationId, rev: event.rev, seq: null }
    case 'reaction.changed':
      return { conversationId: event.conversationId, rev: event.rev, seq: null }
    default:
      return null
  }
}

/** Up to where a conversation is known: its newest revision, and the position of its newest message. */
export interface Known {
  readonly rev: number
  readonly seq: number
}

/**
 * What the listeners of one topic were handed of one conversation: every revision from `floor` to `rev`. What comes too
 * early is held until the hole before it is filled.
 */
export class ConversationStream {
  /** First and last revision, and first and last position, that were handed on. A `seq` below `floorSeq`: none was. */
  rev: number
  seq: number
  floor: number
  floorSeq: number
  /** By revision. */
  readonly held = new Map<number, Envelope>()
  /** Being read from the store: everything is held. */
  isFilling = false
  /** When something was last handed on or read (ms). */
  usedAt: number

  /** `known`: whoever listens has everything up to there, or reads it itself. */
  constructor(known: Known, now: number) {
    this.rev = known.rev
    this.seq = known.seq
    this.floor = 0
    this.floorSeq = 0
    this.usedAt = now
  }

  /** Begins with this event, as nothing is known of what was before. */
  static from(
    { rev, seq }: { readonly rev: number; readonly seq: number | null },
    now: number,
  ): ConversationStream {
    const stream = new ConversationStream({ rev: rev - 1, seq: (seq ?? Number.POSITIVE_INFINITY) - 1 }, now)
    stream.floor = rev
    stream.floorSeq = seq ?? Number.POSITIVE_INFINITY
    return stream
  }

  /** Does a hole show? */
  get hasHole(): boolean {
    return this.held.size > 0
  }

  /** What may be handed on now, in order. What was handed on before is dropped. */
  accept(envelope: Envelope, rev: number): readonly Envelope[] {
    if (rev <= this.rev) return []
    this.held.set(rev, envelope)
    return this.isFilling ? [] : this.release()
  }

  /**
   * Whoever listens from now on has everything up to there, or reads it itself: it is not handed on any more, nor is what
   * was before the first that came. Answers what may be handed on now.
   */
  skipTo({ rev, seq }: Known): readonly Envelope[] {
    // It began with a change, and nothing is known of the positions up to there.
    if (!Number.isFinite(this.seq) && rev < this.rev) return []
    this.rev = Math.max(this.rev, rev)
    this.seq = Number.isFinite(this.seq) ? Math.max(this.seq, seq) : seq
    this.floor = 0
    this.floorSeq = 0
    this.#dropHeld()
    return this.isFilling ? [] : this.release()
  }

  /**
   * What changed after `since` was read from the store, and handed on: all of these messages. Answers up to where the
   * conversation was read.
   */
  advance(since: Known, read: readonly Known[]): Known {
    const rev = Math.max(since.rev, ...read.map((message) => message.rev))
    const seqs = read.map(({ seq }) => seq)
    this.rev = Math.max(this.rev, rev)
    if (since.rev < this.floor) this.floor = since.rev + 1
    if (seqs.length > 0) {
      const newest = Math.max(...seqs)
      this.seq = Number.isFinite(this.seq) ? Math.max(this.seq, newest) : newest
      this.floorSeq = Math.min(this.floorSeq, Math.max(since.seq + 1, Math.min(...seqs)))
    }
    this.#dropHeld()
    return { rev, seq: Math.max(Number.isFinite(since.seq) ? since.seq : 0, ...seqs) }
  }

  /** What is held without a hole before it. */
  release(): readonly Envelope[] {
    const ready: Envelope[] = []
    for (let next = this.rev + 1; this.held.has(next); next += 1) {
      const envelope = this.held.get(next)!
      this.held.delete(next)
      this.#pass(envelope, next)
      ready.push(envelope)
    }
    return ready
  }

  /** Everything that is held, holes or not. */
  releaseAll(): readonly Envelope[] {
    const all = [...this.held].sort(([a], [b]) => a - b)
    this.held.clear()
    for (const [rev, envelope] of all) this.#pass(envelope, rev)
    return all.map(([, envelope]) => envelope)
  }

  #pass({ event }: Envelope, rev: number): void {
    this.rev = Math.max(this.rev, rev)
    const seq = event.type === 'message.created' ? event.message.seq : null
    if (seq === null) return
    if (this.floorSeq === Number.POSITIVE_INFINITY) this.floorSeq = seq
    this.seq = Number.isFinite(this.seq) ? Math.max(this.seq, seq) : seq
  }

  #dropHeld(): void {
    for (const held of [...this.held.keys()]) if (held <= this.rev) this.held.delete(held)
  }
}
