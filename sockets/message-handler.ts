import type { BroadcastScope, ConnectedUser, Logger, MessageUser, WebSocketConnection } from './types.ts'
import type { TypingTracker } from './typing-tracker.ts'

/** Read-only: one entry per user. */
export type ConnectedUsers = ReadonlyMap<string, ConnectedUser>

/** Read-only: the connections of each user. */
export type WebSocketInstances = ReadonlyMap<string, ReadonlySet<WebSocketConnection>>

/** What a handler of a manager may use. A handler that is called without a manager gets none. */
export interface HandlerContext {
  readonly logger: Logger
  readonly typing: TypingTracker
  /** The user as frames show it: without the address when `showEmail` is false. */
  userOf(ws: WebSocketConnection): MessageUser
  /** The id that a scope can leave out. */
  connectionId(ws: WebSocketConnection): string
  /** Sends to all users, here and on other processes. Never throws. */
  broadcast(message: string, scope?: BroadcastScope): void
  /** Sends to one connection if it is open. Never throws. */
  send(ws: WebSocketConnection, message: string): void
}

/**
 * Handles one type of message. `validate` comes first; a message that does not validate never reaches
 * `handle`. What `handle` throws, or a promise of it that rejects, is logged and answered with `INTERNAL`. The
 * next message of the same connection waits for the promise.
 */
export interface MessageHandler {
  readonly messageType: string
  validate(data: unknown): unknown
  handle(
    ws: WebSocketConnection,
    // The type of what `validate` let through is known to the handler alone.
    // biome-ignore lint/suspicious/noExplicitAny: a handler may name the type that it has validated
    data: any,
    connectedUsers: ConnectedUsers,
    wsInstances: WebSocketInstances,
    context?: HandlerContext,
  ): void | Promise<void>
}
