import './message-html.css'
import type { MessageList } from '@parley/client'
import { useObservable } from '@parley/client/react'
import { Check, CheckCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { PanelHeader } from '../shell/index.ts'
import { Avatar, cx, EmptyState, ErrorState, Loading, SkeletonRows, TimeText } from '../ui/index.ts'
import { useScope } from './conversation-scope.ts'
import { type Reader, readersOf } from './readers.ts'
import { useMembers } from './use-members.ts'

const STATES = ['read', 'delivered', 'sent'] as const

function ReaderRow({ reader }: { readonly reader: Reader }) {
  const Icon = reader.state === 'sent' ? Check : CheckCheck
  return (
    <li className="flex h-11 items-center gap-3 px-4">
      <Avatar id={reader.id} name={reader.name} src={reader.avatar} size={32} />
      <span dir="auto" className="min-w-0 flex-1 truncate page-start">
        {reader.name}
      </span>
      {reader.at === null ? null : (
        <TimeText at={reader.at} as="short" className="figures text-12 text-muted" />
      )}
      <Icon
        size={16}
        aria-hidden="true"
        className={cx('shrink-0', reader.state === 'read' ? 'text-accent' : 'text-muted')}
      />
    </li>
  )
}

function Groups({ readers }: { readonly readers: readonly Reader[] }) {
  const { t } = useTranslation('conversation')
  return STATES.map((state) => {
    const some = readers.filter((reader) => reader.state === state)
    if (some.length === 0) return null
    return (
      <section key={state} className="pb-2">
        <h3 className="px-4 pt-3 pb-1 text-12 font-medium text-muted">
          {t(`readers.${state}`, { count: some.length })}
        </h3>
        <ul>
          {some.map((reader) => (
            <ReaderRow key={reader.id} reader={reader} />
          ))}
        </ul>
      </section>
    )
  })
}

export interface ReadersPanelProps {
  readonly messageId: string
  readonly list: MessageList
  readonly onClose: () => void
}

/** Who read a message, who has it and who does not yet. */
export function ReadersPanel({ messageId, list, onClose }: ReadersPanelProps) {
  const { t } = useTranslation('conversation')
  const { conversation } = useScope()
  const message = list.items.find(({ id }) => id === messageId)
  const { state, members, isCut } = useMembers(conversation, message !== undefined)
  const progress = useObservable(conversation.progress)
  const readers = message === undefined ? [] : readersOf(message, members, progress)
  return (
    <>
      <PanelHeader title={t('panel.readers')} onClose={onClose} />
      {message === undefined ? (
        <EmptyState title={t('toast.missing')} />
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain pb-4">
          <p dir="auto" className="mx-4 mt-3 line-clamp-4 rounded-6 bg-hover px-3 py-2 breakable">
            {message.source}
          </p>
          {state === 'loading' ? (
            <Loading>
              <SkeletonRows count={4} />
            </Loading>
          ) : null}
          {state === 'failed' ? <ErrorState title={t('readers.failed')} /> : null}
          <Groups readers={readers} />
          {isCut ? <p className="px-4 text-13 text-muted">{t('readers.cut')}</p> : null}
        </div>
      )}
    </>
  )
}
