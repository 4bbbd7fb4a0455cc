import type { Duplex } from 'node:stream'
import type { FramePath } from './frame-path.ts'
import type { Transport } from './transport.ts'

const OPEN = 1
const NOTHING = new Uint8Array(0)

/** The part of a `ws` socket that is used here. */
export interface WsSocket {
  readonly readyState: number
  readonly bufferedAmount: number
  readonly extensions: string
  send(text: string, done?: (error?: Error | null) => void): void
  ping(): void
  close(code: number, reason: string): void
  terminate(): void
  pause(): void
  resume(): void
}

/** Counters that Node keeps on the handle of a socket. They are not documented: any of them may be missing. */
interface CountingHandle {
  readonly bytesWritten?: unknown
  readonly writeQueueSize?: unknown
}

/**
 * A `ws` socket as a transport. This is the one place that reaches past `ws`: without compression it writes
 * encoded frames straight to the network socket, those of a turn in one buffer that it shares with others, which `ws`
 * cannot do (it frames each message for each socket, with two writes). That keeps the order, because `ws` then writes its own frames
 * (ping, pong, close) to the same socket at once and queues nothing. With compression everything goes
 * through `ws`.
 */
export class NodeTransport implements Transport {
  readonly #ws: WsSocket
  readonly #socket: Duplex
  readonly #direct: boolean
  /** Writes that are with `ws`, when it compresses. */
  #sending = 0
  #onSent: ((ok: boolean) => void)[] = []

  constructor(ws: WsSocket, socket: Duplex) {
    this.#ws = ws
    this.#socket = socket
    this.#direct = ws.extensions === ''
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount
  }

  /**
   * Bytes that the kernel took, partial writes included: what was given to libuv less what libuv still holds.
   * Without those counters, a number that changes when a whole write ends.
   */
  get progress(): number {
    const socket = this.#socket as Duplex & { _handle?: CountingHandle | null; bytesWritten?: number }
    const given = socket._handle?.bytesWritten
    const held = socket._handle?.writeQueueSize
    if (typeof given === 'number' && typeof held === 'number') return given - held
    return (socket.bytesWritten ?? 0) - socket.writableLength
  }

  write(path: FramePath, done?: (ok: boolean) => void): void {
    if (this.#ws.readyState !== OPEN) {
      if (done !== undefined) queueMicrotask(() => done(false))
      return
    }
    if (!this.#direct) this.#send(path, done)
    // Without a callback Node does not come back to this write at all.
    else if (done === undefined) this.#socket.write(path.bytes)
    else this.#socket.write(path.bytes, this.#finished(done))
  }

  whenTaken(done: (ok: boolean) => void): void {
    if (this.#ws.readyState !== OPEN) {
      queueMicrotask(() => done(false))
      return
    }
    // What is being compressed is not with the socket yet.
    if (this.#sending > 0) this.#onSent.push(done)
    else this.#socket.write(NOTHING, this.#finished(done))
  }

  ping(): void {
    if (this.#ws.readyState === OPEN) this.#ws.ping()
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason)
  }

  terminate(): void {
    this.#ws.terminate()
  }

  pause(): void {
    this.#ws.pause()
  }

  resume(): void {
    this.#ws.resume()
  }

  #send(path: FramePath, done: ((ok: boolean) => void) | undefined): void {
    const frames = path.frames()
    const last = frames.length - 1
    this.#sending += 1
    const sent = this.#finished((ok) => {
      this.#sending -= 1
      const waiting = this.#onSent
      this.#onSent = []
      done?.(ok)
      for (const listener of waiting) listener(ok)
    })
    frames.forEach((frame, index) => {
      this.#ws.send(frame.text, index === last ? sent : undefined)
    })
  }

  // Node reports the write that was under way when a socket is destroyed as done, although the kernel may have taken
  // only a part of it.
  #finished(done: (ok: boolean) => void): (error?: Error | null) => void {
    return (error) => done(!error && !this.#socket.destroyed)
  }
}
