export interface Outgoing {
  /** The client's id of the message: sending it again stores nothing twice. */
  readonly id: string
  readonly text: string
}

/** What was written and is not acknowledged, in order; one is under way at a time, so that a refusal is about that one. */
export class ChatOutbox {
  readonly #transmit: (outgoing: Outgoing) => void
  readonly #queue: Outgoing[] = []
  #current: Outgoing | null = null
  #isConnected = false
  #retry: NodeJS.Timeout | null = null

  constructor(transmit: (outgoing: Outgoing) => void) {
    this.#transmit = transmit
  }

  get size(): number {
    return this.#queue.length
  }

  /** The one under way. */
  get current(): Outgoing | null {
    return this.#current
  }

  add(outgoing: Outgoing): void {
    this.#queue.push(outgoing)
    this.#next()
  }

  /** Acknowledged, or refused for good. Null when it was not waiting. */
  take(id: string | undefined): Outgoing | null {
    const index = this.#queue.findIndex((outgoing) => outgoing.id === id)
    if (index < 0) return null
    const [taken] = this.#queue.splice(index, 1)
    if (this.#current?.id === id) this.#current = null
    this.#next()
    return taken ?? null
  }

  connect(): void {
    this.#isConnected = true
    this.#next()
  }

  /** Returns what was under way, which will be sent again. */
  disconnect(): Outgoing | null {
    const current = this.#current
    this.#isConnected = false
    this.#current = null
    this.#cancelRetry()
    return current
  }

  /** Sends the one under way again after a while (ms). */
  retryIn(wait: number): void {
    this.#cancelRetry()
    this.#retry = setTimeout(() => {
      this.#retry = null
      this.#current = null
      this.#next()
    }, wait)
  }

  #next(): void {
    const [first] = this.#queue
    if (!this.#isConnected || this.#current !== null || first === undefined) return
    this.#cancelRetry()
    this.#current = first
    this.#transmit(first)
  }

  #cancelRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#retry = null
  }
}
