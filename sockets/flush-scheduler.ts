import type { EncodedFrame, Frame } from './frame.ts'
import { FramePath } from './frame-path.ts'

/** Something that gathers frames during a turn of the event loop. */
export interface Flushable {
  /** Writes them: the turn is over. */
  endTurn(): void
  /** `endTurn` threw: frames are lost, so that nothing may follow them. Must not throw. */
  turnFailed(error: unknown): void
}

/**
 * Flushes at the end of the current turn of the event loop, all at once. `setImmediate` runs right after the
 * sockets that were ready have been read, so an idle server writes within microseconds and a busy one
 * gathers everything that one round of reading caused: one write for a connection instead of one for a message.
 * The tree of the turn's frames lives as long as the turn, so whoever adds to it has to be added here as well.
 */
export class FlushScheduler<F extends EncodedFrame = Frame> {
  #waiting: Flushable[] = []
  #root = new FramePath<F>()

  /** Where the paths of this turn begin. */
  get root(): FramePath<F> {
    return this.#root
  }

  /** The caller takes care not to add the same one twice in a turn. */
  add(item: Flushable): void {
    if (this.#waiting.push(item) === 1) setImmediate(this.#run)
  }

  readonly #run = (): void => {
    const items = this.#waiting
    this.#waiting = []
    this.#root = new FramePath()
    for (const item of items) {
      try {
        item.endTurn()
      } catch (error) {
        item.turnFailed(error)
      }
    }
  }
}
