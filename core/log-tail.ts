import type { AnnouncedHead } from './events.ts'
import type { Clock } from './ports/clock.ts'
import type { LogReads } from './ports/log-reads.ts'
import type { Observer } from './ports/observer.ts'

/** How often the end of the log is looked at (ms). */
export const TAIL_INTERVAL = 800
/** Looks that are remembered: a batch that became readable late, after one with higher numbers, is seen by the next. */
const REMEMBERED = 3

interface Dependencies {
  readonly store: LogReads
  readonly clock: Clock
  readonly observer: Observer
  readonly onHead: (head: AnnouncedHead) => void
}

/**
 * Reads from the store which conversations were written to lately, by whichever node: one that died between commit and
 * publishing told nobody. Messages are looked at when they are one to three looks old, as what the bus brings comes sooner.
 * What it costs depends on what is written, not on who is connected: a node with nothing new reads one number a look.
 */
export class LogTail {
  readonly #with: Dependencies
  /** Where the log ended at the last looks, oldest first. */
  #ends: readonly number[] = []
  #timer: { cancel(): void } | null = null
  #isStopped = false
  #isAway = false

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  start(): void {
    this.#timer = this.#with.clock.after(TAIL_INTERVAL, () => {
      void this.#look().finally(() => {
        if (!this.#isStopped) this.start()
      })
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#timer = null
  }

  async #look(): Promise<void> {
    const { store, onHead, observer } = this.#with
    try {
      const end = await store.logEnd()
      const [after = end] = this.#ends
      const until = this.#ends.at(-1) ?? end
      // A store that was put back to an earlier state: what is above its end will be numbered anew.
      if (end < until) this.#ends = []
      else if (until > after) for (const head of await store.logged({ after, until })) onHead(head)
      this.#ends = [...this.#ends, end].slice(-REMEMBERED)
      this.#isAway = false
    } catch (error) {
      if (!this.#isAway) observer.error('the end of the log not read', error)
      this.#isAway = true
    }
  }
}
