import type { Message, MessageStatus } from '@parley/client'
import { useObservable } from '@parley/client/react'
import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { cx, Tooltip, useTimes } from '../ui/index.ts'
import { useScope } from './conversation-scope.ts'
import { type Reader, readersOf } from './readers.ts'
import { useMembers } from './use-members.ts'

const LOOKS = {
  sending: { Icon: Clock, colour: 'text-muted' },
  sent: { Icon: Check, colour: 'text-muted' },
  delivered: { Icon: CheckCheck, colour: 'text-muted' },
  read: { Icon: CheckCheck, colour: 'text-accent' },
  failed: { Icon: CircleAlert, colour: 'text-bad' },
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
  const { t } = useTranslation('conversation')
  const { status } = message
  if (status === null) return null
  const { Icon, colour } = LOOKS[status]
  const mark = (
    <span className={cx('inline-flex h-5.5 items-center', colour)} data-status={status}>
      <Icon size={15} aria-hidden="true" />
      <span className="sr-only" data-testid={isLast ? 'message-status' : undefined}>
        {t(`status.${status}`)}
      </span>
    </span>
  )
  if (!isHot) return mark
  return <Tooltip label={<ReceiptDetails message={message} status={status} />}>{mark}</Tooltip>
}
