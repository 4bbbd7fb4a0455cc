import { useMemo } from 'react'
import type { Typist } from '../api/conversation.ts'
import { useParley } from './context.ts'
import { useObservable } from './use-observable.ts'

/** Who else types in a conversation, and how to tell the others that one types oneself. */
export const useTyping = (
  conversationId: string,
): {
  readonly typists: readonly Typist[]
  /** For every key: told after 300 ms, over 1 s after the last one. */
  readonly keystroke: () => void
  readonly stopTyping: () => void
} => {
  const parley = useParley()
  const conversation = useMemo(() => parley.conversation(conversationId), [parley, conversationId])
  const typists = useObservable(conversation.typing)
  return useMemo(
    () => ({
      typists,
      keystroke: () => conversation.keystroke(),
      stopTyping: () => conversation.stopTyping(),
    }),
    [conversation, typists],
  )
}
