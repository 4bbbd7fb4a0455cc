/** The furthest cursors of two different members of a channel. */
export interface Best {
  readonly seq: number
  readonly by: string | null
  readonly second: number
}

/** The same after a member's cursor moved to `seq`. Cursors only rise, so that the two furthest are enough to know. */
export function advanceBest(best: Best, userId: string, seq: number): Best {
  if (best.by === userId) return seq > best.seq ? { ...best, seq } : best
  if (seq > best.seq) return { seq, by: userId, second: best.seq }
  return seq > best.second ? { ...best, second: seq } : best
}

/** The furthest that anybody but this author came. */
export const furthestBut = (best: Best, authorId: string): number =>
  best.by === authorId ? best.second : best.seq
