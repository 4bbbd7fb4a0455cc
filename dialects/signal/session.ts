import type { ConnectionHold, Participant } from '@parley/core'
import type { Connection } from '@parley/sockets'

/** What a signal connection is, from its upgrade to its close. */
export interface SignalSession {
  /** Null: a guest, who needs none. */
  readonly token: string | null
  /** `starting`: the identity is being asked for, frames wait. */
  state: 'starting' | 'live' | 'closed'
  /** Settles when `starting` is over. */
  started: Promise<void> | null
  participant: Participant | null
  hold: ConnectionHold | null
}

export type SignalConnection = Connection<SignalSession>

export const newSession = (token: string | null): SignalSession => ({
  token,
  state: 'starting',
  started: null,
  participant: null,
  hold: null,
})
