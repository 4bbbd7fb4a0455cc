import type { Environment } from './environment.ts'

/** One thing that is to be done later, once. */
export class Timer {
  readonly #environment: Environment
  readonly #run: () => void
  #cancel: (() => void) | null = null

  constructor(environment: Environment, run: () => void) {
    this.#environment = environment
    this.#run = run
  }

  get isSet(): boolean {
    return this.#cancel !== null
  }

  /** In so many ms, unless it is due already. */
  set(ms: number): void {
    this.#cancel ??= this.#environment.after(ms, () => {
      this.#cancel = null
      this.#run()
    })
  }

  /** In so many ms from now, whenever it was due before. */
  reset(ms: number): void {
    this.cancel()
    this.set(ms)
  }

  cancel(): void {
    this.#cancel?.()
    this.#cancel = null
  }
}
