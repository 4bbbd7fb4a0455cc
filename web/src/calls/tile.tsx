import type { Participant } from '@parley/client'
import { MicOff, ScreenShare } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Avatar, cx } from '../ui/index.ts'
import { Picture } from './media.tsx'
import { QualityMark } from './quality-mark.tsx'

export interface TileProps {
  readonly participant: Participant
  /** The screen they share, whole. */
  readonly isStage?: boolean
}

/** One of the others: their picture, or who they are. */
export function Tile({ participant, isStage = false }: TileProps) {
  const { t } = useTranslation('call')
  const { username, stream, camera, screen, isSpeaking, microphone, connection, quality } = participant
  const hasPicture = stream !== null && (camera || screen) && connection !== 'failed'
  const id = participant.accountId ?? participant.peerId
  return (
    <figure
      data-testid="call-tile"
      data-name={username}
      data-camera={camera}
      data-screen={screen}
      data-microphone={microphone}
      data-connection={connection}
      className={cx(
        'relative m-0 size-full min-h-0 min-w-0 overflow-hidden rounded-10 inset-ring-1 inset-ring-line',
        isStage ? 'bg-hover' : 'bg-raised',
        isSpeaking && 'outline-2 outline-offset-1 outline-accent',
      )}
    >
      {hasPicture ? (
        <Picture stream={stream} isWhole={isStage || screen} />
      ) : (
        <span className="flex size-full items-center justify-center">
          <Avatar id={id} name={username} size={72} />
        </span>
      )}
      {connection === 'connected' ? null : (
        <span className="absolute inset-0 flex items-end justify-center bg-shade p-10">
          <span className="rounded-6 bg-surface px-2.5 py-1 text-13 text-text">
            {t(`tile.${connection}`)}
          </span>
        </span>
      )}
      <figcaption className="absolute start-2 bottom-2 flex max-w-[calc(100%-1rem)] items-center gap-1.5 rounded-6 bg-surface px-2 py-1 text-13 text-text">
        {microphone ? null : (
          <MicOff size={14} role="img" aria-label={t('tile.muted')} className="shrink-0 text-bad" />
        )}
        {screen ? (
          <ScreenShare size={14} role="img" aria-label={t('tile.sharing')} className="shrink-0 text-accent" />
        ) : null}
        <span dir="auto" className="truncate">
          {username}
        </span>
        {isSpeaking ? <span className="sr-only">{t('tile.speaking')}</span> : null}
        <QualityMark quality={quality} />
      </figcaption>
    </figure>
  )
}
