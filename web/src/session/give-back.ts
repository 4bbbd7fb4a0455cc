import type { Message, Parley } from '@parley/client'
import { drafts } from '../conversation/drafts.ts'

const isWaiting = ({ isOwn, id, status }: Message): boolean =>
  isOwn && id === null && (status === 'sending' || status === 'failed')

/** Makes drafts of what was never stored, before what is kept on this device is removed: nothing typed is lost. */
export const giveBack = (parley: Parley, userId: string): void => {
  for (const { id: conversationId } of parley.conversations.get().items) {
    const conversation = parley.conversation(conversationId)
    for (const { key, parentId } of conversation.messages.get().items.filter(isWaiting)) {
      const text = conversation.discard(key)
      if (text === null) continue
      drafts.change({ userId, conversationId, parentId }, (draft) => ({
        ...draft,
        handed: draft.handed.filter((one) => one.key !== key),
        text: draft.text === '' ? text : `${draft.text}\n${text}`,
      }))
    }
  }
}
