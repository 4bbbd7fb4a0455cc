import type { Conversation, ConversationSummary, Message } from '@parley/client'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { messagePath, usePanel } from '../shell/index.ts'
import { sentenceOf, showToast } from '../ui/index.ts'
import type { MessageActions } from './conversation-scope.ts'
import { type DraftPlace, drafts } from './drafts.ts'

export interface MessageActionsOptions {
  readonly conversation: Conversation
  readonly summary: ConversationSummary | null
  /** The composer that changes messages of this list, and gets back what is given up. */
  readonly place: DraftPlace
  readonly focusComposer: () => void
  /** A message of a thread that is to be shown there. */
  readonly onThreadTarget: (messageId: string) => void
  /** Asks whether to delete it. */
  readonly onRemove: (message: Message) => void
}

const copy = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/** What the messages of one list do. */
export const useMessageActions = (options: MessageActionsOptions): MessageActions => {
  const { conversation, summary, place, focusComposer, onThreadTarget, onRemove } = options
  const { t } = useTranslation(['conversation', 'common'])
  const { open } = usePanel()
  return useMemo(() => {
    const fail = (cause: unknown) => showToast(sentenceOf(cause, t('common:error.unknown')), { tone: 'bad' })
    const tell = async (done: Promise<boolean>, words: string) =>
      (await done) ? showToast(words) : showToast(t('toast.copyFailed'), { tone: 'bad' })
    return {
      openThread(parentId, markId) {
        if (markId !== undefined) onThreadTarget(markId)
        open({ kind: 'thread', parentId })
      },
      openReaders: ({ id }) => id !== null && open({ kind: 'readers', messageId: id }),
      startEditing({ id, source }) {
        if (id === null) return
        drafts.change(place, (draft) => ({ ...draft, editing: { messageId: id, text: source } }))
        focusComposer()
      },
      remove: onRemove,
      react: ({ id }, emoji, on) => {
        if (id !== null) conversation.react(id, emoji, on).catch(fail)
      },
      copyText: ({ source }) => void tell(copy(source), t('toast.textCopied')),
      copyLink({ id }) {
        if (id === null || summary === null) return
        void tell(copy(new URL(messagePath(summary, id), location.origin).href), t('toast.linkCopied'))
      },
      retry: ({ key }) => conversation.retry(key),
      discard({ key }) {
        const text = conversation.discard(key)
        if (text === null) return
        drafts.change(place, (draft) => ({ ...draft, text: [draft.text, text].filter(Boolean).join('\n') }))
        focusComposer()
      },
    }
  }, [conversation, summary, place, focusComposer, onThreadTarget, onRemove, open, t])
}
