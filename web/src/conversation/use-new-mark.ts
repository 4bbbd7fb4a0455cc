import type { ConversationSummary } from '@parley/client'
import { useState } from 'react'

/**
 * The position after which messages are marked as new; null: none. It is taken when the conversation is opened, and again
 * when something comes that one does not see; it stays where it is while one reads.
 */
export const useNewMark = (summary: ConversationSummary | null, isReading: boolean): number | null => {
  const [mark, setMark] = useState<number | null>(null)
  const [before, setBefore] = useState<{ readonly unread: number; readonly isReading: boolean } | null>(null)
  if (summary === null) return mark
  const now = { unread: summary.unreadCount, isReading }
  const isOpening = before === null
  const isNews = now.unread > 0 && before !== null && before.unread === 0 && !isReading
  if (isOpening || before.unread !== now.unread || before.isReading !== isReading) setBefore(now)
  if ((isOpening && now.unread > 0) || isNews) {
    setMark(summary.readSeq)
    return summary.readSeq
  }
  return mark
}
