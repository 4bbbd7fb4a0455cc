/** Something that gathers work during a turn of the event loop. */
export interface Flushable {
  flush(): void
}

/**
 * Flushes at the end of the current turn of the event loop, all at once. `setImmediate` runs right after the
 * sockets that were ready have been read, so an idle server writes within microseconds and a busy one
 * gathers everything that one round of reading caused: one write for a connection instead of one for a message.
 */
export class FlushScheduler {
  #waiting: Flushable[] = []

  /** The caller takes care not to add the same one twice in a turn. */
  add(item: Flushable): void {
    if (this.#waiting.push(item) === 1) setImmediate(this.#run)
  }

  readonly #run = (): void => {
    const items = this.#waiting
    this.#waiting = []
    for (const item of items) item.flush()
  }
}
