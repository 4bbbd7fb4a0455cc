import { Fault } from '@parley/model'
import { storeAway } from './store-away.ts'

/** serialization_failure, deadlock_detected, and unique_violation: another node was first, and is seen the next time. */
const AGAIN = new Set(['40001', '40P01', '23505'])
/** Classes of SQLSTATE: the connection, what the server lacks, what an operator did, and the system below it. */
const AWAY = /^(08|53|57|58|25006|25P03|XX)/
/** What Node says of a connection that broke or could not be made. */
const BROKEN = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOENT)/
/** What the client library says of the same. */
const LOST =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Cannot use a pool/

/** SQLSTATE, or what Node calls it; empty: it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** Would the same batch succeed when it is begun anew? */
export const isConflict = (error: unknown): boolean => AGAIN.has(codeOf(error))

/** Is the connection gone, or not to be used any more? */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error)
  if (/^(08|57P0|25P03)/.test(code) || BROKEN.test(code)) return true
  return error instanceof Error && code === '' && LOST.test(error.message)
}

/** What failed as the port wants it: the database's own trouble is `UNAVAILABLE`, a fault of ours stays what it is. */
export function toFault(error: unknown): unknown {
  if (error instanceof Fault) return error
  return isConnectionLost(error) || isConflict(error) || AWAY.test(codeOf(error)) ? storeAway(error) : error
}
