import { ParleyError } from '../api/error.ts'
import type { OutboxRecord } from '../api/storage.ts'

/** Most messages that wait for one user. What is more is refused, and the person is told; nothing is dropped. */
export const MAX_WAITING = 1_000

/** Oldest first. */
export const byAge = (one: OutboxRecord, other: OutboxRecord): number =>
  one.createdAt - other.createdAt || one.order - other.order

export const full = (): ParleyError =>
  new ParleyError('OUTBOX_FULL', `${MAX_WAITING} messages wait to be sent already`)

/** One user of one server, as a key. `https://a.example/` is `https://a.example`. */
export const scopeKey = ({ url, userId }: { readonly url: string; readonly userId: string }): string =>
  `${url.replace(/\/+$/, '')} ${userId}`
