import type { ConversationSummary, Message, MessageList as Messages } from '@parley/client'
import { type MouseEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Button, cx } from '../ui/index.ts'
import { useScope } from './conversation-scope.ts'
import { EndButton, UnreadButton } from './jump-buttons.tsx'
import { MessageSkeletons } from './list-marks.tsx'
import { ListRow } from './list-row.tsx'
import { prepareNodes } from './safe-html.ts'
import { useListKeys } from './use-list-keys.ts'
import { OLDER_SPACE, useMessageVirtualizer } from './use-message-virtualizer.ts'
import { useOlder } from './use-older.ts'
import { useRows } from './use-rows.ts'
import { useTarget } from './use-target.ts'
import { useCountBelow, useFirstUnread } from './use-unread.ts'

export interface MessageListProps {
  readonly label: string
  readonly list: Messages
  readonly summary: ConversationSummary | null
  /** Shows this thread alone; null: everything but answers. */
  readonly rootId: string | null
  readonly newAfter: number | null
  /** A message to show; null: none. */
  readonly targetId: string | null
  readonly onTargetDone: () => void
  readonly onTargetMissing: () => void
  /** One sees the newest message, or no longer. */
  readonly onAtEnd: (isAtEnd: boolean) => void
  /** Escape: back to where one writes. */
  readonly onLeave: () => void
}

/** So many of what came in above are made ready before one gets there. */
const SOON = 60

/** Links within the app open without loading it again. */
const useOwnLinks = () => {
  const navigate = useNavigate()
  return useCallback(
    (event: MouseEvent) => {
      const link = (event.target as HTMLElement).closest?.('a')
      if (!link || link.target === '_blank' || link.origin !== location.origin) return
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      event.preventDefault()
      void navigate(link.pathname + link.search)
    },
    [navigate],
  )
}

/** Messages of a conversation or a thread: as many as there are, as few in the page as are seen. */
export function MessageList(props: MessageListProps) {
  const {
    label,
    list,
    summary,
    rootId,
    newAfter,
    targetId,
    onTargetDone,
    onTargetMissing,
    onAtEnd,
    onLeave,
  } = props
  const { t } = useTranslation('conversation')
  const { conversation, actions } = useScope()
  const scroller = useRef<HTMLDivElement>(null)
  const [pinned, setPinned] = useState(-1)
  const { rows, threads, indexOf, lastOwn } = useRows(list, rootId, newAfter)
  const hasOlder = list.hasOlder && rows[0]?.kind !== 'intro'
  const { virtualizer, isAtEnd, isPlaced } = useMessageVirtualizer({ rows, hasOlder, scroller, pinned })
  const show = useCallback(
    (index: number) => virtualizer.scrollToIndex(index, { align: 'auto' }),
    [virtualizer],
  )
  const centre = useCallback(
    (index: number) => virtualizer.scrollToIndex(index, { align: 'center' }),
    [virtualizer],
  )
  const top = useCallback(
    (index: number) => virtualizer.scrollToIndex(index, { align: 'start' }),
    [virtualizer],
  )
  const isScrolling = useCallback(() => virtualizer.isScrolling, [virtualizer])
  const openAnswer = (message: Message) => {
    if (message.parentId !== null && message.id !== null) actions.openThread(message.parentId, message.id)
  }
  const keys = useListKeys(rows, indexOf, scroller, { show, leave: onLeave })
  if (keys.pinned !== pinned) setPinned(keys.pinned)
  const firstShown = virtualizer.range?.startIndex ?? rows.length
  const older = useOlder(
    conversation,
    list,
    rootId === null && isPlaced ? firstShown : Number.POSITIVE_INFINITY,
  )
  const marked = useTarget(conversation, indexOf, targetId, list.state === 'ready', {
    show: centre,
    onAnswer: openAnswer,
    onMissing: onTargetMissing,
    onDone: onTargetDone,
  })
  const onClick = useOwnLinks()
  useEffect(
    () => prepareNodes(list.items.slice(0, SOON).flatMap(({ contentHtml }) => contentHtml ?? [])),
    [list.items],
  )

  // What one sends is seen, wherever one was.
  const lastRow = rows.at(-1)
  const sentKey = lastRow?.kind === 'message' && lastRow.message.status === 'sending' ? lastRow.key : null
  useLayoutEffect(() => {
    if (sentKey !== null) virtualizer.scrollToEnd()
  }, [virtualizer, sentKey])
  useEffect(() => onAtEnd(isAtEnd), [onAtEnd, isAtEnd])

  const countBelow = useCountBelow(list.items, isAtEnd, rootId !== null)
  const unread = useFirstUnread({
    conversation,
    list,
    indexOf,
    newAfter: rootId === null ? newAfter : null,
    firstShown: virtualizer.range?.startIndex ?? null,
    show: top,
    onAnswer: openAnswer,
  })

  return (
    <div className="relative min-h-0 flex-1">
      {unread.isAbove ? <UnreadButton onPress={() => void unread.go()} /> : null}
      <div
        ref={scroller}
        role="log"
        aria-label={label}
        // Rows that come into the page while one scrolls are no news.
        aria-live={isAtEnd ? 'polite' : 'off'}
        aria-relevant="additions"
        aria-busy={list.state === 'loading'}
        data-testid={rootId === null ? 'message-list' : 'thread-list'}
        onKeyDown={keys.onKeyDown}
        onBlur={keys.onBlur}
        onClick={onClick}
        className="flex h-full flex-col overflow-x-hidden overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div
          ref={virtualizer.containerRef}
          className={cx('relative w-full shrink-0', rootId === null && 'mt-auto')}
        >
          {hasOlder ? (
            <div className="absolute inset-x-0 top-0 overflow-hidden" style={{ height: OLDER_SPACE }}>
              {older.isStuck ? (
                <div className="flex h-full flex-col items-center justify-center gap-2 text-13 text-muted">
                  {t('list.olderFailed')}
                  <Button size="small" onClick={older.retry}>
                    {t('list.tryAgain')}
                  </Button>
                </div>
              ) : (
                <MessageSkeletons count={4} />
              )}
            </div>
          ) : null}
          {virtualizer.getVirtualItems().map(({ key, index }) => (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              className="absolute inset-x-0 top-0 [contain:layout_style]"
            >
              <ListRow
                row={rows[index]}
                threads={threads}
                newAfter={newAfter}
                summary={summary}
                isEmpty={list.items.length === 0}
                isInThread={rootId !== null}
                isCurrent={rows[index]?.key === keys.current}
                isLastOwn={rows[index]?.key === lastOwn}
                isMarked={rows[index]?.key === marked}
                onCurrent={keys.setCurrent}
                isScrolling={isScrolling}
              />
            </div>
          ))}
        </div>
      </div>
      {isAtEnd ? null : <EndButton count={countBelow} onPress={() => virtualizer.scrollToEnd()} />}
    </div>
  )
}
