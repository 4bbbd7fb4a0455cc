import type { Conversation, Message } from '@parley/client'
import { useEffect, useMemo, useState } from 'react'
import { type Draft, type DraftPlace, drafts } from './drafts.ts'

/** By then the outbox has written what it was given, or never will (ms). */
const WRITTEN_AFTER = 5_000

export interface DraftControl {
  readonly draft: Draft
  /** What the field shows: the message that is changed, or what is written anew. */
  readonly text: string
  readonly setText: (text: string) => void
  readonly edit: (message: Message) => void
  readonly leaveEditing: () => void
  /** The outbox has it: the field is empty, and the text is kept aside until it is known to be written. */
  readonly hand: (key: string) => void
}

const without = (draft: Draft, key: string): Draft => ({
  ...draft,
  handed: draft.handed.filter((one) => one.key !== key),
})

/** Gives back what a crash took from the outbox: handed over, and neither stored nor waiting. */
const recover = (place: DraftPlace, items: readonly Message[]): void =>
  drafts.change(place, (draft) => {
    const lost = draft.handed.filter(({ key }) => !items.some((item) => item.key === key))
    const text = [...lost.map((one) => one.text), draft.text].filter((one) => one !== '').join('\n')
    return { ...draft, text, handed: [] }
  })

/** What is typed into one composer. Every letter is written down at once; see `Drafts`. */
export const useDraft = (
  conversation: Conversation,
  userId: string,
  parentId: string | null,
  isReady: boolean,
): DraftControl => {
  const place = useMemo<DraftPlace>(
    () => ({ userId, conversationId: conversation.id, parentId }),
    [userId, conversation, parentId],
  )
  const [draft, setDraft] = useState(() => drafts.read(place))
  // Whatever changes it: this composer, a message that is given up, another tab.
  useEffect(() => drafts.subscribe(place, () => setDraft(drafts.read(place))), [place])
  useEffect(() => {
    if (isReady && drafts.read(place).handed.length > 0) recover(place, conversation.messages.get().items)
  }, [place, conversation, isReady])
  return useMemo(() => {
    const change = (how: (draft: Draft) => Draft) => drafts.change(place, how)
    return {
      draft,
      text: draft.editing?.text ?? draft.text,
      setText: (text) =>
        change((now) =>
          now.editing === null ? { ...now, text } : { ...now, editing: { ...now.editing, text } },
        ),
      edit: ({ id, source }) =>
        id !== null && change((now) => ({ ...now, editing: { messageId: id, text: source } })),
      leaveEditing: () => change((now) => ({ ...now, editing: null })),
      hand(key) {
        change((now) => ({ ...now, text: '', handed: [...now.handed, { key, text: now.text }] }))
        setTimeout(() => change((now) => without(now, key)), WRITTEN_AFTER)
      },
    }
  }, [draft, place])
}
