/**
 * Work of one connection that goes on behind its next messages, such as commits: up to a limit, then its messages wait for
 * some of it to end.
 */
export class InFlight {
  readonly #limit: number
  #count = 0
  #onRoom: (() => void) | null = null

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `work` never rejects. The answer settles when there is room for more; undefined: at once. Await it before the next call. */
  track(work: Promise<void>): void | Promise<void> {
    this.#count += 1
    void work.finally(() => {
      this.#count -= 1
      if (this.#count < this.#limit) this.release()
    })
    if (this.#count < this.#limit) return
    return new Promise((resolve) => {
      this.#onRoom = resolve
    })
  }

  /** Lets who waits go on: there is room, or the connection is gone. */
  release(): void {
    this.#onRoom?.()
    this.#onRoom = null
  }
}
