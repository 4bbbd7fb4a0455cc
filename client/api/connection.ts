import type { ParleyErrorInfo } from './error.ts'

/** Document 004, "Connection States". */
export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting'

export interface ConnectionStatus {
  readonly state: ConnectionState
  /** Epoch ms since when it has not been connected (or, while it is, since when it is). */
  readonly since: number
  /** Why it is not connected: `UNAUTHENTICATED` asks for another sign-in, anything else mends itself. */
  readonly error: ParleyErrorInfo | null
  /** Epoch ms of the next try; null: none is planned, or it is under way. */
  readonly retryAt: number | null
}
