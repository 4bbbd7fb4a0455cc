import { useMemo } from 'react'
import type { Conversation, ConversationList, ConversationSummary } from '../api/conversation.ts'
import { useParley } from './context.ts'
import { useObservable } from './use-observable.ts'

/** One's own conversations, newest activity first. */
export const useConversations = (): ConversationList => useObservable(useParley().conversations)

/** One conversation; `summary` is null while it is not known or not one's own. */
export const useConversation = (
  id: string,
): { readonly conversation: Conversation; readonly summary: ConversationSummary | null } => {
  const parley = useParley()
  const conversation = useMemo(() => parley.conversation(id), [parley, id])
  const summary = useObservable(conversation.summary)
  return useMemo(() => ({ conversation, summary }), [conversation, summary])
}

/** Sums of unread messages and mentions over all conversations. */
export const useUnread = (): { readonly messages: number; readonly mentions: number } =>
  useObservable(useParley().unread)
