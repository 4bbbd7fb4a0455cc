/** What the PeerJS 1.5 client and its server say to each other; see README.md. */

/** The one key that is served: the client's default. */
export const KEY = 'peerjs'

/** Of ids and tokens alike. */
export const MAX_NAME = 100

/** As the client checks ids: letters and digits, with single `-`, `_` or spaces between. */
const PEER_ID = /^[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*$/

export const isPeerId = (text: string): boolean => text.length <= MAX_NAME && PEER_ID.test(text)

/** What one peer may send to another. */
const RELAYED = ['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE'] as const
export type RelayedType = (typeof RELAYED)[number]

export const isRelayedType = (type: unknown): type is RelayedType =>
  (RELAYED as readonly unknown[]).includes(type)

/** Why a connection is refused: the frame it gets before the close. The sentences are those of the PeerJS server. */
export const REFUSALS = {
  parameters: { type: 'ERROR', payload: { msg: 'No id, token, or key supplied to websocket server' } },
  id: { type: 'ERROR', payload: { msg: 'Invalid id' } },
  token: { type: 'ERROR', payload: { msg: 'Invalid token' } },
  key: { type: 'INVALID-KEY', payload: { msg: 'Invalid key provided' } },
  taken: { type: 'ID-TAKEN', payload: { msg: 'ID is taken' } },
  server: { type: 'ERROR', payload: { msg: 'Server error' } },
} as const

export type RefusalReason = keyof typeof REFUSALS

export const CLOSE = {
  /** It said that it leaves. */
  left: [1000, ''],
  refused: [1008, 'Refused'],
  serverError: [1011, 'Server error'],
  /** The same peer came back over another connection, or this one did not answer when somebody asked for its id. */
  replaced: [4005, 'New connection established'],
} as const
