import type { Duplex } from 'node:stream'
import type { Frame } from './frame.ts'
import type { Transport } from './transport.ts'

const OPEN = 1

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
 * encoded frames straight to the network socket, several in one buffer, which `ws` cannot do (it frames each
 * message for each socket, with two writes). That keeps the order, because `ws` then writes its own frames
 * (ping, pong, close) to the same socket at once and queues nothing. With compression everything goes
 * through `ws`.
 */
export class NodeTransport implements Transport {
  readonly #ws: WsSocket
  readonly #socket: Duplex
  readonly #direct: boolean

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

  write(frames: readonly Frame[], done?: (ok: boolean) => void): void {
    if (this.#ws.readyState !== OPEN) {
      if (done !== undefined) queueMicrotask(() => done(false))
      return
    }
    // Node reports the write that was under way when a socket is destroyed as done, although the kernel may have
    // taken only a part of it.
    const finished = done && ((error?: Error | null) => done(!error && !this.#socket.destroyed))
    if (this.#direct) {
      this.#socket.write(joinFrames(frames), finished)
      return
    }
    const last = frames.length - 1
    frames.forEach((frame, index) => {
      this.#ws.send(frame.text, index === last ? finished : undefined)
    })
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
}

let joined: { readonly frames: readonly Frame[]; readonly bytes: Uint8Array } | undefined

/**
 * One buffer with all frames. The last result is kept, because the members of a room mostly get the same
 * frames in the same turn: they then share the bytes.
 */
export function joinFrames(frames: readonly Frame[]): Uint8Array {
  const [first] = frames
  if (frames.length === 1 && first !== undefined) return first.bytes
  if (joined !== undefined && sameFrames(joined.frames, frames)) return joined.bytes
  const bytes = Buffer.concat(frames.map((frame) => frame.bytes))
  // Only small ones are kept: nobody should wonder what holds a megabyte.
  joined = bytes.length <= 65_536 ? { frames, bytes } : undefined
  return bytes
}

function sameFrames(one: readonly Frame[], other: readonly Frame[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}
