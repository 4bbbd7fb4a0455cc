import type { Clock } from './clock.ts'
import type { Connection } from './connection.ts'
import type { FlushScheduler } from './flush-scheduler.ts'
import type { Transport } from './transport.ts'

/** What a connection does when something happens. One object serves any number of connections. */
export interface ConnectionHandlers<Data> {
  open?(connection: Connection<Data>): void
  /** Text of one message. A returned promise delays the following messages of this connection. */
  message(connection: Connection<Data>, text: string): void | Promise<void>
  /**
   * Called once, after the last `message` has ended (5 s at most). `code` is the server's own when the server
   * began to close, else the peer's (1005: none was given, 1006: the network was lost).
   */
  close?(connection: Connection<Data>, code: number): void
}

/** What all connections of an acceptor share. */
export interface ConnectionContext {
  readonly clock: Clock
  readonly scheduler: FlushScheduler
  /** Bytes that may wait for one peer. */
  readonly maxBuffered: number
  /** Milliseconds that a peer may take nothing while bytes wait for it. */
  readonly stallTimeout: number
  /** Milliseconds between two pings. */
  readonly heartbeatInterval: number
  /** Messages that may wait for a handler before the peer is paused. */
  readonly maxQueued: number
  onSlow?(connection: Connection<unknown>): void
  onError(error: unknown): void
  /** The connection is over, and its handlers have been told. */
  onEnd?(connection: Connection<unknown>): void
}

/** How a transport is told apart and to whom it belongs. */
export interface ConnectionOptions<Data> {
  readonly transport: Transport
  readonly remoteAddress: string
  readonly handlers: ConnectionHandlers<Data>
  readonly data: Data
}
