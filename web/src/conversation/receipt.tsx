import type { Message, MessageStatus } from '@parley/client'
import { useObservable } from '@parley/client/react'
import { useTranslation } from 'react-i18next'
import { cx, Tooltip, useTimes } from '../ui/index.ts'
import { useScope } from './conversation-scope.ts'
import { type Reader, readersOf } from './readers.ts'
import { useMembers } from './use-members.ts'

/** Paths of lucide's icons. There is one in most rows, and a component for each would be felt while scrolling. */
const CLOCK = 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M12 6v6l4 2'
const ONE_TICK = 'M20 6 9 17l-5-5'
const TWO_TICKS = 'M18 6 7 17l-5-5M22 10l-7.5 7.5L13 16'
const ALERT = 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M12 8v4M12 16h.01'

const LOOKS = {
  sending: { path: CLOCK, colour: 'text-muted' },
  sent: { path: ONE_TICK, colour: 'text-muted' },
  delivered: { path: TWO_TICKS, colour: 'text-muted' },
  read: { path: TWO_TICKS, colour: 'text-accent' },
  failed: { path: ALERT, colour: 'text-bad' },
} as const

/** More names than these make no sentence. */
const MOST_NAMED = 5

/** Who read it and who has it, and when. Looked up when it is shown. */
function ReceiptDetails({ message, status }: { readonly message: Message; readonly status: MessageStatus }) {
  const { t } = useTranslation('conversation')
  const times = useTimes()
  const { conversation } = useScope()
  const isTold = status === 'delivered' || status === 'read'
  const progress = useObservable(conversation.progress)
  const { members } = useMembers(conversation, isTold)
  const readers = readersOf(message, members, progress).filter(({ state }) => state === status)
  const line = ({ id, name, at }: Reader) => (
    <span key={id} className="block">
      <bdi>{name}</bdi>
      {at === null ? null : ` · ${times.short(at)}`}
    </span>
  )
  return (
    <>
      <span className="block font-medium">{t(`status.${status}`)}</span>
      {readers.slice(0, MOST_NAMED).map(line)}
      {readers.length > MOST_NAMED ? (
        <span className="block">{t('receipt.more', { count: readers.length - MOST_NAMED })}</span>
      ) : null}
      {isTold ? null : <span className="block">{times.full(message.createdAt)}</span>}
    </>
  )
}

export interface ReceiptProps {
  readonly message: Message
  /** The last one of one's own: the one that document 003's tests look at. */
  readonly isLast: boolean
  /** The pointer is near: a hover has to say more. */
  readonly isHot: boolean
}

/** How far one's own message came: ticks for the eye, a word for screen readers. */
export function Receipt({ message, isLast, isHot }: ReceiptProps) {
  const { t } = useScope()
  const { status } = message
  if (status === null) return null
  const { path, colour } = LOOKS[status]
  const mark = (
    <span className={cx('inline-flex h-5.5 items-center', colour)} data-status={status}>
      <svg viewBox="0 0 24 24" aria-hidden="true" className="message-mark">
        <path d={path} />
      </svg>
      <span className="sr-only" data-testid={isLast ? 'message-status' : undefined}>
        {t(`status.${status}`)}
      </span>
    </span>
  )
  if (!isHot) return mark
  return <Tooltip label={<ReceiptDetails message={message} status={status} />}>{mark}</Tooltip>
}
