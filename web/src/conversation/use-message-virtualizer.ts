import { defaultRangeExtractor, type Range, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import type { Row } from './rows.ts'

/** Room (px) for the shapes of what is before the first message. */
export const OLDER_SPACE = 232
/** This near to the end (px) one is at it: what comes is followed. */
const NEAR_END = 72
const SPACE = 12
/** Of text, for a guess of how high a message is before it is measured. */
const LINE = 22
const LINE_LENGTH = 90

type MessageRow = Extract<Row, { kind: 'message' }>
/** Made once for each row: all rows that were never in the page are asked for with every page that comes. */
const guesses = new WeakMap<MessageRow, number>()

const guessOf = ({ message, isFirst }: MessageRow): number => {
  const { source, reactions } = message
  const lines = Math.min(40, Math.ceil((source.length + 1) / LINE_LENGTH) + (source.split('\n').length - 1))
  return 4 + lines * LINE + (isFirst ? 30 : 0) + (reactions.length > 0 ? 28 : 0)
}

const heightOf = (row: Row | undefined): number => {
  if (row === undefined || row.kind === 'day') return 36
  if (row.kind === 'new') return 24
  if (row.kind === 'intro') return 150
  const known = guesses.get(row)
  if (known !== undefined) return known
  const guess = guessOf(row)
  guesses.set(row, guess)
  return guess
}

/** So long (ms) after history came in above, what was the first row stays where it is. */
const HELD_FOR = 1_000

const isMessage = (row: Row): boolean => row.kind === 'message'

const has = (rows: readonly Row[], wanted: Row): boolean =>
  rows.findLastIndex(({ key }) => key === wanted.key) >= 0

/** Nothing that one could be reading is left: the list began anew, or these are its first messages. */
const isOther = (before: readonly Row[], rows: readonly Row[]): boolean => {
  const [first, last] = [before.find(isMessage), before.findLast(isMessage)]
  if (first === undefined || last === undefined) return true
  return !has(rows, last) && !has(rows, first)
}

/** A row that stays in its place while those above it are measured. */
interface Held {
  readonly key: string
  /** Epoch ms. */
  readonly until: number
}

/** The first message there was, where others came in above it. */
const heldOf = ([first]: readonly Row[], rows: readonly Row[]): Held | null =>
  first?.kind === 'message' && first !== rows[0] ? { key: first.key, until: Date.now() + HELD_FOR } : null

/** Its index; -1: there is none. */
const indexOfHeld = (held: Held | null, rows: readonly Row[]): number =>
  held === null || Date.now() > held.until ? -1 : rows.findIndex(({ key }) => key === held.key)

type Adjusts = NonNullable<
  Virtualizer<HTMLDivElement, HTMLDivElement>['shouldAdjustScrollPositionOnItemSizeChange']
>

/** As the library does it, and for all rows above the one that is held, also where they are in sight. */
const adjustsFor =
  (held: Held | null, rows: readonly Row[]): Adjusts =>
  (item, _delta, instance) => {
    const offset = instance.scrollOffset ?? 0
    const isFirstMeasure = !instance.itemSizeCache.has(item.key)
    if (isFirstMeasure) return item.start < offset || item.index < indexOfHeld(held, rows)
    return item.end <= offset && instance.scrollDirection !== 'backward'
  }

export interface MessageVirtualizerOptions {
  readonly rows: readonly Row[]
  readonly hasOlder: boolean
  readonly scroller: RefObject<HTMLDivElement | null>
  /** Stays in the page wherever one scrolls: it has the focus. -1: none. */
  readonly pinned: number
}

/** A list that grows at both ends: anchored at its end, and keeping what one reads in place. */
export const useMessageVirtualizer = ({ rows, hasOlder, scroller, pinned }: MessageVirtualizerOptions) => {
  const [isAtEnd, setAtEnd] = useState(true)
  const [isPlaced, setPlaced] = useState(false)
  const getItemKey = useCallback((index: number) => rows[index]?.key ?? index, [rows])
  const rangeExtractor = useCallback(
    (range: Range) => {
      const shown = defaultRangeExtractor(range)
      if (pinned < 0 || pinned >= range.count || shown.includes(pinned)) return shown
      return [...shown, pinned].sort((a, b) => a - b)
    },
    [pinned],
  )
  const [shown, setShown] = useState<{ rows: readonly Row[]; held: Held | null }>({ rows, held: null })
  if (shown.rows !== rows) {
    setShown({ rows, held: heldOf(shown.rows, rows) ?? shown.held })
    if (isPlaced && isOther(shown.rows, rows)) setPlaced(false)
  }
  const { held } = shown
  const height = useRef(0)
  const wasAtEnd = useRef(true)
  /** On the way to the end, and where it was seen last (px). */
  const returning = useRef<number | null>(null)
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(rows[index]),
    getItemKey,
    rangeExtractor,
    overscan: 6,
    // The first rows that are made are the last ones: the browser bounds it.
    initialOffset: () => rows.reduce((sum, row) => sum + heightOf(row), OLDER_SPACE),
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
    paddingStart: hasOlder ? OLDER_SPACE : 0,
    paddingEnd: SPACE,
    directDomUpdates: true,
    // Not by transform: that would make a layer of each row.
    directDomUpdatesMode: 'position',
    onChange(instance) {
      const now = instance.scrollRect?.height ?? 0
      if (now !== height.current) {
        // The room changed, not the place: where one writes grew, or a keyboard came.
        height.current = now
        if (wasAtEnd.current) instance.scrollToEnd()
        return
      }
      // By what was measured: asking the element would lay the page out on every step of a scroll.
      const offset = instance.scrollOffset ?? 0
      const isThere = instance.getTotalSize() - offset - now <= NEAR_END
      // Who scrolls back meanwhile is not held.
      const isComing = !isThere && returning.current !== null && offset >= returning.current
      returning.current = isComing ? offset : null
      if (isComing) return
      wasAtEnd.current = isThere
      setAtEnd(wasAtEnd.current)
      if (wasAtEnd.current && rows.length > 0) setPlaced(true)
    },
  })
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = adjustsFor(held, rows)
  // The newest is what one comes for. Until it is in sight nothing else may move the list.
  const isFilled = rows.length > 0
  useLayoutEffect(() => {
    if (isFilled && !isPlaced) virtualizer.scrollToEnd()
  })
  const stay = useEffectEvent(({ length }: readonly Row[]) => {
    if (length === 0 || !isAtEnd) return
    returning.current = virtualizer.scrollOffset ?? 0
    wasAtEnd.current = true
    setAtEnd(true)
    virtualizer.scrollToEnd()
  })
  // Who is at the end stays there, whatever comes: the library holds a row, and a list that was shorter than its room has
  // none that could be held.
  useLayoutEffect(() => stay(rows), [rows])
  return { virtualizer, isAtEnd, isPlaced }
}
