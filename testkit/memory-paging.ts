import type { Page } from '@parley/core'
import { Fault } from '@parley/model'

/** A limit as it counts: the nearest whole number from 1 to `max`. */
export const clamp = (limit: number, max: number): number =>
  Math.min(max, Math.max(1, Math.floor(limit) || 1))

/** The first `limit` of `all`, and where the page after them begins. */
export function pageOf<T, C>(all: readonly T[], limit: number, cursorOf: (last: T) => C): Page<T, C> {
  const items = all.slice(0, limit)
  const last = items.at(-1)
  return { items, next: all.length > limit && last !== undefined ? cursorOf(last) : null }
}

/** The same page with other items. */
export const mapPage = <T, U, C>({ items, next }: Page<T, C>, map: (item: T) => U): Page<U, C> => ({
  items: items.map(map),
  next,
})

/** The number that a page answered as its cursor; `start` where there is none yet. */
export function cursorOf(after: string | undefined, start: number): number {
  if (after === undefined) return start
  if (!/^\d{1,15}$/.test(after)) throw new Fault('INVALID', 'The cursor is not one that a page answered.')
  return Number(after)
}
