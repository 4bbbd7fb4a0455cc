import type { Environment } from './environment.ts'
import { Timer } from './timer.ts'

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
  readonly #starting: Timer
  readonly #stopping: Timer
  #toldAt: number | null = null

  constructor(environment: Environment, tell: (isTyping: boolean) => void) {
    this.#environment = environment
    this.#tell = tell
    this.#starting = new Timer(environment, () => this.#start())
    this.#stopping = new Timer(environment, () => this.stop())
  }

  keystroke(): void {
    this.#stopping.reset(TYPING_PAUSE)
    if (this.#toldAt === null) this.#starting.set(TYPING_DELAY)
    else if (this.#environment.now() - this.#toldAt >= TYPING_REFRESH) this.#again()
  }

  stop(): void {
    this.#starting.cancel()
    this.#stopping.cancel()
    if (this.#toldAt === null) return
    this.#toldAt = null
    this.#tell(false)
  }

  /** Others hear of changes alone: without one they would think that an end was lost. */
  #again(): void {
    this.#tell(false)
    this.#start()
  }

  #start(): void {
    this.#toldAt = this.#environment.now()
    this.#tell(true)
  }
}
