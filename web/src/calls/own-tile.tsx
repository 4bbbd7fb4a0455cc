import type { CallView } from '@parley/client'
import { GripVertical, MicOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Avatar, cx, Tooltip } from '../ui/index.ts'
import { Picture } from './media.tsx'
import { useMovable } from './use-movable.ts'

export interface OwnTileProps {
  readonly local: CallView['local']
  /** Oneself. */
  readonly me: { readonly id: string; readonly username: string }
  /** Above the row of small pictures. */
  readonly isRaised: boolean
}

/** One's own picture: small, above the others', and movable. */
export function OwnTile({ local, me, isRaised }: OwnTileProps) {
  const { t } = useTranslation('call')
  const { box, handle } = useMovable()
  return (
    <div
      {...box}
      data-testid="own-tile"
      className={cx(
        'absolute end-6 z-1 aspect-video w-32 cursor-grab overflow-hidden rounded-10 bg-raised shadow-high inset-ring-1 inset-ring-line wide:w-52',
        isRaised ? 'bottom-30 wide:bottom-38' : 'bottom-4',
        local.isSpeaking && 'outline-2 outline-offset-1 outline-accent',
      )}
    >
      {local.stream === null ? (
        <span className="flex size-full items-center justify-center">
          <Avatar id={me.id} name={me.username} size={36} />
        </span>
      ) : (
        <Picture stream={local.stream} isMirrored={!local.screen} isWhole={local.screen} />
      )}
      <span className="absolute start-1.5 bottom-1.5 flex items-center gap-1 rounded-6 bg-surface px-1.5 py-0.5 text-12 text-text">
        {local.microphone ? null : (
          <MicOff size={12} role="img" aria-label={t('tile.muted')} className="text-bad" />
        )}
        {t('surface.you')}
      </span>
      <Tooltip label={t('surface.moveOwn')}>
        <button
          type="button"
          {...handle}
          aria-label={t('surface.moveOwn')}
          className="absolute end-1 top-1 inline-flex size-6 cursor-grab items-center justify-center rounded-6 bg-surface text-muted hover:text-text"
        >
          <GripVertical size={14} aria-hidden="true" />
        </button>
      </Tooltip>
    </div>
  )
}
