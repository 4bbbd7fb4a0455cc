import { Fault } from '@parley/model'
import { laneKeysOf } from './lane-keys.ts'
import type { Observer } from './ports/observer.ts'
import { MAX_BATCH, type OutcomeOf, type Store, type WriteOp, type WriteOutcome } from './ports/store.ts'

interface Waiting {
  readonly op: WriteOp
  /** What no other op of a batch that is under way may be about. Empty where there is one lane. */
  readonly keys: readonly string[]
  readonly resolve: (outcome: WriteOutcome) => void
  readonly reject: (error: unknown) => void
}

/** Most ops that may wait for the next commit; above it a send is refused with a retryable fault. */
export const MAX_WAITING = 20_000
/** Most waiting ops that one batch is picked from, when those before it are about what is under way. */
const MAX_LOOKED_AT = 4 * MAX_BATCH

/**
 * Group commit: while batches are being made durable the next one gathers, so that throughput comes from larger
 * batches, not from weaker durability. As many batches are under way as the store has lanes. Two ops about the same thing
 * (`laneKeysOf`) take effect in the order in which they were submitted: one that waits for a batch that is under way holds back
 * those behind it that are about the same.
 */
export class GroupCommit {
  readonly #store: Store
  readonly #observer: Observer
  #waiting: Waiting[] = []
  /** What the batches that are under way are about. */
  readonly #busy = new Set<string>()
  #running = 0
  #isScheduled = false
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
      const keys = this.#store.lanes > 1 ? laneKeysOf(op) : []
      this.#waiting.push({ op, keys, resolve, reject })
      this.#schedule()
    }) as Promise<OutcomeOf<O>>
  }

  /** Resolves when nothing waits and nothing is under way: before the store is closed. */
  idle(): Promise<void> {
    const isIdle = this.#running === 0 && this.#waiting.length === 0
    return isIdle ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve))
  }

  /** How many ops wait for the next commit. */
  get waiting(): number {
    return this.#waiting.length
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running >= this.#store.lanes) return
    this.#isScheduled = true
    // After the sockets of this turn were read: what they all sent goes into one batch.
    setImmediate(() => {
      this.#isScheduled = false
      this.#start()
    })
  }

  #start(): void {
    while (this.#running < this.#store.lanes) {
      const batch = this.#take()
      if (batch.length === 0) break
      void this.#run(batch)
    }
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    this.#running += 1
    for (const { keys } of batch) for (const key of keys) this.#busy.add(key)
    const settle = await this.#commit(batch)
    // No other batch that is under way is about any of them.
    for (const { keys } of batch) for (const key of keys) this.#busy.delete(key)
    this.#running -= 1
    // The store has the next batch before anybody works on the outcomes of this one.
    this.#start()
    settle()
    // Whoever was told may go on with something that has to be stored as well.
    await null
    if (this.#running > 0 || this.#waiting.length > 0) return
    for (const resolve of this.#onIdle.splice(0)) resolve()
  }

  /** The next ops that may go, in their order. */
  #take(): readonly Waiting[] {
    if (this.#busy.size === 0) {
      const all = this.#waiting
      this.#waiting = all.slice(MAX_BATCH)
      return all.length <= MAX_BATCH ? all : all.slice(0, MAX_BATCH)
    }
    const taken: Waiting[] = []
    const held: Waiting[] = []
    const heldKeys = new Set<string>()
    let looked = 0
    for (; looked < this.#waiting.length && looked < MAX_LOOKED_AT && taken.length < MAX_BATCH; looked += 1) {
      const each = this.#waiting[looked]!
      if (each.keys.some((key) => this.#busy.has(key) || heldKeys.has(key))) {
        held.push(each)
        for (const key of each.keys) heldKeys.add(key)
      } else taken.push(each)
    }
    if (taken.length > 0) this.#waiting = [...held, ...this.#waiting.slice(looked)]
    return taken
  }

  /** Makes a batch durable, or not; the answer tells whoever waits for it. */
  async #commit(batch: readonly Waiting[]): Promise<() => void> {
    const began = performance.now()
    try {
      const outcomes: readonly WriteOutcome[] = await this.#store.commit(batch.map((waiting) => waiting.op))
      this.#observer.observe('parley_commit_seconds', (performance.now() - began) / 1_000)
      this.#observer.observe('parley_commit_batch_size', batch.length)
      this.#observer.count('parley_commits_total', { result: 'ok' })
      return () => {
        for (const [index, waiting] of batch.entries()) waiting.resolve(outcomes[index]!)
      }
    } catch (error) {
      this.#observer.count('parley_commits_total', { result: 'failed' })
      this.#observer.error('commit failed', error, { batch: batch.length })
      const fault =
        error instanceof Fault
          ? error
          : new Fault('UNAVAILABLE', 'Nothing was stored. Try again.', { cause: error })
      return () => {
        for (const waiting of batch) waiting.reject(fault)
      }
    }
  }
}
