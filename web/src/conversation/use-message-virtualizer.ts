import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useRef, useState } from 'react'
import type { Row } from './rows.ts'

/** Room (px) for the shapes of what is before the first message. */
export const OLDER_SPACE = 232
/** This near to the end (px) one is at it: what comes is followed. */
const NEAR_END = 72
const SPACE = 12
/** Of text, for a guess of how high a message is before it is measured. */
const LINE = 22
const LINE_LENGTH = 90

const heightOf = (row: Row | undefined): number => {
  if (row === undefined || row.kind === 'day') return 36
  if (row.kind === 'new') return 24
  if (row.kind === 'intro') return 150
  const { source, reactions } = row.message
  const lines = Math.min(40, Math.ceil((source.length + 1) / LINE_LENGTH) + (source.split('\n').length - 1))
  return 4 + lines * LINE + (row.isFirst ? 30 : 0) + (reactions.length > 0 ? 28 : 0)
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
  const getItemKey = useCallback((index: number) => rows[index]?.key ?? index, [rows])
  const rangeExtractor = useCallback(
    (range: Range) => {
      const shown = defaultRangeExtractor(range)
      if (pinned < 0 || pinned >= range.count || shown.includes(pinned)) return shown
      return [...shown, pinned].sort((a, b) => a - b)
    },
    [pinned],
  )
  const height = useRef(0)
  const wasAtEnd = useRef(true)
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(rows[index]),
    getItemKey,
    rangeExtractor,
    overscan: 6,
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
      const left = instance.getTotalSize() - (instance.scrollOffset ?? 0) - now
      wasAtEnd.current = left <= NEAR_END
      setAtEnd(wasAtEnd.current)
    },
  })
  return { virtualizer, isAtEnd }
}
