import type { Conversation, Message, MessageList as Messages } from '@parley/client'
import { useConnection, useObservable } from '@parley/client/react'
import { WifiOff } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { useMe } from '../session/index.ts'
import { usePageTitle, usePanel } from '../shell/index.ts'
import { EmptyState, Loading, showToast, useDelay, useMediaQuery } from '../ui/index.ts'
import { ComposerPlace } from './composer-place.tsx'
import { ConversationHeader, type Peer } from './conversation-header.tsx'
import { ConversationPanel } from './conversation-panel.tsx'
import { ConversationContext } from './conversation-scope.ts'
import { DeleteDialog } from './delete-dialog.tsx'
import { MessageSkeletons } from './list-marks.tsx'
import { MessageList } from './message-list.tsx'
import { TypingLine } from './typing-line.tsx'
import { useConversationScope } from './use-conversation-scope.ts'
import { useLookedAt } from './use-looked-at.ts'
import { useMessageActions } from './use-message-actions.ts'
import { useNewMark } from './use-new-mark.ts'

/** By then what was missed while there was no connection has come (ms). */
const SETTLED_AFTER = 1_500

/** `?message=ID` (what the app makes) and `?m=ID`. */
const TARGETS = ['message', 'm'] as const

const useTargetParam = (): readonly [string | null, () => void] => {
  const [params, setParams] = useSearchParams()
  const target = TARGETS.map((name) => params.get(name)).find((id) => id !== null) ?? null
  const clear = useCallback(
    () =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before)
          for (const name of TARGETS) after.delete(name)
          return after
        },
        { replace: true },
      ),
    [setParams],
  )
  return [target, clear]
}

/** The newest message of one's own that can be changed. */
export const lastEditable = (items: readonly Message[], parentId: string | null): Message | null =>
  items.findLast(
    (one) =>
      one.isOwn &&
      one.id !== null &&
      one.deletedAt === null &&
      one.messageType === 'text' &&
      one.parentId === parentId,
  ) ?? null

function ListPlace({ list, children }: { readonly list: Messages; readonly children: React.ReactNode }) {
  const { t } = useTranslation('conversation')
  if (list.items.length > 0 || list.state === 'ready') return children
  if (list.state === 'unavailable')
    return (
      <EmptyState icon={<WifiOff size={28} />} title={t('unavailable.title')} text={t('unavailable.text')} />
    )
  return (
    <Loading className="flex min-h-0 flex-1 flex-col justify-end overflow-hidden pb-3">
      <MessageSkeletons count={9} />
    </Loading>
  )
}

export interface ConversationViewProps {
  readonly conversation: Conversation
  /** Of a direct conversation, where it is known before the summary is. */
  readonly peer: Peer | null
}

/** A conversation one is a member of: header, messages, who types, where one writes, and the panel beside it. */
export function ConversationView({ conversation, peer }: ConversationViewProps) {
  const { t } = useTranslation('conversation')
  const me = useMe()
  const summary = useObservable(conversation.summary)
  const list = useObservable(conversation.messages)
  const connection = useConnection()
  const isLookedAt = useLookedAt()
  const [isAtEnd, setAtEnd] = useState(true)
  const isSettled = useDelay(SETTLED_AFTER, connection.since) && connection.state === 'connected'
  const newAfter = useNewMark(summary, isAtEnd && isLookedAt && isSettled)
  const [targetId, clearTarget] = useTargetParam()
  const [threadTarget, setThreadTarget] = useState<string | null>(null)
  const [removing, setRemoving] = useState<Message | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const { panel } = usePanel()
  usePageTitle(summary?.name ?? peer?.username ?? null)

  const focusComposer = useCallback(() => field.current?.focus(), [])
  const place = useMemo(
    () => ({ userId: me.id, conversationId: conversation.id, parentId: null }),
    [me.id, conversation],
  )
  const actions = useMessageActions({
    conversation,
    summary,
    place,
    focusComposer,
    onThreadTarget: setThreadTarget,
    onRemove: setRemoving,
  })
  const scope = useConversationScope(conversation, summary, actions)

  // Only what one sees is read.
  useEffect(() => (isAtEnd ? conversation.focus() : undefined), [conversation, isAtEnd])
  // Whoever opens a conversation with a keyboard at hand means to write; on a phone the keyboard would cover it.
  const hasKeyboard = useMediaQuery('(pointer: fine)')
  const isWritable = summary !== null
  useEffect(() => {
    if (hasKeyboard && isWritable && document.activeElement === document.body) focusComposer()
  }, [hasKeyboard, isWritable, focusComposer])

  const name = summary?.name ?? peer?.username ?? ''
  return (
    <ConversationContext value={scope}>
      <div className="flex h-full min-h-0">
        <div className="flex min-w-0 flex-1 flex-col bg-surface">
          <ConversationHeader summary={summary} peer={summary?.peer ?? peer} />
          <ListPlace list={list}>
            <MessageList
              label={t('list.label', { name })}
              list={list}
              summary={summary}
              rootId={null}
              newAfter={newAfter}
              targetId={targetId}
              onTargetDone={clearTarget}
              onTargetMissing={() => showToast(t('toast.missing'))}
              onAtEnd={setAtEnd}
              onLeave={focusComposer}
            />
          </ListPlace>
          <TypingLine conversation={conversation} />
          {summary === null ? null : (
            <ComposerPlace
              summary={summary}
              userId={me.id}
              parentId={null}
              isReady={list.state === 'ready'}
              lastOwn={() => lastEditable(conversation.messages.get().items, null)}
              fieldRef={field}
            />
          )}
        </div>
        <ConversationPanel
          panel={panel}
          list={list}
          summary={summary}
          threadTarget={threadTarget}
          onThreadTargetDone={() => setThreadTarget(null)}
          onRemove={setRemoving}
        />
      </div>
      <DeleteDialog message={removing} onClose={() => setRemoving(null)} />
    </ConversationContext>
  )
}
