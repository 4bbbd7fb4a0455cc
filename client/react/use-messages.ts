import { useEffect, useMemo } from 'react'
import type { Conversation } from '../api/conversation.ts'
import type { MessageList } from '../api/message.ts'
import { useParley } from './context.ts'
import { useObservable } from './use-observable.ts'

export type MessageActions = Pick<
  Conversation,
  'loadOlder' | 'loadUntil' | 'send' | 'retry' | 'discard' | 'edit' | 'remove' | 'react' | 'markRead'
>

export interface UseMessagesOptions {
  /** Somebody looks at the conversation: what comes is read. Default false. */
  readonly focus?: boolean
}

const actionsOf = (conversation: Conversation): MessageActions => ({
  loadOlder: () => conversation.loadOlder(),
  loadUntil: (target) => conversation.loadUntil(target),
  send: (content, options) => conversation.send(content, options),
  retry: (key) => conversation.retry(key),
  discard: (key) => conversation.discard(key),
  edit: (messageId, content) => conversation.edit(messageId, content),
  remove: (messageId) => conversation.remove(messageId),
  react: (messageId, emoji, on) => conversation.react(messageId, emoji, on),
  markRead: () => conversation.markRead(),
})

/**
 * Messages of a conversation and what one can do with them. The actions stay the same as long as the conversation does;
 * `items` and the answer itself are the same objects until something changes, so a virtual list can compare them.
 */
export const useMessages = (
  conversationId: string,
  { focus = false }: UseMessagesOptions = {},
): MessageList & MessageActions => {
  const parley = useParley()
  const conversation = useMemo(() => parley.conversation(conversationId), [parley, conversationId])
  const list = useObservable(conversation.messages)
  const actions = useMemo(() => actionsOf(conversation), [conversation])
  useEffect(() => (focus ? conversation.focus() : undefined), [conversation, focus])
  return useMemo(() => ({ ...list, ...actions }), [list, actions])
}
