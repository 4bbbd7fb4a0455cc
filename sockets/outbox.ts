import type { EncodedFrame, Frame } from './frame.ts'
import type { FramePath } from './frame-path.ts'

/** What one network write carries, and who wants to know that it was written. */
export interface Batch<F extends EncodedFrame = Frame> {
  /** To be left once it was written. */
  readonly path: FramePath<F>
  readonly taken: readonly (() => void)[] | undefined
}

/** The frames of one connection that wait for the end of the turn. Holds nothing while it is empty. */
export class Outbox<F extends EncodedFrame = Frame> {
  #path: FramePath<F> | undefined
  #taken: (() => void)[] | undefined

  /** Payload bytes that wait. */
  get bytes(): number {
    return this.#path === undefined ? 0 : this.#path.byteLength
  }

  get isEmpty(): boolean {
    return this.#path === undefined
  }

  /** `root` is the turn's: what waits already stays on the path that it is on. */
  add(frame: F, root: FramePath<F>, taken?: () => void): void {
    const from = this.#path
    const path = (from ?? root).with(frame)
    from?.leave()
    path.enter()
    this.#path = path
    if (taken === undefined) return
    if (this.#taken === undefined) this.#taken = [taken]
    else this.#taken.push(taken)
  }

  /** Empties the box into a batch; `undefined` when there was nothing. */
  take(): Batch<F> | undefined {
    if (this.#path === undefined) return undefined
    const batch = { path: this.#path, taken: this.#taken }
    this.#path = undefined
    this.#taken = undefined
    return batch
  }

  clear(): void {
    this.take()?.path.leave()
  }
}
