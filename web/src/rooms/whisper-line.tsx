import type { Whisper } from '@parley/client'
import { Check, CircleAlert, Clock3 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button, cx, TimeText } from '../ui/index.ts'
import { Linked } from './linked.tsx'

const ICONS = { sending: Clock3, sent: Check, failed: CircleAlert } as const

export interface WhisperLineProps {
  readonly whisper: Whisper
  /** The time stands in the head of the group already. */
  readonly isFirst: boolean
  readonly onRetry: (key: string) => void
}

/** One thing that was said. */
export function WhisperLine({ whisper, isFirst, onRetry }: WhisperLineProps) {
  const { t } = useTranslation('room')
  const { key, content, createdAt, status, failure, isOwn } = whisper
  return (
    <li className="group relative flex gap-2 rounded-6 px-4 py-0.5 hover:bg-hover">
      <span className="w-8 shrink-0 pt-0.5 text-end text-12 text-muted">
        {isFirst ? null : (
          <span className="opacity-0 group-hover:opacity-100" aria-hidden="true">
            <TimeText at={createdAt} />
          </span>
        )}
      </span>
      <div className="min-w-0 flex-1 ps-1">
        <p dir="auto" className={cx('breakable whitespace-pre-wrap', status === 'sending' && 'text-muted')}>
          {content === '' ? <em className="text-muted">{t('nothingLeft')}</em> : <Linked text={content} />}
        </p>
        {status === 'failed' ? (
          <p className="mt-1 flex flex-wrap items-center gap-2 text-13 text-bad">
            <span className="breakable">{t('notSent', { reason: failure?.message ?? '' })}</span>
            <Button size="small" onClick={() => onRetry(key)}>
              {t('retry')}
            </Button>
          </p>
        ) : null}
      </div>
      {isOwn ? <Status status={status} /> : null}
    </li>
  )
}

function Status({ status }: { readonly status: Whisper['status'] }) {
  const { t } = useTranslation('room')
  const Icon = ICONS[status]
  return (
    <span
      title={t(`status.${status}`)}
      className={cx('shrink-0 self-end pb-1', status === 'failed' ? 'text-bad' : 'text-muted')}
    >
      <Icon size={14} aria-hidden="true" />
      <span data-testid="message-status" className="sr-only">
        {t(`status.${status}`)}
      </span>
    </span>
  )
}
