export type Task = () => void | Promise<void>

/**
 * Lets the events of one socket take effect one after the other: a promise delays what came later. Tasks must neither
 * throw nor reject.
 */
export class EventQueue {
  readonly #onLength: (waiting: number) => void
  #waiting: Task[] = []
  /** Where the first waiting task is: shifting a long array would copy it for each. */
  #head = 0
  #isBusy = false
  #idle: (() => void) | null = null

  /** `onLength` hears how many wait whenever one came or went while another was under way. */
  constructor(onLength: (waiting: number) => void) {
    this.#onLength = onLength
  }

  push(task: Task): void {
    if (!this.#isBusy) {
      this.#start(task)
      return
    }
    this.#waiting.push(task)
    this.#onLength(this.#length)
  }

  /** Forgets what waits. What is under way ends on its own. */
  clear(): void {
    this.#waiting = []
    this.#head = 0
    this.#onLength(0)
  }

  /** Resolves once nothing is under way and nothing waits. One caller. */
  whenIdle(): Promise<void> {
    if (!this.#isBusy) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle = resolve
    })
  }

  get #length(): number {
    return this.#waiting.length - this.#head
  }

  #start(task: Task): void {
    const working = task()
    if (working === undefined) return
    this.#isBusy = true
    void working.then(this.#next)
  }

  readonly #next = (): void => {
    this.#isBusy = false
    while (!this.#isBusy && this.#head < this.#waiting.length) {
      const task = this.#waiting[this.#head]!
      this.#head += 1
      this.#start(task)
    }
    if (this.#head === this.#waiting.length) {
      this.#waiting = []
      this.#head = 0
    } else if (this.#head >= 1_024) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    this.#onLength(this.#length)
    if (this.#isBusy) return
    this.#idle?.()
    this.#idle = null
  }
}
