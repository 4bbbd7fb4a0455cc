import type { Conversation, MessageList } from '@parley/client'
import { useConnection } from '@parley/client/react'
import { useCallback, useEffect, useState } from 'react'

/** So many rows before the first one there is, the page before it is asked for. */
const NEAR_START = 18

/** Loads what is older when one comes near it. `isStuck`: it could not be loaded; the next connection or `retry` tries again. */
export const useOlder = (
  conversation: Conversation,
  list: MessageList,
  firstShown: number,
): { readonly isStuck: boolean; readonly retry: () => void } => {
  const { state } = useConnection()
  const [stuckIn, setStuckIn] = useState<string | null>(null)
  const isStuck = stuckIn === state
  const isWanted = list.state === 'ready' && list.hasOlder && !list.isLoadingOlder && firstShown <= NEAR_START
  const load = useCallback(async () => {
    const first = conversation.messages.get().items[0]
    await conversation.loadOlder()
    const now = conversation.messages.get()
    setStuckIn(now.hasOlder && now.items[0] === first ? state : null)
  }, [conversation, state])
  useEffect(() => {
    if (isWanted && !isStuck) void load()
  }, [isWanted, isStuck, load])
  return { isStuck, retry: () => void load() }
}
