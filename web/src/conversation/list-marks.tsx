import type { ConversationSummary } from '@parley/client'
import { Hash, Lock } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar, Skeleton, useTimes } from '../ui/index.ts'

/** Above the messages of a day. */
export const DayMark = memo(function DayMark({ day }: { readonly day: number }) {
  const times = useTimes()
  return (
    <div className="flex items-center gap-3 px-4 pt-4 pb-1 wide:px-5">
      <span className="h-px flex-1 bg-line" />
      <h2 className="text-12 font-medium text-muted">{times.day(day)}</h2>
      <span className="h-px flex-1 bg-line" />
    </div>
  )
})

/** Above the first message that was unread. */
export const NewMark = memo(function NewMark() {
  const { t } = useTranslation('conversation')
  return (
    <div className="flex items-center gap-2 px-4 pt-2 wide:px-5">
      <span className="h-px flex-1 bg-accent" />
      <span className="rounded-full bg-accent px-2 text-12 font-semibold text-on-accent">
        {t('list.new')}
      </span>
    </div>
  )
})

export interface IntroProps {
  readonly summary: ConversationSummary | null
  readonly isEmpty: boolean
}

/** Where a conversation begins, and what to do in one that nobody wrote in yet. */
export const Intro = memo(function Intro({ summary, isEmpty }: IntroProps) {
  const { t } = useTranslation('conversation')
  if (summary === null) return <div className="h-4" />
  const { kind, name, peer, isPrivate } = summary
  const Icon = isPrivate ? Lock : Hash
  return (
    <div className="px-4 pt-8 pb-2 wide:px-5">
      {peer === null ? (
        <span className="flex size-12 items-center justify-center rounded-10 bg-hover text-muted">
          <Icon size={24} aria-hidden="true" />
        </span>
      ) : (
        <Avatar id={peer.id} name={peer.username} src={peer.avatar} size={48} />
      )}
      <p dir="auto" className="mt-3 breakable page-start text-18 font-semibold">
        {name}
      </p>
      <p className="mt-1 max-w-prose text-muted">
        {t(kind === 'direct' ? 'intro.direct' : isPrivate ? 'intro.private' : 'intro.public')}
        {isEmpty ? ` ${t('intro.first')}` : ''}
      </p>
    </div>
  )
})

const WIDTHS = ['w-3/5', 'w-4/5', 'w-2/5', 'w-3/4', 'w-1/2'] as const

/** Messages that are not there yet, in their shape. */
export function MessageSkeletons({ count }: { readonly count: number }) {
  return Array.from({ length: count }, (_, index) => index).map((index) => (
    <div key={index} className="flex gap-3 px-4 py-2 wide:px-5">
      <Skeleton className="size-8 shrink-0 rounded-full" />
      <div className="flex flex-1 flex-col gap-2 pt-0.5">
        <Skeleton className="h-3 w-28" />
        <Skeleton className={`h-3 ${WIDTHS[index % WIDTHS.length]}`} />
        {index % 3 === 1 ? <Skeleton className="h-3 w-1/3" /> : null}
      </div>
    </div>
  ))
}
