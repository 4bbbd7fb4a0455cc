import type { ConnectionHold, Identity, Lease } from '@parley/core'
import type { User } from '@parley/model'
import type { Connection, WebSocketData } from '@parley/sockets'

/** What a hub connection is: the library's data of a user, and what this server holds for it. */
export interface HubSession extends WebSocketData {
  readonly identity: Identity
  readonly user: User
  state: 'starting' | 'open' | 'closed'
  /** Settles when `starting` is over. */
  started: Promise<void> | null
  place: Lease | null
  hold: ConnectionHold | null
}

export type HubConnection = Connection<HubSession>

/** `email` is shown to others, so it is empty unless the server's owner wants it shown. */
export const newSession = (identity: Identity, exposeEmail: boolean): HubSession => ({
  userId: identity.userId,
  name: identity.username,
  email: exposeEmail ? identity.email : '',
  role: identity.role,
  identity,
  user: { id: identity.userId, username: identity.username, avatar: identity.avatar },
  state: 'starting',
  started: null,
  place: null,
  hold: null,
})
