import type { Environment } from './environment.ts'

/** Keys for so long before typing is told (ms; documents 003 and 004). */
export const TYPING_DELAY = 300
/** So long without a key ends it (ms; documents 003 and 004). */
export const TYPING_PAUSE = 1_000
/** The server forgets a start after 30 s: it is told again before (ms). */
const TYPING_REFRESH = 20_000

/** Tells that one types, from the keys: not for a single stray key, not for every key, and not after the last. */
export class TypingSignal {
  readonly #environment: Environment
  readonly #tell: (isTyping: boolean) => void
  #cancelStart: (() => void) | null = null
  #cancelStop: (() => void) | null = null
  #toldAt: number | null = null

  constructor(environment: Environment, tell: (isTyping: boolean) => void) {
    this.#environment = environment
    this.#tell = tell
  }

  keystroke(): void {
    const environment = this.#environment
    this.#cancelStop?.()
    this.#cancelStop = environment.after(TYPING_PAUSE, () => this.stop())
    if (this.#toldAt !== null) {
      if (environment.now() - this.#toldAt >= TYPING_REFRESH) this.#start()
    } else {
      this.#cancelStart ??= environment.after(TYPING_DELAY, () => this.#start())
    }
  }

  stop(): void {
    this.#cancelStart?.()
    this.#cancelStop?.()
    this.#cancelStart = null
    this.#cancelStop = null
    if (this.#toldAt === null) return
    this.#toldAt = null
    this.#tell(false)
  }

  #start(): void {
    this.#cancelStart = null
    this.#toldAt = this.#environment.now()
    this.#tell(true)
  }
}
