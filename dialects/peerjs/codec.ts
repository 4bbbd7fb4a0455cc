import type { PeerRelayed } from '@parley/core'
import { type Frame, parseJson, textFrame } from '@parley/sockets'
import { isRelayedType, REFUSALS, type RefusalReason, type RelayedType } from './wire.ts'

/** Something for another peer. A `src` that came with it is not read: the server knows who speaks. */
export interface Relay {
  readonly type: 'relay'
  readonly kind: RelayedType
  readonly to: string
  /** Null: none came. */
  readonly payload: unknown
}

export type PeerjsCommand =
  | Relay
  | { readonly type: 'heartbeat' }
  /** The sender gives its id back. */
  | { readonly type: 'leave' }

/** Null: nothing that a client says to the server. */
export const decode = (text: string): PeerjsCommand | null => {
  const parsed = parseJson(text)
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) return null
  const { type, dst, payload } = parsed.value as Readonly<Record<string, unknown>>
  if (type === 'HEARTBEAT') return { type: 'heartbeat' }
  if (type === 'LEAVE' && (dst === undefined || dst === null || dst === '')) return { type: 'leave' }
  if (!isRelayedType(type) || typeof dst !== 'string' || dst === '') return null
  return { type: 'relay', kind: type, to: dst, payload: payload ?? null }
}

/** The id is the connection's. */
export const OPEN: Frame = textFrame('{"type":"OPEN"}')

export const refusal = (reason: RefusalReason): Frame => textFrame(JSON.stringify(REFUSALS[reason]))

/** Nobody came to hold the id `to`; the client knows it as `src`. */
export const expire = (to: string, sender: string): Frame =>
  textFrame(JSON.stringify({ type: 'EXPIRE', src: to, dst: sender }))

export const relayed = ({ kind, from, to, data }: PeerRelayed): Frame =>
  textFrame(JSON.stringify({ type: kind, src: from, dst: to, ...(data === null ? {} : { payload: data }) }))
