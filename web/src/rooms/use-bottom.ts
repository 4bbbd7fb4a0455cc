import type { Whisper } from '@parley/client'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** So near counts as the end (px). */
const NEAR = 40

export interface Bottom {
  readonly scroller: RefObject<HTMLDivElement | null>
  /** Messages of others that came while the end was out of sight. */
  readonly newCount: number
  readonly toBottom: () => void
}

/** Keeps the end of a list in sight where it was in sight, and counts what comes where it was not. */
export function useBottom(messages: readonly Whisper[]): Bottom {
  const scroller = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  /** The newest message that was in sight; null: at the end. */
  const [seenKey, setSeenKey] = useState<string | null>(null)
  const lastKey = useRef(messages.at(-1)?.key)

  const toBottom = useCallback(() => {
    const box = scroller.current
    if (box === null) return
    box.scrollTop = box.scrollHeight
    isAtEnd.current = true
    setSeenKey(null)
  }, [])

  // Any change can make the list higher: a line that failed gets a button.
  useLayoutEffect(() => {
    const last = messages.at(-1)
    const before = lastKey.current
    const isNew = last?.key !== before
    lastKey.current = last?.key
    // What one says oneself is always shown.
    if (isAtEnd.current || (isNew && last?.isOwn === true && last.status === 'sending')) toBottom()
    else if (isNew && before !== undefined) setSeenKey((key) => key ?? before)
  }, [messages, toBottom])

  useEffect(() => {
    const box = scroller.current
    if (box === null) return
    const onScroll = () => {
      isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR
      if (isAtEnd.current) setSeenKey(null)
    }
    box.addEventListener('scroll', onScroll, { passive: true })
    // The keyboard of a phone, a growing composer, a line that wraps anew.
    const sizes = new ResizeObserver(() => isAtEnd.current && toBottom())
    sizes.observe(box)
    return () => {
      box.removeEventListener('scroll', onScroll)
      sizes.disconnect()
    }
  }, [toBottom])

  return { scroller, newCount: newCountOf(messages, seenKey), toBottom }
}

const newCountOf = (messages: readonly Whisper[], seenKey: string | null): number => {
  if (seenKey === null) return 0
  const seenAt = messages.findLastIndex(({ key }) => key === seenKey)
  return messages.slice(seenAt + 1).filter(({ isOwn }) => !isOwn).length
}
