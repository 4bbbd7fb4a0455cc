import type { Page } from '@parley/core'
import { Fault } from '@parley/model'

/** A limit out of its range counts as the nearest in it: no list is ever unbounded. */
export const clampLimit = (limit: number, max: number): number =>
  Math.min(max, Math.max(1, Math.floor(limit) || 1))

/** Beyond every position and commit there will be. */
export const END = Number.MAX_SAFE_INTEGER

const notOurs = (): Fault => new Fault('INVALID', 'The cursor is not one that a page answered.')

/** The number in a cursor of ours; a page without one starts at the newest. */
export function parseCursor(after: string | undefined): number {
  if (after === undefined) return END
  if (!/^\d{1,15}$/.test(after)) throw notOurs()
  return Number(after)
}

/** Names may be equal, so that the id goes with them; it holds no line break. */
export const toNameCursor = (name: string, id: string): string => `${name}\n${id}`

/** The name and the id in a cursor; a page without one starts before every name. */
export function parseNameCursor(after: string | undefined): readonly [name: string, id: string] {
  if (after === undefined) return ['', '']
  const end = after.lastIndexOf('\n')
  if (end < 0) throw notOurs()
  return [after.slice(0, end), after.slice(end + 1)]
}

/** A page of rows of which one more was read than fits. */
export function toPage<Row, T, C>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => T,
  toCursor: (last: Row) => C,
): Page<T, C> {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return { items: kept.map(toItem), next: rows.length > limit && last !== undefined ? toCursor(last) : null }
}
