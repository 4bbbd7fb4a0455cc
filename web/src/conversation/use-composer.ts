import type { Conversation, Message } from '@parley/client'
import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sentenceOf } from '../ui/index.ts'
import { MAX_LENGTH } from './composer-limit.tsx'
import type { DraftControl } from './use-draft.ts'

export interface ComposerOptions {
  readonly conversation: Conversation
  readonly parentId: string | null
  readonly control: DraftControl
  readonly field: RefObject<HTMLTextAreaElement | null>
}

export interface ComposerState {
  /** Trimmed, as it is measured and sent. */
  readonly length: number
  readonly canSend: boolean
  readonly isBusy: boolean
  /** What went wrong, in a sentence. */
  readonly error: string | null
  readonly change: (text: string) => void
  readonly submit: () => void
  readonly edit: (message: Message) => void
  readonly leaveEditing: () => void
  /** At the caret. */
  readonly insert: (text: string) => void
}

/** What a composer does with its text: sends it, or changes a message. */
export const useComposer = ({ conversation, parentId, control, field }: ComposerOptions): ComposerState => {
  const { t } = useTranslation(['conversation', 'common'])
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const { draft, text } = control
  const length = text.trim().length
  const canSend = length > 0 && length <= MAX_LENGTH && !isBusy

  const change = (next: string) => {
    setError(null)
    control.setText(next)
    if (draft.editing !== null) return
    if (next.trim() === '') conversation.stopTyping()
    else conversation.keystroke()
  }
  const send = () => {
    try {
      const { key } = conversation.send(text, parentId === null ? {} : { parentId })
      control.hand(key)
    } catch (cause) {
      setError(sentenceOf(cause, t('common:error.unknown')))
    }
  }
  const save = async (messageId: string) => {
    setBusy(true)
    try {
      await conversation.edit(messageId, text.trim())
      control.leaveEditing()
    } catch (cause) {
      setError(sentenceOf(cause, t('common:error.unknown')))
    } finally {
      setBusy(false)
    }
  }
  return {
    length,
    canSend,
    isBusy,
    error,
    change,
    submit() {
      if (!canSend) return
      setError(null)
      if (draft.editing === null) send()
      else void save(draft.editing.messageId)
    },
    edit(message) {
      setError(null)
      control.edit(message)
    },
    leaveEditing() {
      setError(null)
      control.leaveEditing()
    },
    insert(piece) {
      const area = field.current
      const [start, end] = [area?.selectionStart ?? text.length, area?.selectionEnd ?? text.length]
      change(text.slice(0, start) + piece + text.slice(end))
      requestAnimationFrame(() => {
        area?.focus()
        area?.setSelectionRange(start + piece.length, start + piece.length)
      })
    },
  }
}
