import type { ConversationSummary, Message } from '@parley/client'
import { Archive } from 'lucide-react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { Composer } from './composer.tsx'

export interface ComposerPlaceProps {
  readonly summary: ConversationSummary
  readonly userId: string
  readonly parentId: string | null
  readonly isReady: boolean
  readonly lastOwn: () => Message | null
  readonly fieldRef: RefObject<HTMLTextAreaElement | null>
}

/** The composer, or what is in its place where nothing can be written. */
export function ComposerPlace({ summary, parentId, ...rest }: ComposerPlaceProps) {
  const { t } = useTranslation('conversation')
  if (summary.archivedAt !== null)
    return (
      <p className="mx-3 mb-3 flex items-center gap-2.5 rounded-10 border bg-background px-3 py-2.5 text-muted wide:mx-5">
        <Archive size={18} aria-hidden="true" className="shrink-0" />
        {t('archived.text')}
      </p>
    )
  const name = summary.kind === 'direct' ? summary.name : `#${summary.name}`
  const placeholder = parentId === null ? t('composer.placeholder', { name }) : t('composer.reply')
  return <Composer {...rest} parentId={parentId} placeholder={placeholder} />
}
