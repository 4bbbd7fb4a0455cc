import { InFlight, type Sender } from '@parley/core'
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
  /** Sends and receipts that wait for their commit. */
  readonly inFlight: InFlight
}

export const newSession = (socket: SocketSession): ChannelsSession => ({
  socket,
  sender: { ...socket.user, role: socket.identity.role },
  inbox: socket.auth['inbox'] === true,
  entered: new Map(),
  directs: new Map(),
  watched: new Set(),
  removals: 0,
  inFlight: new InFlight(MAX_IN_FLIGHT),
})
