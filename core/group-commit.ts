import { Fault } from '@parley/model'
import type { Observer } from './ports/observer.ts'
import { MAX_BATCH, type OutcomeOf, type Store, type WriteOp, type WriteOutcome } from './ports/store.ts'

interface Waiting {
  readonly op: WriteOp
  readonly resolve: (outcome: WriteOutcome) => void
  readonly reject: (error: unknown) => void
}

/** Most ops that may wait for the next commit; above it a send is refused with a retryable fault. */
export const MAX_WAITING = 20_000

/**
 * Group commit: while one batch is being made durable the next one gathers, so that throughput comes from larger
 * batches, not from weaker durability. Ops take effect in the order in which they were submitted.
 */
export class GroupCommit {
  readonly #store: Store
  readonly #observer: Observer
  #waiting: Waiting[] = []
  #running = false
  #onIdle: (() => void)[] = []

  constructor(store: Store, observer: Observer) {
    this.#store = store
    this.#observer = observer
  }

  /** Resolves when the op is durable; rejects with a retryable `Fault` when nothing may be assumed. */
  submit<O extends WriteOp>(op: O): Promise<OutcomeOf<O>> {
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(
        new Fault('UNAVAILABLE', 'The server is busy. Try again in a moment.', { retryAfterMs: 1_000 }),
      )
    }
    return new Promise<WriteOutcome>((resolve, reject) => {
      this.#waiting.push({ op, resolve, reject })
      if (!this.#running) this.#start()
    }) as Promise<OutcomeOf<O>>
  }

  /** Resolves when nothing waits and nothing is under way: before the store is closed. */
  idle(): Promise<void> {
    return this.#running ? new Promise((resolve) => this.#onIdle.push(resolve)) : Promise.resolve()
  }

  /** How many ops wait for the next commit. */
  get waiting(): number {
    return this.#waiting.length
  }

  #start(): void {
    this.#running = true
    // After the sockets of this turn were read: what they all sent goes into one batch.
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.length <= MAX_BATCH ? this.#waiting : this.#waiting.slice(0, MAX_BATCH)
      this.#waiting = batch === this.#waiting ? [] : this.#waiting.slice(MAX_BATCH)
      await this.#commit(batch)
    }
    this.#running = false
    for (const resolve of this.#onIdle.splice(0)) resolve()
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const began = performance.now()
    try {
      const outcomes: readonly WriteOutcome[] = await this.#store.commit(batch.map((waiting) => waiting.op))
      this.#observer.observe('parley_commit_seconds', (performance.now() - began) / 1_000)
      this.#observer.observe('parley_commit_batch_size', batch.length)
      this.#observer.count('parley_commits_total', { result: 'ok' })
      for (const [index, waiting] of batch.entries()) waiting.resolve(outcomes[index]!)
    } catch (error) {
      this.#observer.count('parley_commits_total', { result: 'failed' })
      this.#observer.error('commit failed', error, { batch: batch.length })
      const fault =
        error instanceof Fault
          ? error
          : new Fault('UNAVAILABLE', 'Nothing was stored. Try again.', { cause: error })
      for (const waiting of batch) waiting.reject(fault)
    }
  }
}
