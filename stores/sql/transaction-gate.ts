/** A transaction whose owner says nothing for this long is rolled back: it holds up every commit. */
export const SILENCE = 2_000

/**
 * One connection, several users: while a transaction from outside is open, everything that is not part of it waits
 * in line, in order.
 */
export class TransactionGate {
  readonly #rollback: () => void
  readonly #line: (() => void)[] = []
  #owner: number | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(rollback: () => void) {
    this.#rollback = rollback
  }

  get isOpen(): boolean {
    return this.#owner === null
  }

  /** Runs a task outside of any transaction, now or when its turn comes. */
  pass(task: () => void): void {
    if (this.#owner === null) task()
    else this.#line.push(task)
  }

  /** From now on only `tx` gets through. To be called by a task that passed, once its transaction has begun. */
  close(tx: number): void {
    this.#owner = tx
    this.#watch()
  }

  /** Throws when the transaction is over, by its end or by its silence. */
  enter(tx: number): void {
    if (this.#owner !== tx)
      throw new Error('The transaction is over: it ended, or was silent for 2 s and was rolled back.')
    this.#watch()
  }

  /** Ends the owner's turn; the line moves up until another transaction closes the gate. */
  open(): void {
    clearTimeout(this.#timer)
    this.#owner = null
    while (this.#owner === null) {
      const next = this.#line.shift()
      if (next === undefined) return
      next()
    }
  }

  #watch(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#rollback()
      this.open()
    }, SILENCE)
  }
}
