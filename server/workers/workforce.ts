import type { Clock } from '@parley/core'

/** One process at work. */
export interface WorkerProcess {
  /** Resolves to its URL when it serves; rejects with why it does not. */
  readonly ready: Promise<string>
  /** Resolves when it has ended and nothing that it held is held any more, to how it ended. */
  readonly ended: Promise<string>
  /** Asks it to end in order. */
  stop(): void
  /** Ends it now. */
  kill(): void
}

export interface WorkforceOptions {
  readonly count: number
  /** Starts the process with this number, 1 to `count`. */
  readonly start: (slot: number) => WorkerProcess
  readonly clock: Clock
  readonly onRestart: (slot: number, how: string, inMs: number) => void
}

const FIRST_BACKOFF = 200
const MAX_BACKOFF = 10_000
/** A process that lived for so long (ms) did not die of its start. */
const LIVED = 10_000
/** How often in a row one may die of its start. */
const MAX_EARLY_DEATHS = 5

/** Keeps a number of processes at work: one that dies is followed by another, sooner at first. */
export class Workforce {
  /** Resolves to a sentence when a process died so often right after its start that another one would too. */
  readonly gaveUp: Promise<string>
  readonly #options: WorkforceOptions
  readonly #working = new Map<number, WorkerProcess>()
  readonly #timers = new Map<number, { cancel(): void }>()
  #giveUp: (why: string) => void = () => {}
  #isStopping = false

  constructor(options: WorkforceOptions) {
    this.#options = options
    this.gaveUp = new Promise((resolve) => {
      this.#giveUp = resolve
    })
  }

  /** The processes that are alive, by number. */
  get working(): ReadonlyMap<number, WorkerProcess> {
    return this.#working
  }

  /**
   * Resolves to the URL when all serve; rejects with why one did not. The first alone, as it makes what all need: tables, the
   * secret, the port.
   */
  async start(): Promise<string> {
    const url = await this.#begin(1, 0).ready
    const others = Array.from({ length: this.#options.count - 1 }, (_, index) => this.#begin(index + 2, 0))
    await Promise.all(others.map(({ ready }) => ready))
    return url
  }

  /** Ends all in order; what has not ended after `withinMs` is killed. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true
    for (const timer of this.#timers.values()) timer.cancel()
    const all = [...this.#working.values()]
    for (const each of all) each.stop()
    const late = this.#options.clock.after(withinMs, () => {
      for (const each of all) each.kill()
    })
    await Promise.all(all.map(({ ended }) => ended))
    late.cancel()
  }

  #begin(slot: number, deaths: number): WorkerProcess {
    const { start, clock } = this.#options
    const began = clock.now()
    const worker = start(slot)
    this.#working.set(slot, worker)
    // Of the first ones `start` tells; the others have died, and their end says how.
    worker.ready.catch(() => {})
    void worker.ended.then((how) => {
      this.#working.delete(slot)
      if (!this.#isStopping) this.#follow(slot, how, clock.now() - began < LIVED ? deaths + 1 : 0)
    })
    return worker
  }

  #follow(slot: number, how: string, deaths: number): void {
    if (deaths >= MAX_EARLY_DEATHS) {
      this.#giveUp(`worker ${slot} ended ${deaths} times right after its start (${how})`)
      return
    }
    const delay = Math.min(FIRST_BACKOFF * 2 ** Math.max(deaths - 1, 0), MAX_BACKOFF)
    this.#options.onRestart(slot, how, delay)
    const timer = this.#options.clock.after(delay, () => {
      this.#timers.delete(slot)
      this.#begin(slot, deaths)
    })
    this.#timers.set(slot, timer)
  }
}
