import { type ConnectionHold, type Identity, InFlight, type Lease } from '@parley/core'
import type { User } from '@parley/model'
import type { Connection } from '@parley/sockets'

/** Sends of one connection that may wait for their commit at once; above it its frames wait. */
const MAX_IN_FLIGHT = 256
/** Conversations of one replay that are remembered: those that were sent last. */
const MAX_REPLAYED = 1_000

/** What a chat connection is, from its upgrade to its close. */
export interface ChatSession {
  /** Empty once it was looked at. */
  token: string
  /**
   * `starting`: identity and leases are being taken, frames wait; `replaying`: messages that waited are on their way,
   * live ones are read from the store with them; `live`: messages come as they happen; `closed`.
   */
  state: 'starting' | 'replaying' | 'live' | 'closed'
  /** Settles when `starting` is over. */
  started: Promise<void> | null
  /** Settles when `replaying` is over. */
  replayed: Promise<void> | null
  /** A message was committed while the store was read: read again before going live. */
  missed: boolean
  /** Up to where the replay sent, by conversation: of these an event may still be on its way. */
  replayedTo: Map<string, number> | null
  /** Sends that wait for their commit. */
  readonly inFlight: InFlight
  identity: Identity | null
  user: User | null
  chatLease: Lease | null
  hold: ConnectionHold | null
}

export type ChatConnection = Connection<ChatSession>

export const noteReplayed = (session: ChatSession, conversationId: string, seq: number): void => {
  session.replayedTo ??= new Map()
  const { replayedTo } = session
  replayedTo.delete(conversationId)
  replayedTo.set(conversationId, seq)
  if (replayedTo.size > MAX_REPLAYED) replayedTo.delete(replayedTo.keys().next().value!)
}

export const newSession = (token: string): ChatSession => ({
  token,
  state: 'starting',
  started: null,
  replayed: null,
  missed: false,
  replayedTo: null,
  inFlight: new InFlight(MAX_IN_FLIGHT),
  identity: null,
  user: null,
  chatLease: null,
  hold: null,
})
