import type { Connection, Frame } from '@parley/sockets'

interface Outgoing {
  readonly text: string
  readonly taken: (() => void) | undefined
}

/**
 * One end of a connection whose other end the test holds: nothing is on the network until the test flushes it, and a
 * drop loses what was not flushed. Stands in for `Connection` where a dialect only uses its public face.
 */
export class FakeConnection<Data> {
  readonly id: string
  readonly remoteAddress = '127.0.0.1'
  data: Data
  closeCode: number | null = null
  readonly #outgoing: Outgoing[] = []
  readonly #onText: (text: string) => void
  readonly #closeListeners: ((code: number) => void)[] = []
  readonly #onClosed: (connection: FakeConnection<Data>, code: number) => void

  constructor(options: {
    id: string
    data: Data
    /** A frame arrived at the client. */
    onText: (text: string) => void
    onClosed: (connection: FakeConnection<Data>, code: number) => void
  }) {
    this.id = options.id
    this.data = options.data
    this.#onText = options.onText
    this.#onClosed = options.onClosed
  }

  /** As the dialect sees it. */
  get asConnection(): Connection<Data> {
    return this as unknown as Connection<Data>
  }

  get isOpen(): boolean {
    return this.closeCode === null
  }

  get readyState(): number {
    return this.isOpen ? 1 : 3
  }

  get bufferedBytes(): number {
    return this.#outgoing.reduce((sum, { text }) => sum + text.length, 0)
  }

  /** Frames that wait for a flush. */
  get pending(): number {
    return this.#outgoing.length
  }

  send(frame: Frame | string, taken?: () => void): void {
    if (!this.isOpen) return
    this.#outgoing.push({ text: typeof frame === 'string' ? frame : frame.text, taken })
  }

  /** Lets the client have the next `count` frames. */
  flush(count = Number.POSITIVE_INFINITY): void {
    for (let left = count; left > 0 && this.isOpen; left -= 1) {
      const next = this.#outgoing.shift()
      if (next === undefined) return
      this.#onText(next.text)
      next.taken?.()
    }
  }

  /** Closes from the server's side; what waits is still flushed, as on a real connection. */
  close(code: number, _reason: string): void {
    if (!this.isOpen) return
    this.flush()
    this.#end(code)
  }

  /** The network is gone; what was not flushed is lost. */
  drop(): void {
    this.#outgoing.length = 0
    this.#end(1006)
  }

  onClose(listener: (code: number) => void): void {
    if (this.closeCode === null) this.#closeListeners.push(listener)
    else listener(this.closeCode)
  }

  whenDrained(below: number): Promise<boolean> {
    return Promise.resolve(this.isOpen && this.bufferedBytes < below)
  }

  #end(code: number): void {
    if (!this.isOpen) return
    this.closeCode = code
    for (const listener of this.#closeListeners) listener(code)
    this.#onClosed(this, code)
  }
}
