/** Typing ends this long after the last key (ms). */
const IDLE = 3_000

/** Makes of single keys one start and one stop. */
export class TypingSignal {
  readonly #tell: (isTyping: boolean) => void
  #timer: NodeJS.Timeout | null = null

  constructor(tell: (isTyping: boolean) => void) {
    this.#tell = tell
  }

  key(): void {
    if (this.#timer === null) this.#tell(true)
    else clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.stop(), IDLE)
  }

  stop(): void {
    if (this.#timer === null) return
    clearTimeout(this.#timer)
    this.#timer = null
    this.#tell(false)
  }
}
