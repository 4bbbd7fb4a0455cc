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
    <li className="group relative flex gap-2 py-0.5 ps-15 pe-4 hover:bg-hover">
      <div className="min-w-0 flex-1">
        <p
          dir="auto"
          className={cx(
            'breakable whitespace-pre-wrap',
            // On the side of its author, whatever its script.
            '[text-align:-webkit-match-parent] [text-align:match-parent]',
            status === 'sending' && 'text-muted',
          )}
        >
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
      {isFirst ? null : (
        <span className="absolute end-10 top-0.5 bg-hover ps-2 text-12 leading-5.5 text-muted opacity-0 group-hover:opacity-100">
          <TimeText at={createdAt} />
        </span>
      )}
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
      className={cx('flex h-5.5 shrink-0 items-center', status === 'failed' ? 'text-bad' : 'text-muted')}
    >
      <Icon size={14} aria-hidden="true" />
      <span data-testid="message-status" className="sr-only">
        {t(`status.${status}`)}
      </span>
    </span>
  )
}
