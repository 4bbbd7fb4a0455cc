import type { Sender } from '@parley/core'
import type { SocketSession } from '@parley/socketio'

/** Sends and receipts of one socket that may wait for their commit at once; above it its events wait. */
export const MAX_IN_FLIGHT = 256

/** What this dialect knows of a socket. */
export interface ChannelsSession {
  readonly socket: SocketSession
  readonly sender: Sender
  /** Hears of every channel of the user without entering it. */
  readonly inbox: boolean
  /** Channels it shows, with the other user of a direct one. */
  readonly entered: Map<string, { readonly peerId: string | null }>
  /** The direct channels among them, by the other user. */
  readonly directs: Map<string, string>
  /** Users whose presence it follows. */
  readonly watched: Set<string>
  /** Rises when a membership of the user ends: what was checked before is void. */
  removals: number
  inFlight: number
  /** Called when `inFlight` falls below its limit. */
  onRoom: (() => void) | null
}

export const newSession = (socket: SocketSession): ChannelsSession => ({
  socket,
  sender: { ...socket.user, role: socket.identity.role },
  inbox: socket.auth['inbox'] === true,
  entered: new Map(),
  directs: new Map(),
  watched: new Set(),
  removals: 0,
  inFlight: 0,
  onRoom: null,
})

/**
 * Lets work go on behind the socket's next events, up to `MAX_IN_FLIGHT`; then the next event waits for some of it to end.
 * `work` never rejects.
 */
export const track = (session: ChannelsSession, work: Promise<void>): void | Promise<void> => {
  session.inFlight += 1
  void work.finally(() => {
    session.inFlight -= 1
    if (session.inFlight < MAX_IN_FLIGHT) session.onRoom?.()
  })
  if (session.inFlight < MAX_IN_FLIGHT) return
  return new Promise((resolve) => {
    session.onRoom = () => {
      session.onRoom = null
      resolve()
    }
  })
}
