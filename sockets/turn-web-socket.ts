import type { Duplex } from 'node:stream'
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws'
import { type Flushable, FlushScheduler } from './flush-scheduler.ts'
import type { EncodedFrame } from './frame.ts'
import { Outbox } from './outbox.ts'

const CONTROL = 0x08

/** A frame as `ws` makes it: header and payload in one part or two. */
type Parts = readonly [header: Uint8Array, payload?: Uint8Array | string]
type Done = (error?: Error | null) => void

/** What `ws` has on a socket of a server beyond what its types declare. */
interface ServerSocket extends WebSocket {
  readonly _sender: { sendFrame(parts: Parts, done?: Done): void }
  readonly _socket: Duplex
  setSocket(socket: Duplex, head: Buffer, options: object): void
}

const ServerSocket = WebSocket as unknown as new (
  address: null,
  protocols: undefined,
  options: object,
) => ServerSocket

interface TurnOptions extends ServerOptions {
  readonly turns: FlushScheduler<EncodedFrame>
}

/**
 * A `WebSocketServer` whose sockets write once a turn of the event loop; for libraries that bring their own protocol and
 * take a `wsEngine`.
 */
export class TurnWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    const turns = new FlushScheduler<EncodedFrame>()
    super({ ...options, WebSocket: TurnWebSocket as unknown as typeof WebSocket, turns } as TurnOptions)
  }
}

/**
 * A server's WebSocket whose messages wait for the end of the turn and then leave in one write, of bytes that are shared
 * with every socket that was told the same. Control frames go at once, behind what waits. A message counts as sent when
 * it waits here, unless the network socket asks to be spared: then when the kernel has taken it.
 */
export class TurnWebSocket extends ServerSocket implements Flushable {
  readonly #turns: FlushScheduler<EncodedFrame>
  readonly #outbox = new Outbox<EncodedFrame>()
  #isScheduled = false
  #waitingBefore = 0
  /** The sender of `ws` itself, for control frames. */
  #sendNow: ((parts: Parts, done?: Done) => void) | undefined
  #isPlain = false
  /** Messages whose senders are to hear when the kernel took them. */
  #held = 0

  /** @internal Made by the server, which passes its own options on. */
  constructor(address: null, protocols: undefined, options: TurnOptions) {
    super(address, protocols, options)
    this.#turns = options.turns
  }

  /** Bytes that wait: for the end of the turn, in `ws` and for the kernel. */
  get unsent(): number {
    return this.bufferedAmount + this.#outbox.bytes
  }

  /** No extension is in use, so that frames may be encoded by others (`sendEncoded`). */
  get isPlain(): boolean {
    return this.#isPlain
  }

  /** Somebody who sent a message through `ws` was not told yet that it is sent, and may hold more back until then. */
  get isHeldUp(): boolean {
    return this.#held > 0
  }

  /** @internal Called by `ws` once the upgrade was answered. */
  override setSocket(socket: Duplex, head: Buffer, options: object): void {
    super.setSocket(socket, head, options)
    this.#isPlain = this.extensions === ''
    this.#sendNow = this._sender.sendFrame
    this._sender.sendFrame = (parts, done) => this.#send(parts, done)
  }

  /**
   * Sends a whole message that was encoded before. Only for a plain socket. Returns the bytes that wait, not
   * counting what the kernel took since the turn began; nothing happens on a socket that is not open.
   */
  sendEncoded(frame: EncodedFrame): number {
    if (this.readyState !== WebSocket.OPEN) return 0
    this.#add(frame)
    return this.#waitingBefore + this.#outbox.bytes
  }

  /** Writes what waits now instead of at the end of the turn. */
  flush(): void {
    const batch = this.#outbox.take()
    if (batch === undefined) return
    const { path, taken } = batch
    const socket = this._socket
    try {
      // The peer may have ended the connection within the turn.
      if (!socket.writable) return
      if (taken === undefined) socket.write(path.bytes)
      else socket.write(path.bytes, (error) => !error && callAll(taken))
    } finally {
      path.leave()
    }
  }

  /** Forgets what waits for the end of the turn. */
  drop(): void {
    this.#outbox.clear()
  }

  /** @internal */
  endTurn(): void {
    this.#isScheduled = false
    this.flush()
  }

  /** @internal */
  turnFailed(error: unknown): void {
    // As `ws` does for an error of its network socket: told, then closed.
    this._socket.destroy(error instanceof Error ? error : new Error(String(error)))
  }

  #send(parts: Parts, done: Done | undefined): void {
    if ((parts[0][0]! & CONTROL) !== 0) {
      this.flush()
      this.#sendNow?.call(this._sender, parts, done)
    } else if (done !== undefined && this._socket.writableNeedDrain) {
      this.#held += 1
      this.#add(frameOf(parts), () => {
        this.#held -= 1
        done()
      })
    } else {
      this.#add(frameOf(parts))
      done?.()
    }
  }

  #add(frame: EncodedFrame, taken?: () => void): void {
    if (this.#outbox.isEmpty) this.#waitingBefore = this.bufferedAmount
    this.#outbox.add(frame, this.#turns.root, taken)
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#turns.add(this)
  }
}

const frameOf = ([header, payload]: Parts): EncodedFrame => {
  if (payload === undefined) return { bytes: header, byteLength: header.length }
  const byteLength = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  const bytes = Buffer.allocUnsafe(header.length + byteLength)
  bytes.set(header)
  if (typeof payload === 'string') bytes.write(payload, header.length)
  else bytes.set(payload, header.length)
  return { bytes, byteLength }
}

const callAll = (listeners: readonly (() => void)[]): void => {
  for (const listener of listeners) listener()
}
