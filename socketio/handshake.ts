import type { Authenticator, Identity } from '@parley/core'
import type { Socket } from 'socket.io'
import type { HandshakeAuth, RefusalReason } from './dialect.ts'

export type HandshakeAnswer =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: RefusalReason }

/** What the client gave. One of protocol 3 has no `auth`: it puts everything into its query. */
export const authOf = ({ conn, handshake }: Socket): HandshakeAuth =>
  conn.protocol === 3 ? handshake.query : (handshake.auth as HandshakeAuth)

/** Who is it? A client that says who it is must be who its token says. Rejects when nobody can tell now. */
export const checkHandshake = async (
  authenticator: Authenticator,
  auth: HandshakeAuth,
): Promise<HandshakeAnswer> => {
  const token = ownValue(auth, 'token')
  const answer = await authenticator.byToken(typeof token === 'string' && token !== '' ? token : null)
  if (!answer.ok) return answer
  const claimed = ownValue(auth, 'userId')
  if (claimed === undefined || claimed === null) return answer
  const isOwn = typeof claimed === 'string' && claimed.toLowerCase() === answer.identity.userId.toLowerCase()
  return isOwn ? answer : { ok: false, reason: 'user-mismatch' }
}

const ownValue = (auth: HandshakeAuth, key: string): unknown =>
  Object.hasOwn(auth, key) ? auth[key] : undefined
