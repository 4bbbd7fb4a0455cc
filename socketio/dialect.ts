import type { AuthFailure, Identity } from '@parley/core'
import type { User } from '@parley/model'

/** What a client gave when it connected: the `auth` of its handshake, or the query of a client of protocol 3. */
export type HandshakeAuth = Readonly<Record<string, unknown>>

export type RefusalReason = AuthFailure | 'user-mismatch'

/** What `connect_error` shows of a refused handshake. */
export interface Refusal {
  readonly message: string
  readonly data?: Readonly<Record<string, string>>
}

/** One Socket.IO connection whose identity was checked. Both dialects may be spoken on it. */
export interface SocketSession {
  /**
   * The socket's id (of protocol 3 another one, as there it is what requests are sent with, so a secret). It is also the
   * connection's id in the core (`except`, leases, typing), and a room of this socket alone.
   */
  readonly id: string
  readonly identity: Identity
  readonly user: User
  readonly auth: HandshakeAuth
  /** False from the moment the connection is gone. */
  readonly isOpen: boolean
  /** To this socket alone. Arguments are plain JSON. Nothing happens once it is closed. */
  emit(event: string, ...args: readonly unknown[]): void
  /** Rooms of this node; synchronous. */
  join(room: string): void
  leave(room: string): void
  isIn(room: string): boolean
}

/** The answer to one event. Only the first one counts; without an acknowledgement asked for it goes nowhere. */
export interface Reply {
  /** Acknowledges with `{ok: true, …answer}`. */
  ok(answer?: Readonly<Record<string, unknown>>): void
  /** Acknowledges with `{ok: false, error: {code, message, …more}}`. */
  fail(code: string, message: string, more?: Readonly<Record<string, unknown>>): void
}

/**
 * Handles one event. `payload` is the first argument, hostile until parsed; undefined when there was none. A returned promise
 * delays the next event of this socket, of either dialect. Throwing or rejecting is a defect: it is reported, and answered
 * with `SERVER_ERROR`.
 */
export type SocketEventHandler = (
  session: SocketSession,
  payload: unknown,
  reply: Reply,
) => void | Promise<void>

/** One wire protocol over Socket.IO. */
export interface SocketDialect {
  readonly dialect: 'channels' | 'whisper'
  /** Event → handler. Names of two dialects never collide. */
  readonly events: Readonly<Record<string, SocketEventHandler>>
  /** Does this handshake come from a client of this dialect? Decides how it is counted, and in whose words it is refused. */
  claims(auth: HandshakeAuth): boolean
  refuse(reason: RefusalReason): Refusal
  /** Before the socket's first event. A returned promise delays its events. */
  opened(session: SocketSession): void | Promise<void>
  /** Once, after the socket's last event took effect. Its rooms are gone already. */
  closed(session: SocketSession): void | Promise<void>
}

/** Reaches sockets of this node: an event is encoded once, however many they are. */
export interface SocketRooms {
  /** To every socket in at least one of the rooms, once each; a socket's own id is a room of it alone. */
  emit(
    rooms: string | readonly string[],
    event: string,
    args: readonly unknown[],
    except?: string | null,
  ): void
  /** How many sockets are in the room. */
  sizeOf(room: string): number
}
