import type { WebSocketConnection } from './types.ts'

/** Tells others that a user began or stopped typing. `ws` is the connection that caused it. */
export type TypingListener = (ws: WebSocketConnection, isTyping: boolean) => void

/**
 * Who types. A user types while one of the user's connections does. Only changes are told, never refreshes;
 * typing ends when the connection stops, sends, closes, or has not renewed it within the timeout.
 */
export class TypingTracker {
  readonly #tell: TypingListener
  readonly #timeout: number
  /** In the order of the last start, so that the first entry is the first to end. */
  readonly #startedAt = new Map<WebSocketConnection, number>()
  readonly #countOf = new Map<string, number>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `timeout` in milliseconds. */
  constructor(timeout: number, tell: TypingListener) {
    this.#timeout = timeout
    this.#tell = tell
  }

  start(ws: WebSocketConnection): void {
    const known = this.#startedAt.delete(ws)
    this.#startedAt.set(ws, performance.now())
    this.#watch()
    if (known) return
    const count = (this.#countOf.get(ws.data.userId) ?? 0) + 1
    this.#countOf.set(ws.data.userId, count)
    if (count === 1) this.#tell(ws, true)
  }

  stop(ws: WebSocketConnection): void {
    if (!this.#startedAt.delete(ws)) return
    const { userId } = ws.data
    const count = (this.#countOf.get(userId) ?? 1) - 1
    if (count > 0) {
      this.#countOf.set(userId, count)
      return
    }
    this.#countOf.delete(userId)
    this.#tell(ws, false)
  }

  /** Whether this connection types. */
  isTyping(ws: WebSocketConnection): boolean {
    return this.#startedAt.has(ws)
  }

  /** Forgets everything and tells nobody. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#startedAt.clear()
    this.#countOf.clear()
  }

  // One timer for all, set for the one that ends first.
  #watch(): void {
    if (this.#timer !== undefined) return
    const [first] = this.#startedAt.values()
    if (first === undefined) return
    this.#timer = setTimeout(this.#expire, Math.max(1, first + this.#timeout - performance.now()))
    this.#timer.unref()
  }

  readonly #expire = (): void => {
    this.#timer = undefined
    const ended = performance.now() - this.#timeout
    for (const [ws, startedAt] of this.#startedAt) {
      if (startedAt > ended) break
      this.stop(ws)
    }
    this.#watch()
  }
}
