import type { Frame } from './frame.ts'

/** What one network write carries, and who wants to know that it was written. */
export interface Batch {
  readonly frames: readonly Frame[]
  readonly taken: readonly (() => void)[] | undefined
}

/** The frames of one connection that wait for the end of the turn. Holds nothing while it is empty. */
export class Outbox {
  #frames: Frame[] | undefined
  #taken: (() => void)[] | undefined
  #bytes = 0

  /** Payload bytes that wait. */
  get bytes(): number {
    return this.#bytes
  }

  add(frame: Frame, taken: (() => void) | undefined): void {
    if (this.#frames === undefined) this.#frames = [frame]
    else this.#frames.push(frame)
    this.#bytes += frame.byteLength
    if (taken === undefined) return
    if (this.#taken === undefined) this.#taken = [taken]
    else this.#taken.push(taken)
  }

  /** Empties the box into a batch; `undefined` when there was nothing. */
  take(): Batch | undefined {
    if (this.#frames === undefined) return undefined
    const batch = { frames: this.#frames, taken: this.#taken }
    this.clear()
    return batch
  }

  clear(): void {
    this.#frames = undefined
    this.#taken = undefined
    this.#bytes = 0
  }
}
