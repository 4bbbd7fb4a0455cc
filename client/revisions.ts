/** Most revisions that are remembered beyond a gap; with more the gap is asked for anyway. */
const MAX_AHEAD = 1_000

/** Up to where every change of a conversation is known, and what came beyond a gap. */
export class Revisions {
  #known: number
  readonly #ahead = new Set<number>()

  constructor(known = 0) {
    this.#known = known
  }

  /** Every change up to here is known: from here a resume asks. */
  get known(): number {
    return this.#known
  }

  get hasGap(): boolean {
    return this.#ahead.size > 0
  }

  /** A change was heard. */
  note(rev: number): void {
    if (rev <= this.#known) return
    if (this.#ahead.size < MAX_AHEAD) this.#ahead.add(rev)
    this.#advance()
  }

  /** Everything up to here was read from the server. */
  reached(rev: number): void {
    if (rev > this.#known) this.#known = rev
    for (const one of this.#ahead) if (one <= this.#known) this.#ahead.delete(one)
    this.#advance()
  }

  /** Positions of another store: nothing that was known counts. */
  restart(rev: number): void {
    this.#known = rev
    this.#ahead.clear()
  }

  #advance(): void {
    while (this.#ahead.delete(this.#known + 1)) this.#known += 1
  }
}
