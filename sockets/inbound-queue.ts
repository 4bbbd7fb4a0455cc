/** What the queue does to the world: run a message, and press on the peer. */
export interface InboundTarget {
  /** Runs one message; a promise means that the next one has to wait for it. Never throws, never rejects. */
  run(text: string): void | Promise<void>
  pause(): void
  resume(): void
}

/**
 * Lets the messages of one connection take effect one after the other. Messages that arrive while one is
 * being worked on wait; when more than `limit` wait the peer is paused, and resumed at half of it. What the
 * runtime had already read when it was paused is still taken in, so the queue is bounded by the limit and one
 * network read.
 */
export class InboundQueue {
  readonly #target: InboundTarget
  readonly #limit: number
  #waiting: string[] | undefined
  #busy = false
  #paused = false
  #idle: (() => void) | undefined

  constructor(target: InboundTarget, limit: number) {
    this.#target = target
    this.#limit = limit
  }

  get isBusy(): boolean {
    return this.#busy
  }

  get isPaused(): boolean {
    return this.#paused
  }

  push(text: string): void {
    if (!this.#busy) {
      this.#start(text)
      return
    }
    if (this.#waiting === undefined) this.#waiting = [text]
    else this.#waiting.push(text)
    if (this.#waiting.length > this.#limit && !this.#paused) {
      this.#paused = true
      this.#target.pause()
    }
  }

  /** Forgets what waits. The message that is being worked on ends on its own. */
  clear(): void {
    this.#waiting = undefined
    this.#release()
  }

  /** Calls `listener` once nothing is being worked on and nothing waits. Only one listener at a time. */
  onIdle(listener: () => void): void {
    this.#idle = listener
  }

  #start(text: string): void {
    const working = this.#target.run(text)
    if (working === undefined) return
    this.#busy = true
    working.then(this.#next)
  }

  readonly #next = (): void => {
    this.#busy = false
    while (!this.#busy) {
      const text = this.#waiting?.shift()
      if (text === undefined) break
      this.#start(text)
    }
    if ((this.#waiting?.length ?? 0) <= this.#limit / 2) this.#release()
    if (this.#busy) return
    this.#waiting = undefined
    this.#idle?.()
    this.#idle = undefined
  }

  #release(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#target.resume()
  }
}
