import type { Message } from '@parley/client'
import { type FocusEvent, memo, useState } from 'react'
import { Avatar, colourOf, cx, initialsOf } from '../ui/index.ts'
import { clockTime } from './clock-time.ts'
import { useScope } from './conversation-scope.ts'
import { FailedLine } from './failed-line.tsx'
import { MessageBody } from './message-body.tsx'
import { MessageToolbar } from './message-toolbar.tsx'
import { Reactions } from './reactions.tsx'
import { Receipt } from './receipt.tsx'
import { ThreadLine } from './thread-line.tsx'
import type { ThreadFacts } from './threads.ts'

export interface MessageRowProps {
  readonly message: Message
  /** Begins a group: says who it is by. */
  readonly isFirst: boolean
  readonly thread: ThreadFacts | null
  readonly hasNewAnswers: boolean
  readonly isInThread: boolean
  /** Reached by Tab: one message of a list is. */
  readonly isCurrent: boolean
  readonly isLastOwn: boolean
  /** It was jumped to. */
  readonly isMarked: boolean
  readonly onCurrent: (key: string) => void
  readonly isScrolling: () => boolean
}

/** The time alone: there is no room for the half of the day. */
function GutterTime({ at }: { readonly at: string }) {
  const { times, language } = useScope()
  return (
    <time
      dateTime={at}
      title={times.full(at)}
      className="figures pt-0.75 text-12 whitespace-nowrap text-muted"
    >
      {clockTime(at, language)}
    </time>
  )
}

/** The column before the text: who it is by, or, under the pointer, when. */
function Gutter({
  message,
  isFirst,
  isHot,
}: Pick<MessageRowProps, 'message' | 'isFirst'> & { readonly isHot: boolean }) {
  const { author, createdAt } = message
  return (
    <div className="flex w-11 shrink-0 justify-start">
      {isFirst ? (
        <span className="pt-0.5">
          <AuthorMark author={author} />
        </span>
      ) : isHot ? (
        <GutterTime at={createdAt} />
      ) : null}
    </div>
  )
}

/** Initials need no more than a circle; a picture needs all that `Avatar` does. */
function AuthorMark({ author }: { readonly author: Message['author'] }) {
  if (author.avatar !== null)
    return <Avatar id={author.id} name={author.name} src={author.avatar} size={32} />
  return (
    <span
      aria-hidden="true"
      style={{ backgroundColor: `var(--avatar-${colourOf(author.id)})` }}
      className="flex size-8 items-center justify-center rounded-full text-12 font-semibold text-(--on-avatar) select-none"
    >
      {initialsOf(author.name)}
    </span>
  )
}

function Author({ message }: { readonly message: Message }) {
  const { times } = useScope()
  return (
    <div className="flex items-baseline gap-2">
      <span dir="auto" className="truncate font-semibold">
        {message.author.name}
      </span>
      <time
        dateTime={message.createdAt}
        title={times.full(message.createdAt)}
        className="figures shrink-0 text-12 text-muted"
      >
        {times.time(message.createdAt)}
      </time>
    </div>
  )
}

/** What stands at the end of the last line: whether it was changed, and how far it came. */
function EndMarks({
  message,
  isLastOwn,
  isHot,
}: Pick<MessageRowProps, 'message' | 'isLastOwn'> & { isHot: boolean }) {
  const { t, times } = useScope()
  const { editedAt, deletedAt } = message
  if (deletedAt !== null || (editedAt === null && message.status === null)) return null
  return (
    <span className="flex shrink-0 items-center gap-1.5 self-end">
      {editedAt !== null ? (
        <span className="text-12/5.5 text-muted" title={times.full(editedAt)}>
          {t('message.edited')}
        </span>
      ) : null}
      <Receipt message={message} isLast={isLastOwn} isHot={isHot} />
    </span>
  )
}

/** One message. It is light while nobody is at it: its tools are made when the pointer or the focus comes. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const {
    message,
    isFirst,
    thread,
    hasNewAnswers,
    isInThread,
    isCurrent,
    isLastOwn,
    isMarked,
    onCurrent,
    isScrolling,
  } = props
  const [isNear, setNear] = useState(false)
  const [hasFocus, setFocus] = useState(false)
  const [isHeld, setHeld] = useState(false)
  const isHot = isNear || hasFocus || isHeld
  const isLive = message.id !== null && message.deletedAt === null
  const blur = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setFocus(false)
  }
  return (
    <article
      data-message={message.key}
      tabIndex={isCurrent ? 0 : -1}
      // What passes under the pointer while one scrolls is not what one points at.
      onPointerMove={() => isNear || isScrolling() || setNear(true)}
      onPointerLeave={() => setNear(false)}
      onFocus={() => {
        setFocus(true)
        onCurrent(message.key)
      }}
      onBlur={blur}
      className={cx(
        'group/row relative flex px-4 py-0.5 outline-offset-[-2px] transition-colors wide:px-5',
        isFirst && 'mt-2',
        // What a thread is about stands above its answers.
        isInThread && message.parentId === null && 'mb-2 border-b pb-3',
        isMarked ? 'bg-mark' : (isHot || isHeld) && 'bg-hover/60',
      )}
    >
      <Gutter message={message} isFirst={isFirst} isHot={isHot} />
      <div className="min-w-0 flex-1">
        {isFirst ? <Author message={message} /> : <span className="sr-only">{message.author.name}</span>}
        <div className="flex items-start gap-3">
          <div className="min-w-0 flex-1">
            <MessageBody message={message} />
          </div>
          <EndMarks message={message} isLastOwn={isLastOwn} isHot={isHot} />
        </div>
        {message.status === 'failed' ? <FailedLine message={message} /> : null}
        <Reactions message={message} isReachable={isCurrent} />
        {thread === null || message.id === null ? null : (
          <ThreadLine rootId={message.id} facts={thread} isNew={hasNewAnswers} isReachable={isCurrent} />
        )}
      </div>
      {isHot && isLive ? <MessageToolbar message={message} isInThread={isInThread} onHold={setHeld} /> : null}
    </article>
  )
})
