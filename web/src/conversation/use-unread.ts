import type { Conversation, Message, MessageList } from '@parley/client'
import { useEffect, useRef, useState } from 'react'
import type { RowIndex } from './row-index.ts'

const lastSeq = (items: readonly Message[]): number => items.findLast(({ seq }) => seq !== null)?.seq ?? 0

/** Messages by others after a position that the list shows. */
const countAfter = (items: readonly Message[], position: number, withAnswers: boolean): number => {
  let count = 0
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index]
    if (item === undefined || item.seq === null) continue
    if (item.seq <= position) break
    if (!item.isOwn && (withAnswers || item.parentId === null)) count += 1
  }
  return count
}

/** How many came below since one last was at the end. */
export const useCountBelow = (items: readonly Message[], isAtEnd: boolean, withAnswers: boolean): number => {
  const [seen, setSeen] = useState(0)
  const newest = lastSeq(items)
  if (isAtEnd && seen !== newest) setSeen(newest)
  return isAtEnd ? 0 : countAfter(items, seen, withAnswers)
}

export interface FirstUnreadOptions {
  readonly conversation: Conversation
  readonly list: MessageList
  readonly indexOf: RowIndex
  readonly newAfter: number | null
  /** First row in sight; null: not known yet. */
  readonly firstShown: number | null
  readonly show: (index: number) => void
  /** What is unread is part of a thread. */
  readonly onAnswer: (message: Message) => void
}

/** The way to the first unread message, while it is above what one sees and one was not there yet. */
export const useFirstUnread = (options: FirstUnreadOptions) => {
  const { conversation, list, indexOf, newAfter, firstShown } = options
  const [seen, setSeen] = useState<number | null>(null)
  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })
  const index = indexOf.get('new')
  const isShown = index !== undefined && firstShown !== null && index >= firstShown
  if (isShown && newAfter !== null && seen !== newAfter) setSeen(newAfter)
  const first = list.items[0]?.seq ?? null
  const isFurther =
    index !== undefined || (newAfter !== null && list.hasOlder && first !== null && first > newAfter + 1)
  const isAbove = newAfter !== null && firstShown !== null && !isShown && seen !== newAfter && isFurther
  const go = async () => {
    if (newAfter === null) return
    setSeen(newAfter)
    const key = await conversation.loadUntil({ seq: newAfter + 1 })
    // Until it is rendered.
    requestAnimationFrame(() => {
      const now = latest.current
      const at = now.indexOf.get('new')
      const message = now.list.items.find((one) => one.key === key)
      if (at !== undefined) now.show(at)
      else if (message?.parentId) now.onAnswer(message)
    })
  }
  return { isAbove, go }
}
