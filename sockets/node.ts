import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { type Cancel, type Clock, systemClock } from './clock.ts'
import { Connection } from './connection.ts'
import type { ConnectionContext, ConnectionHandlers } from './connection-context.ts'
import { FlushScheduler } from './flush-scheduler.ts'
import { NodeTransport } from './node-transport.ts'

export { TurnWebSocket, TurnWebSocketServer } from './turn-web-socket.ts'

const UNSUPPORTED_TEXT = 1007
/** How long `closeAll` waits for the peers' answers, in milliseconds. */
const CLOSE_ALL_GRACE = 2_000

/** Limits of an acceptor. All are per connection; times are in milliseconds. */
export interface AcceptorOptions {
  /** Bytes of one message; more closes with 1009. Default 65,536. */
  readonly maxPayload?: number
  /** Bytes that may wait for a peer; more closes with 1013. Default 1,048,576. */
  readonly maxBuffered?: number
  /** A peer that takes nothing for so long while bytes wait is closed with 1013. Default 10,000. */
  readonly stallTimeout?: number
  /** A ping so often; no pong before the next one terminates. Default 30,000. */
  readonly heartbeatInterval?: number
  /** Messages that may wait for a slow handler before reading pauses. Default 64. */
  readonly maxQueued?: number
  /** Compression as `ws` takes it (`perMessageDeflate`). Default off: it costs memory for each connection. */
  readonly deflate?: boolean | object
  /** Where the peer is; behind a proxy this reads its header. Default: the socket's address. */
  addressOf?(request: IncomingMessage): string
  /** A peer was closed because it did not read. */
  onSlow?(connection: Connection): void
  /** A handler threw or rejected. Default: `console.error`. */
  onError?(error: unknown): void
  readonly clock?: Clock
}

/** Turns upgrade requests of a Node HTTP server into connections. */
export interface NodeAcceptor {
  /** Answers an upgrade. The caller has decided that the peer may come in. */
  accept<Data>(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    handlers: ConnectionHandlers<Data>,
    data: Data,
  ): void
  /** Connections that are not closed yet. */
  readonly size: number
  connections(): Iterable<Connection>
  /** Closes all, terminates after 2 s who did not answer, and refuses new ones with 503 from now on. */
  closeAll(code: number, reason: string): Promise<void>
  /** Stops the timer: no heartbeat any more, and nobody is too slow. */
  stop(): void
}

export function createNodeAcceptor(options: AcceptorOptions = {}): NodeAcceptor {
  return new Acceptor(options)
}

const CONNECTION = Symbol('connection')
type Peer = WebSocket & { [CONNECTION]?: Connection<never> }

class Acceptor implements NodeAcceptor {
  readonly #server: WebSocketServer
  readonly #context: ConnectionContext
  readonly #addressOf: (request: IncomingMessage) => string
  readonly #connections = new Set<Connection>()
  readonly #stopTimer: Cancel
  #closing = false

  constructor(options: AcceptorOptions) {
    this.#server = new WebSocketServer(serverOptions(options))
    this.#context = contextOf(options, (connection) => this.#connections.delete(connection))
    this.#addressOf = options.addressOf ?? ((request) => request.socket.remoteAddress ?? '')
    const { clock, heartbeatInterval, stallTimeout } = this.#context
    // One timer for all: four looks within the shortest of the two times, and one a second at most.
    const pace = Math.min(1_000, heartbeatInterval / 4, stallTimeout / 4)
    this.#stopTimer = clock.every(pace, () => this.#sweep())
  }

  get size(): number {
    return this.#connections.size
  }

  connections(): Iterable<Connection> {
    return this.#connections.values()
  }

  accept<Data>(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    handlers: ConnectionHandlers<Data>,
    data: Data,
  ): void {
    socket.on('error', ignore)
    if (this.#closing) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const remoteAddress = this.#addressOf(request)
    this.#server.handleUpgrade(request, socket, head, (ws: Peer) => {
      const transport = new NodeTransport(ws, socket)
      const connection = new Connection({ transport, remoteAddress, handlers, data }, this.#context)
      ws[CONNECTION] = connection as Connection<never>
      ws.on('error', ignore)
      ws.on('message', onMessage)
      ws.on('pong', onPong)
      ws.on('close', onClose)
      this.#connections.add(connection as Connection)
      connection.opened()
    })
  }

  async closeAll(code: number, reason: string): Promise<void> {
    this.#closing = true
    const all = [...this.#connections]
    const ends = all.map((connection) => new Promise<void>((end) => connection.onClose(() => end())))
    for (const connection of all) connection.close(code, reason)
    const cancel = this.#context.clock.after(CLOSE_ALL_GRACE, () => {
      for (const connection of all) connection.terminate()
    })
    await Promise.all(ends)
    cancel()
  }

  stop(): void {
    this.#stopTimer()
  }

  #sweep(): void {
    const now = this.#context.clock.now()
    for (const connection of this.#connections) connection.sweep(now)
  }
}

function serverOptions(options: AcceptorOptions) {
  return {
    noServer: true,
    clientTracking: false,
    maxPayload: options.maxPayload ?? 65_536,
    perMessageDeflate: options.deflate ?? false,
    // A peer that sends empty fragments, tiny chunks or pings without end must not fill the memory.
    maxFragments: 256,
    maxBufferedChunks: 4_096,
    maxPendingAutoPongs: 16,
    closeTimeout: 5_000,
  }
}

function contextOf(options: AcceptorOptions, onEnd: (connection: Connection) => void): ConnectionContext {
  return {
    clock: options.clock ?? systemClock,
    scheduler: new FlushScheduler(),
    maxBuffered: options.maxBuffered ?? 1_048_576,
    stallTimeout: options.stallTimeout ?? 10_000,
    heartbeatInterval: options.heartbeatInterval ?? 30_000,
    maxQueued: options.maxQueued ?? 64,
    onSlow: (connection) => options.onSlow?.(connection),
    onError: options.onError ?? ((error) => console.error(error)),
    onEnd,
  }
}

// These are shared by all sockets (`ws` calls them with itself as `this`): no closures for each connection.

function onMessage(this: Peer, raw: RawData, isBinary: boolean): void {
  // `ws` gives a Buffer as long as nobody sets binaryType, and has checked the UTF-8 of text.
  const bytes = raw as Buffer
  if (isBinary && !isUtf8(bytes)) this[CONNECTION]?.close(UNSUPPORTED_TEXT, 'Invalid UTF-8')
  else this[CONNECTION]?.receive(bytes.toString())
}

function onPong(this: Peer): void {
  this[CONNECTION]?.ponged()
}

function onClose(this: Peer, code: number): void {
  this[CONNECTION]?.closed(code)
}

function ignore(): void {
  // An error is followed by a close, which says all that matters.
}
