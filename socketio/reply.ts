import type { Reply } from './dialect.ts'

export type Acknowledge = (answer: Readonly<Record<string, unknown>>) => void

/** The answer to one event; what comes after the first counts for nothing. */
export class EventReply implements Reply {
  #acknowledge: Acknowledge | null

  /** `acknowledge` is null when the client asked for none. */
  constructor(acknowledge: Acknowledge | null) {
    this.#acknowledge = acknowledge
  }

  ok(answer: Readonly<Record<string, unknown>> = {}): void {
    this.#send({ ok: true, ...answer })
  }

  fail(code: string, message: string, more: Readonly<Record<string, unknown>> = {}): void {
    this.#send({ ok: false, error: { code, message, ...more } })
  }

  #send(answer: Readonly<Record<string, unknown>>): void {
    const acknowledge = this.#acknowledge
    this.#acknowledge = null
    acknowledge?.(answer)
  }
}
