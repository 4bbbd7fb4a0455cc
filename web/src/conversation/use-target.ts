import type { Conversation, Message } from '@parley/client'
import { useEffect, useEffectEvent, useState } from 'react'
import type { RowIndex } from './row-index.ts'

/** How long a message that was jumped to stays marked (ms). */
const MARKED_FOR = 3_000

export interface TargetHandlers {
  /** Brings a row into view; it is there. */
  readonly show: (index: number) => void
  /** It is part of a thread and this list shows none. */
  readonly onAnswer: (message: Message) => void
  /** There is no such message, or it could not be loaded. */
  readonly onMissing: () => void
  /** It was looked for, whatever came of it. */
  readonly onDone: () => void
}

/** Finds a message, loading back to it, and shows it. The answer is the key of the one that is marked. */
export const useTarget = (
  conversation: Conversation,
  indexOf: RowIndex,
  targetId: string | null,
  isReady: boolean,
  handlers: TargetHandlers,
): string | null => {
  const [wanted, setWanted] = useState<string | null>(null)
  const [marked, setMarked] = useState<string | null>(null)
  const { show } = handlers
  const found = useEffectEvent((key: string | null) => {
    handlers.onDone()
    const message = conversation.messages.get().items.find((one) => one.key === key)
    if (key === null || message === undefined) handlers.onMissing()
    else if (message.parentId !== null && !indexOf.has(key)) handlers.onAnswer(message)
    else setWanted(key)
  })
  useEffect(() => {
    if (targetId === null || !isReady) return
    let isOver = false
    conversation.loadUntil({ id: targetId }).then(
      (key) => isOver || found(key),
      () => isOver || found(null),
    )
    return () => {
      isOver = true
    }
  }, [conversation, targetId, isReady])
  const index = wanted === null ? undefined : indexOf.get(wanted)
  useEffect(() => {
    if (index === undefined || wanted === null) return
    show(index)
    setWanted(null)
    setMarked(wanted)
  }, [index, wanted, show])
  useEffect(() => {
    if (marked === null) return
    const timer = setTimeout(() => setMarked(null), MARKED_FOR)
    return () => clearTimeout(timer)
  }, [marked])
  return marked
}
