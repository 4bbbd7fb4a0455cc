import type { PeerClaim } from '@parley/core'
import type { Connection, Frame } from '@parley/sockets'
import type { Handshake } from './handshake.ts'

/** What a connection of the broker is, from its upgrade to its close. */
export interface PeerjsSession {
  readonly handshake: Handshake
  /** `starting`: the id is being claimed, frames wait; `open`: it is held; `closed`. */
  state: 'starting' | 'open' | 'closed'
  /** Settles when `starting` is over. */
  started: Promise<void> | null
  claim: PeerClaim | null
  /** Nobody else held the id when it was claimed: what was said to it meanwhile is for this peer. */
  isHeir: boolean
  /** What was said to the id while it was claimed, in order. */
  early: Frame[]
}

export type PeerjsConnection = Connection<PeerjsSession>

export const newSession = (handshake: Handshake): PeerjsSession => ({
  handshake,
  state: 'starting',
  started: null,
  claim: null,
  isHeir: true,
  early: [],
})
