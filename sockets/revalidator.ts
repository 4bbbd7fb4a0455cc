import type { Logger, WebSocketConnection } from './types.ts'

/** Checks under way at once, so that a round does not flood the session store. */
const PARALLEL = 16

interface RevalidatorOptions {
  /** Milliseconds between the ends and starts of rounds. */
  readonly interval: number
  readonly logger: Logger
  connections(): Iterable<WebSocketConnection>
  check(ws: WebSocketConnection): boolean | Promise<boolean>
  ended(ws: WebSocketConnection): void
}

/** Asks again and again whether the sessions of open connections still stand. Rounds never overlap. */
export class Revalidator {
  readonly #options: RevalidatorOptions
  readonly #timer: ReturnType<typeof setInterval>
  #running = false

  constructor(options: RevalidatorOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.run(), options.interval)
    this.#timer.unref()
  }

  /** One round now; does nothing while one is under way. */
  async run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    const waiting = [...this.#options.connections()].values()
    const worker = async () => {
      for (const ws of waiting) await this.#check(ws)
    }
    await Promise.all(Array.from({ length: PARALLEL }, worker))
    this.#running = false
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #check(ws: WebSocketConnection): Promise<void> {
    try {
      if (!(await this.#options.check(ws))) this.#options.ended(ws)
    } catch (error) {
      this.#options.logger.warn(`The session of ${ws.data.userId} could not be checked`, error)
    }
  }
}
