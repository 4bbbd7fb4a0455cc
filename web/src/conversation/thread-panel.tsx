import type { ConversationSummary, Message, MessageList as Messages } from '@parley/client'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/index.ts'
import { PanelHeader } from '../shell/index.ts'
import { EmptyState, Loading, showToast, useMediaQuery } from '../ui/index.ts'
import { ComposerPlace } from './composer-place.tsx'
import { ConversationContext, useScope } from './conversation-scope.ts'
import { MessageSkeletons } from './list-marks.tsx'
import { MessageList } from './message-list.tsx'
import { useConversationScope } from './use-conversation-scope.ts'
import { useMessageActions } from './use-message-actions.ts'

export interface ThreadPanelProps {
  readonly rootId: string
  readonly list: Messages
  readonly summary: ConversationSummary | null
  readonly targetId: string | null
  readonly onTargetDone: () => void
  readonly onRemove: (message: Message) => void
  readonly onClose: () => void
}

type Found = 'looking' | 'found' | 'missing'

/** Loads back to the first message: all answers are after it. */
const useRoot = (rootId: string, list: Messages): Found => {
  const { conversation } = useScope()
  const isThere = list.items.some(({ id }) => id === rootId)
  const [isMissing, setMissing] = useState(false)
  const isReady = list.state === 'ready'
  useEffect(() => {
    if (isThere || !isReady) return
    let isOver = false
    conversation.loadUntil({ id: rootId }).then(
      (key) => isOver || setMissing(key === null),
      () => isOver || setMissing(true),
    )
    return () => {
      isOver = true
    }
  }, [conversation, rootId, isThere, isReady])
  if (isThere) return 'found'
  return isMissing ? 'missing' : 'looking'
}

/** A message, its answers, and where one writes another. */
export function ThreadPanel(props: ThreadPanelProps) {
  const { rootId, list, summary, targetId, onTargetDone, onRemove, onClose } = props
  const { t } = useTranslation('conversation')
  const me = useMe()
  const outer = useScope()
  const { conversation } = outer
  const field = useRef<HTMLTextAreaElement>(null)
  const found = useRoot(rootId, list)
  const [isAtEnd, setAtEnd] = useState(true)
  const focusComposer = useCallback(() => field.current?.focus(), [])
  const place = useMemo(
    () => ({ userId: me.id, conversationId: conversation.id, parentId: rootId }),
    [me.id, conversation, rootId],
  )
  const noTarget = useCallback(() => undefined, [])
  const actions = useMessageActions({
    conversation,
    summary,
    place,
    focusComposer,
    onThreadTarget: noTarget,
    onRemove,
  })
  const scope = useConversationScope(conversation, summary, actions)
  // Opened by a press on "reply": to write.
  const hasKeyboard = useMediaQuery('(pointer: fine)')
  const isThere = found === 'found'
  useEffect(() => {
    if (hasKeyboard && isThere) focusComposer()
  }, [hasKeyboard, isThere, focusComposer])
  const answers = list.items.filter(({ parentId }) => parentId === rootId)
  return (
    <ConversationContext value={scope}>
      <PanelHeader
        title={t('panel.thread')}
        subtitle={isThere ? t('thread.replies', { count: answers.length }) : undefined}
        onClose={onClose}
      />
      {found === 'missing' ? (
        <EmptyState title={t('thread.missingTitle')} text={t('thread.missingText')} />
      ) : null}
      {found === 'looking' ? (
        <Loading className="flex min-h-0 flex-1 flex-col pt-2">
          <MessageSkeletons count={4} />
        </Loading>
      ) : null}
      {isThere ? (
        <>
          <MessageList
            label={t('panel.thread')}
            list={list}
            summary={summary}
            rootId={rootId}
            newAfter={null}
            targetId={targetId}
            onTargetDone={onTargetDone}
            onTargetMissing={() => showToast(t('toast.missing'))}
            onAtEnd={setAtEnd}
            onLeave={focusComposer}
          />
          <div className="h-2 shrink-0" data-at-end={isAtEnd} />
          {summary === null ? null : (
            <ComposerPlace
              summary={summary}
              userId={me.id}
              parentId={rootId}
              isReady={list.state === 'ready'}
              lastOwn={() =>
                answers.findLast((one) => one.isOwn && one.id !== null && one.deletedAt === null) ?? null
              }
              fieldRef={field}
            />
          )}
        </>
      ) : null}
    </ConversationContext>
  )
}
