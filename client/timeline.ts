import type { ChannelMessageJson } from '@parley/dialect-channels'

/** A message as events and lists bring it. */
export type Stored = Omit<ChannelMessageJson, 'deliveredTo' | 'readBy'>

/**
 * Stored messages of one conversation, by `seq`: the newest without a gap, as far back as they were loaded. What comes twice
 * counts once; of two versions the one with the higher `rev` stays.
 */
export class Timeline {
  #items: readonly Stored[] = []
  readonly #byId = new Map<string, Stored>()
  /** Position of the newest message that exists. */
  #head = 0

  get items(): readonly Stored[] {
    return this.#items
  }

  get head(): number {
    return this.#head
  }

  /** Position of the first that is here; `head + 1` when none is. */
  get from(): number {
    return this.#items[0]?.seq ?? this.#head + 1
  }

  find(id: string): Stored | undefined {
    return this.#byId.get(id)
  }

  /** Says that there are messages up to this position. */
  raiseHead(seq: number): void {
    if (seq > this.#head) this.#head = seq
  }

  /**
   * A message as it is now. True when anything changed. One from before the first here is left out: it comes with its page.
   */
  put(message: Stored): boolean {
    const known = this.#byId.get(message.id)
    if (known !== undefined) {
      if (known.rev > message.rev) return false
      this.#replace(known, message)
      return true
    }
    if (message.seq < this.from && message.seq <= this.#head && this.#items.length > 0) return false
    this.raiseHead(message.seq)
    this.#insert(message)
    return true
  }

  /** Changes one that is here, if that is news: `rev` is the change's own. */
  change(id: string, rev: number, to: (message: Stored) => Stored): boolean {
    const known = this.#byId.get(id)
    if (known === undefined || known.rev >= rev) return false
    this.#replace(known, { ...to(known), rev })
    return true
  }

  /** A page of history, in any order. It must reach up to the first that is here. */
  putPage(page: readonly Stored[]): void {
    const fresh: Stored[] = []
    for (const message of page) {
      const known = this.#byId.get(message.id)
      if (known === undefined) fresh.push(message)
      else if (known.rev <= message.rev) this.#replace(known, message)
    }
    for (const message of fresh) {
      this.#byId.set(message.id, message)
      this.raiseHead(message.seq)
    }
    this.#items = [...this.#items, ...fresh].sort((a, b) => a.seq - b.seq)
  }

  /** Keeps what reaches up to the head without a gap; the rest comes with its page. */
  keepContiguous(): void {
    let start = this.#items.length
    let next = this.#head
    while (start > 0 && this.#items[start - 1]?.seq === next) {
      start -= 1
      next -= 1
    }
    this.#cut(start)
  }

  /** Keeps the newest `count`. */
  trim(count: number): void {
    if (this.#items.length > count) this.#cut(this.#items.length - count)
  }

  /** Forgets everything; there are messages up to `head`. */
  restart(head: number): void {
    this.#cut(this.#items.length)
    this.#head = head
  }

  #cut(start: number): void {
    if (start === 0) return
    for (const { id } of this.#items.slice(0, start)) this.#byId.delete(id)
    this.#items = this.#items.slice(start)
  }

  #replace(known: Stored, message: Stored): void {
    this.#byId.set(message.id, message)
    const index = this.#indexOf(known.seq)
    this.#items = this.#items.with(index, message)
  }

  #insert(message: Stored): void {
    this.#byId.set(message.id, message)
    const last = this.#items.at(-1)
    if (last === undefined || last.seq < message.seq) {
      this.#items = [...this.#items, message]
      return
    }
    const index = this.#indexOf(message.seq)
    this.#items = this.#items.toSpliced(index, 0, message)
  }

  /** Where the position is, or would be. */
  #indexOf(seq: number): number {
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#items[middle] as Stored).seq < seq) low = middle + 1
      else high = middle
    }
    return low
  }
}
