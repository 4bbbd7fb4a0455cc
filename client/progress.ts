import type { MemberProgress } from './api/conversation.ts'
import { Value } from './value.ts'

/** Most members whose progress is kept of one conversation; of larger ones nobody is told by name anyway. */
const MAX_MEMBERS = 1_000

const NONE: MemberProgress = { deliveredSeq: 0, readSeq: 0, deliveredAt: null, readAt: null }

/** How far the other members of a conversation came. Cursors only rise. */
export class Progress {
  readonly value = new Value<ReadonlyMap<string, MemberProgress>>(new Map())
  #delivered = 0
  #read = 0

  /** Up to here somebody else took it. */
  get delivered(): number {
    return this.#delivered
  }

  /** Up to here somebody else read it. */
  get read(): number {
    return this.#read
  }

  /** `at`: epoch ms at which it was heard; null: it was so before. True when somebody came further. */
  raise(
    userId: string,
    to: { readonly deliveredSeq?: number; readonly readSeq?: number },
    at: number | null,
  ): boolean {
    const all = this.value.get()
    const known = all.get(userId) ?? NONE
    const readSeq = Math.max(known.readSeq, to.readSeq ?? 0)
    const deliveredSeq = Math.max(known.deliveredSeq, to.deliveredSeq ?? 0, readSeq)
    if (readSeq === known.readSeq && deliveredSeq === known.deliveredSeq) return false
    this.#delivered = Math.max(this.#delivered, deliveredSeq)
    this.#read = Math.max(this.#read, readSeq)
    if (!all.has(userId) && all.size >= MAX_MEMBERS) return true
    const deliveredAt = deliveredSeq > known.deliveredSeq ? at : known.deliveredAt
    const readAt = readSeq > known.readSeq ? at : known.readAt
    this.value.set(new Map(all).set(userId, { deliveredSeq, readSeq, deliveredAt, readAt }))
    return true
  }

  clear(): void {
    this.#delivered = 0
    this.#read = 0
    this.value.set(new Map())
  }
}
