import type { IncomingMessage } from 'node:http'
import { type ClientOptions, WebSocket } from 'ws'

/** A JSON frame as it came: flat for hub, an envelope for chat. */
export type RawFrame = { readonly type: string } & Readonly<Record<string, unknown>>

interface Waiter {
  readonly matches: (frame: RawFrame) => boolean
  readonly resolve: (frame: RawFrame) => void
}

/** How long a frame or a close may take before the test fails (ms): generous, as machines are noisy. */
const PATIENCE = 15_000

/** A client that knows nothing: text in, text out. What came and was not asked for stays in `frames`. */
export class RawClient {
  readonly socket: WebSocket
  /** Frames in order of arrival that no `next` took yet. */
  readonly frames: RawFrame[] = []
  /** Every frame, in order of arrival. */
  readonly all: RawFrame[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #waiters: Waiter[] = []

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.#onText(String(data)))
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }))
    })
  }

  /** Resolves when the connection is open; rejects with `HTTP STATUS` when the upgrade is refused. */
  static open(
    url: string,
    headers: Record<string, string> = {},
    connection: Pick<ClientOptions, 'ca' | 'localAddress'> = {},
  ): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { ...connection, headers })
      const client = new RawClient(socket)
      socket.once('open', () => resolve(client))
      socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        reject(new Error(`HTTP ${response.statusCode}`))
        response.resume()
        socket.terminate()
      })
      socket.once('error', reject)
    })
  }

  /** An object is sent as JSON, text as it is. */
  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** The first frame of this type that was not taken yet, now or within the patience of a test. */
  next(type: string, matches: (frame: RawFrame) => boolean = () => true): Promise<RawFrame> {
    const wanted = (frame: RawFrame): boolean => frame.type === type && matches(frame)
    const index = this.frames.findIndex(wanted)
    if (index >= 0) return Promise.resolve(this.frames.splice(index, 1)[0]!)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        matches: wanted,
        resolve: (frame) => {
          clearTimeout(timer)
          resolve(frame)
        },
      }
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        const seen = this.all.map((frame) => frame.type).slice(-20)
        reject(new Error(`no ${type} came; the last frames were: ${seen.join(', ') || 'none'}`))
      }, PATIENCE)
      this.#waiters.push(waiter)
    })
  }

  /** The `data` of the next envelope of this type. */
  async data(type: string): Promise<Readonly<Record<string, unknown>>> {
    const frame = await this.next(type)
    return (frame['data'] ?? {}) as Readonly<Record<string, unknown>>
  }

  /** Closes and resolves when the server has answered. */
  async close(): Promise<void> {
    this.socket.close()
    await this.closed
  }

  #onText(text: string): void {
    const frame = JSON.parse(text) as RawFrame
    this.all.push(frame)
    const index = this.#waiters.findIndex((waiter) => waiter.matches(frame))
    if (index < 0) this.frames.push(frame)
    else this.#waiters.splice(index, 1)[0]!.resolve(frame)
  }
}
