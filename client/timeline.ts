import type { ChannelMessageJson } from '@parley/dialect-channels'

/** A message as events and lists bring it. */
export type Stored = Omit<ChannelMessageJson, 'deliveredTo' | 'readBy'>

/**
 * Stored messages of one conversation, by `seq`: the newest without a gap (but for what is still asked for), as far back as
 * they were loaded. What comes twice counts once; of two versions the one with the higher `rev` stays.
 */
export class Timeline {
  #items: readonly Stored[] = []
  readonly #byId = new Map<string, Stored>()
  /** Position of the newest message that exists. */
  #head = 0
  /** While a page is on its way: changes of messages that are not here, by id. The page may be older than they are. */
  #passed: Map<string, number> | null = null

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

  /** A message as it is now. One from long before the first here is left out: it comes with its page. */
  put(message: Stored): void {
    if (this.#byId.has(message.id)) this.#merge(message)
    else if (message.seq < this.from - 1) this.#passed?.set(message.id, message.rev)
    else this.#add([message])
  }

  /** Changes one that is here, if that is news: `rev` is the change's own. */
  change(id: string, rev: number, to: (message: Stored) => Stored): void {
    const known = this.#byId.get(id)
    if (known === undefined) this.#passed?.set(id, rev)
    else if (known.rev < rev) this.#replace({ ...to(known), rev })
  }

  /** A page of what comes before the first here is about to be asked for. */
  awaitPage(): void {
    this.#passed = new Map()
  }

  /** That page, in any order. False: it does not fit any more, or is older than what was told meanwhile. */
  putPage(from: number, page: readonly Stored[]): boolean {
    const passed = this.#passed
    this.#passed = null
    if (passed === null || from !== this.from) return false
    if (page.some(({ id, rev }) => rev < (passed.get(id) ?? 0))) return false
    this.#add(page.filter(({ id }) => !this.#byId.has(id)))
    return true
  }

  /** What was kept: of it, what reaches up to the head without a gap. */
  restore(head: number, messages: readonly Stored[]): void {
    this.restart(head)
    this.#add(messages)
    let start = this.#items.length
    while (start > 0 && this.#items[start - 1]?.seq === this.#head - (this.#items.length - start)) start -= 1
    this.trim(this.#items.length - start)
  }

  /** Keeps the newest `count`. */
  trim(count: number): void {
    const start = Math.max(0, this.#items.length - count)
    for (const { id } of this.#items.slice(0, start)) this.#byId.delete(id)
    if (start > 0) this.#items = this.#items.slice(start)
  }

  /** Forgets everything; there are messages up to `head`. */
  restart(head: number): void {
    this.trim(0)
    this.#head = head
    this.#passed = null
  }

  #merge(message: Stored): void {
    const known = this.#byId.get(message.id) as Stored
    // Changes are told to everybody alike, and so without anybody's client id.
    const clientMessageId = known.clientMessageId ?? message.clientMessageId
    // Of the same revision, a list knows more than the event.
    const isNewer = message.rev > known.rev || (message.rev === known.rev && message.reactions !== undefined)
    if (!isNewer && clientMessageId === known.clientMessageId) return
    this.#replace({ ...(isNewer ? message : known), ...(clientMessageId && { clientMessageId }) })
  }

  #replace(message: Stored): void {
    this.#byId.set(message.id, message)
    const index = this.#items.findLastIndex(({ id }) => id === message.id)
    this.#items = this.#items.with(index, message)
  }

  #add(messages: readonly Stored[]): void {
    for (const message of messages) {
      this.#byId.set(message.id, message)
      this.raiseHead(message.seq)
    }
    const last = this.#items.at(-1)
    const isInOrder = last === undefined || messages.every(({ seq }) => seq > last.seq)
    this.#items = [...this.#items, ...messages]
    if (messages.length > 1 || !isInOrder) this.#items = this.#items.toSorted((a, b) => a.seq - b.seq)
  }
}
