/** Time that stands still until it is moved. */
export class Time {
  #now = 1_000_000
  #next = 0
  readonly #timers = new Map<number, { readonly at: number; readonly run: () => void }>()

  now = (): number => this.#now

  after = (ms: number, run: () => void): (() => void) => {
    this.#next += 1
    const id = this.#next
    this.#timers.set(id, { at: this.#now + ms, run })
    return () => this.#timers.delete(id)
  }

  /** Moves on by `ms`, and lets everything that waits for promises run. */
  async pass(ms = 0): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const [first] = [...this.#timers].sort((one, other) => one[1].at - other[1].at)
      if (first === undefined || first[1].at > end) break
      this.#timers.delete(first[0])
      this.#now = Math.max(this.#now, first[1].at)
      first[1].run()
      await settle()
    }
    this.#now = end
    await settle()
  }
}

/** Everything that is ready has happened. */
const settle = async (): Promise<void> => {
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve))
}
