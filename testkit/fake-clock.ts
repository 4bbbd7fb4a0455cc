import type { Clock } from '@parley/core'

interface Timer {
  readonly at: number
  readonly task: () => void
}

/** A clock that stands still until the test moves it. Timers run in the order of their time. */
export class FakeClock implements Clock {
  #now: number
  readonly #timers = new Set<Timer>()

  constructor(now = 1_700_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, task: () => void): { cancel(): void } {
    const timer: Timer = { at: this.#now + ms, task }
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }

  /** Moves on by `ms` and runs what became due; between two timers, promises get their turn. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers.delete(due)
      this.#now = Math.max(this.#now, due.at)
      due.task()
      await turn()
    }
    this.#now = end
    await turn()
  }
}

/** Lets everything that is ready run: microtasks, and two turns of the loop. */
export const turn = async (): Promise<void> => {
  for (let round = 0; round < 2; round += 1) await new Promise((resolve) => setImmediate(resolve))
}
