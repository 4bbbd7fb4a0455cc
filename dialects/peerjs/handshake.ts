import { createHash } from 'node:crypto'
import { isPeerId, KEY, MAX_NAME, type RefusalReason } from './wire.ts'

export type Handshake =
  | {
      readonly ok: true
      readonly id: string
      /**
       * What tells the peer that held the id from others, without giving its secret away: with the same token it is the
       * same peer come back.
       */
      readonly proof: string
    }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Who wants to come in, by the query of the upgrade, checked in the order of the PeerJS server. */
export const handshakeOf = (query: URLSearchParams): Handshake => {
  const [id, token, key] = ['id', 'token', 'key'].map((name) => query.get(name) ?? '') as [
    string,
    string,
    string,
  ]
  if (id === '' || token === '' || key === '') return { ok: false, reason: 'parameters' }
  if (key !== KEY) return { ok: false, reason: 'key' }
  if (!isPeerId(id)) return { ok: false, reason: 'id' }
  if (token.length > MAX_NAME) return { ok: false, reason: 'token' }
  return { ok: true, id, proof: createHash('sha256').update(`${id}\n${token}`).digest('base64url') }
}
