import type { ConnectionLimitError } from './errors.ts'

/** What the server knows of the user behind a connection; set when the upgrade is answered. */
export interface WebSocketData {
  readonly userId: string
  readonly email: string
  readonly name: string
  /** For `authorize`. */
  readonly role?: string
  /** For `revalidate`. */
  readonly sessionId?: string
}

/** What a WebSocket must offer: Bun's `ServerWebSocket`, a `ws` socket with `data`, or a `Connection`. */
export interface WebSocketConnection {
  readonly data: WebSocketData
  /** 1 is open. */
  readonly readyState: number
  send(message: string): unknown
  close(code?: number, reason?: string): unknown
}

/** One entry per user, however many connections there are. */
export interface ConnectedUser {
  readonly userId: string
  readonly email: string
  readonly name: string
  /** When the first connection of now was opened: ISO 8601, UTC. */
  readonly connectedAt: string
}

/** A user as chat and typing frames show it. */
export type MessageUser = Omit<ConnectedUser, 'connectedAt'>

/** What a client sends. Types of your own are the last member: any `type` with any fields. */
export type ClientMessage =
  | { readonly type: 'chat_message'; readonly message: string }
  | { readonly type: 'typing_indicator'; readonly isTyping: boolean }
  | { readonly type: 'ping' }
  | { readonly type: string; readonly [field: string]: unknown }

/** What the server sends. */
export type ServerMessage =
  | { readonly type: 'welcome'; readonly message: string; readonly userId: string }
  | { readonly type: 'connected_users'; readonly users: readonly ConnectedUser[] }
  | { readonly type: 'user_joined'; readonly user: ConnectedUser }
  | { readonly type: 'user_left'; readonly userId: string; readonly email: string }
  | {
      readonly type: 'chat_message'
      readonly user: MessageUser
      readonly message: string
      readonly timestamp: string
    }
  | {
      readonly type: 'typing_indicator'
      readonly user: MessageUser
      readonly isTyping: boolean
      readonly timestamp: string
    }
  | { readonly type: 'pong'; readonly timestamp: string }
  | { readonly type: 'error'; readonly code: string; readonly message: string }

/** Every frame of the protocol, in both directions. */
export type WebSocketMessage = ClientMessage | ServerMessage

export interface ConnectionStats {
  readonly totalUsers: number
  readonly totalConnections: number
  readonly connectionsPerUser: Readonly<Record<string, number>>
}

/** Who is left out of a broadcast. */
export interface BroadcastScope {
  /** The id of a user: none of the user's connections gets it. */
  readonly exceptUser?: string
  /** The id of one connection (`manager.connectionId(ws)`). */
  readonly exceptConnection?: string
}

/** Where the library writes. `info` and `debug` are heard with `verboseLogging` only. */
export interface Logger {
  debug(message: string, detail?: unknown): void
  info(message: string, detail?: unknown): void
  warn(message: string, detail?: unknown): void
  error(message: string, detail?: unknown): void
}

/** So many messages per user (all connections together) and interval; bursts of the whole number may come at once. */
export interface RateLimit {
  readonly messages: number
  /** Milliseconds. */
  readonly interval: number
}

/** How a connection too many is closed; nothing stands for the default. */
// biome-ignore lint/suspicious/noConfusingVoidType: a listener that only writes a log returns nothing
export type LimitAnswer = { readonly code: number; readonly reason: string } | undefined | void

export interface WebSocketManagerConfig {
  /** Writes who comes, goes and is refused. Default false. */
  readonly verboseLogging?: boolean
  /** One more is closed with 4008. Default 0: no limit. */
  readonly maxConnectionsPerUser?: number
  /** Whether the connection that sent a chat message gets it too. Default true. */
  readonly echoToSender?: boolean
  /** Default: none. A message over it is answered with `RATE_LIMITED`. */
  readonly rateLimit?: RateLimit
  /** Whether this connection may send this type; `FORBIDDEN` otherwise. Throwing refuses too. */
  authorize?(ws: WebSocketConnection, type: string): boolean | Promise<boolean>
  /**
   * Whether the session still stands; `false` closes with 4002. Throwing keeps the connection until the next
   * round, so that an outage of the session store does not throw everybody out.
   */
  revalidate?(ws: WebSocketConnection): boolean | Promise<boolean>
  /** Milliseconds between two rounds of `revalidate`. Default 60,000. */
  readonly revalidateInterval?: number
  /**
   * A connection is about to be refused because the user has too many. What it returns replaces the close
   * code and reason (4008 `Connection limit exceeded`).
   */
  onLimit?(ws: WebSocketConnection, error: ConnectionLimitError): LimitAnswer
  /** Default: the console. */
  readonly logger?: Logger
  /** Whether frames show e-mail addresses; when false the field is empty. Default true. */
  readonly showEmail?: boolean
  /** Users in one `connected_users` frame. Default 500. */
  readonly listMax?: number
  /** Milliseconds after which typing ends by itself. Default 30,000. */
  readonly typingTimeout?: number
  /** Messages of one connection that may wait for a slow handler; more are answered with `OVERLOADED`. Default 256. */
  readonly maxPending?: number
  /**
   * For several processes: takes every broadcast of the handlers and of `broadcastMessage` instead of the
   * local connections. Each process then calls `deliverLocal`.
   */
  publish?(message: string, scope: BroadcastScope): void
  /** For several processes: the users of all of them, for the `connected_users` frame. */
  roster?(): Iterable<ConnectedUser>
  /**
   * `external`: the manager does not announce who joins and leaves; the owner, who sees all processes, calls
   * `announceJoined` and `announceLeft`. Default `local`.
   */
  readonly presence?: 'local' | 'external'
}
