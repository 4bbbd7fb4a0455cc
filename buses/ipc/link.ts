import type { Duplex } from 'node:stream'
import { Fault } from '@parley/model'
import { type CarriedError, carryError, toError } from './carried-error.ts'
import { FrameReader, toFrame } from './frames.ts'

/** Most calls that wait for their answer; above it one is refused at once. */
const MAX_CALLS = 20_000
/** Calls of the other side that are under way here: it bounds them as well, so that more means it does not. */
const MAX_SERVED = 2 * MAX_CALLS

type Message =
  | readonly ['say', method: string, payload: unknown]
  | readonly ['call', method: string, payload: unknown, id: number]
  | readonly ['done', id: number, answer: unknown]
  | readonly ['failed', id: number, error: CarriedError]

/** Answers a call of the other side; what it throws is thrown there. */
export type LinkHandler = (payload: unknown) => unknown

export interface LinkOptions {
  /** Bytes that the other side has not taken, above which it is cut off: it does not read. */
  readonly maxBacklog: number
  /** Something broke the rules, or was said without an answer and failed. */
  readonly onError: (error: unknown) => void
}

interface Pending {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

const away = (): Fault =>
  new Fault('UNAVAILABLE', 'The server is busy. Try again in a moment.', { retryAfterMs: 1_000 })

/**
 * Two processes of one machine, over a pipe. What is said arrives in order, or the link ends; everything of one turn is
 * one write. Nothing waits without end: a side that does not read is cut off, and its calls fail with `UNAVAILABLE`.
 */
export class Link {
  readonly #stream: Duplex
  readonly #options: LinkOptions
  readonly #handlers = new Map<string, LinkHandler>()
  readonly #pending = new Map<number, Pending>()
  readonly #reader = new FrameReader()
  readonly #onEnd: (() => void)[] = []
  #outgoing: Message[] = []
  #lastId = 0
  #served = 0
  #hasEnded = false

  constructor(stream: Duplex, options: LinkOptions) {
    this.#stream = stream
    this.#options = options
    stream.on('data', (piece: Buffer) => this.#receive(piece))
    stream.on('error', () => this.cut())
    // A dead process: what it had said is read by then.
    stream.on('close', () => this.#end())
    stream.on('end', () => this.cut())
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Bytes that the other side has not taken yet. */
  get backlog(): number {
    return this.#stream.writableLength
  }

  /** Who answers the calls of a name, and hears what is said under it. Before the first of them can come. */
  handle(method: string, handler: LinkHandler): void {
    this.#handlers.set(method, handler)
  }

  /** No answer, no promise that it arrives. */
  say(method: string, payload: unknown): void {
    this.#push(['say', method, payload])
  }

  /** Resolves to the other side's answer; rejects with what it threw, or `UNAVAILABLE`. */
  call(method: string, payload: unknown): Promise<unknown> {
    if (this.#hasEnded || this.#pending.size >= MAX_CALLS) return Promise.reject(away())
    return new Promise((resolve, reject) => {
      this.#lastId += 1
      this.#pending.set(this.#lastId, { resolve, reject })
      this.#push(['call', method, payload, this.#lastId])
    })
  }

  /** Called once when the link has ended; at once when it has already. */
  onEnd(listener: () => void): void {
    if (this.#hasEnded) listener()
    else this.#onEnd.push(listener)
  }

  /** Ends the link now; what was not sent is lost. */
  cut(): void {
    this.#stream.destroy()
    this.#end()
  }

  #push(message: Message): void {
    if (this.#hasEnded) return
    this.#outgoing.push(message)
    if (this.#outgoing.length === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const messages = this.#outgoing
    this.#outgoing = []
    if (this.#hasEnded) return
    this.#stream.write(toFrame(messages))
    if (this.backlog > this.#options.maxBacklog) this.#break('the other process does not read')
  }

  #receive(piece: Buffer): void {
    try {
      for (const messages of this.#reader.read(piece)) {
        for (const message of messages as readonly Message[]) this.#take(message)
      }
    } catch (error) {
      this.#options.onError(error)
      this.cut()
    }
  }

  #take(message: Message): void {
    switch (message[0]) {
      case 'say':
        this.#hear(message[1], message[2])
        break
      case 'call':
        void this.#serve(message[1], message[2], message[3])
        break
      case 'done':
        this.#settle(message[1])?.resolve(message[2])
        break
      case 'failed':
        this.#settle(message[1])?.reject(toError(message[2]))
        break
    }
  }

  #hear(method: string, payload: unknown): void {
    try {
      this.#run(method, payload)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  async #serve(method: string, payload: unknown, id: number): Promise<void> {
    if (this.#served >= MAX_SERVED) {
      this.#break('the other process calls without end')
      return
    }
    this.#served += 1
    try {
      this.#push(['done', id, await this.#run(method, payload)])
    } catch (error) {
      this.#push(['failed', id, carryError(error)])
    } finally {
      this.#served -= 1
    }
  }

  #run(method: string, payload: unknown): unknown {
    const handler = this.#handlers.get(method)
    if (handler === undefined) throw new Error(`nobody here answers ${method}`)
    return handler(payload)
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  #break(why: string): void {
    this.#options.onError(new Error(why))
    this.cut()
  }

  #end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#outgoing = []
    for (const { reject } of this.#pending.values()) reject(away())
    this.#pending.clear()
    for (const listener of this.#onEnd.splice(0)) listener()
  }
}
