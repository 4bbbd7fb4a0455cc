import type { Seat } from '@parley/core'
import type { SocketSession } from '@parley/socketio'

/** What a socket is to this dialect: where it sits. */
export interface WhisperSession {
  readonly socket: SocketSession
  /** By room code. */
  readonly seats: Map<string, Seat>
  /** Nothing may be held any more. */
  isClosed: boolean
}

export const newSession = (socket: SocketSession): WhisperSession => ({
  socket,
  seats: new Map(),
  isClosed: false,
})
