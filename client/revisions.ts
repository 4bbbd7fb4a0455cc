/** Most revisions that are remembered beyond a gap; with more the gap is asked for anyway. */
const MAX_AHEAD = 1_000

/** Up to where every change of a conversation is known, and what came beyond a gap. */
export class Revisions {
  #known = 0
  /** There is a change with this number, and nobody here knows it. */
  #missed = 0
  readonly #ahead = new Set<number>()

  /** Every change up to here is known: from here a resume asks. */
  get known(): number {
    return this.#known
  }

  get hasGap(): boolean {
    return this.#ahead.size > 0 || this.#missed > this.#known
  }

  /** A change was heard. */
  note(rev: number): void {
    if (rev === this.#known + 1) this.reached(rev)
    else if (rev > this.#known && this.#ahead.size < MAX_AHEAD) this.#ahead.add(rev)
  }

  /** A change was told of that cannot be made without what comes before it: the server has to be asked. */
  miss(rev: number): void {
    this.#missed = Math.max(this.#missed, rev)
  }

  /** Everything up to here was read from the server. */
  reached(rev: number): void {
    if (rev > this.#known) this.#known = rev
    for (const one of this.#ahead) if (one <= this.#known) this.#ahead.delete(one)
    while (this.#ahead.delete(this.#known + 1)) this.#known += 1
  }

  /** Positions of another store: nothing that was known counts. */
  restart(rev: number): void {
    this.#known = rev
    this.#missed = 0
    this.#ahead.clear()
  }
}
