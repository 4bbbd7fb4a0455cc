import type { Call, CallView } from '@parley/client'
import { GripVertical, Maximize2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton, Tooltip } from '../ui/index.ts'
import { Duration } from './call-view.tsx'
import { ControlBar } from './control-bar.tsx'
import { Tile } from './tile.tsx'
import { useMovable } from './use-movable.ts'

export interface SmallCallProps {
  readonly call: Call
  readonly view: CallView
  readonly onExpand: () => void
  readonly onLeave: () => void
}

/** A call beside what one does meanwhile: whoever speaks, and what one cannot do without. */
export function SmallCall({ call, view, onExpand, onLeave }: SmallCallProps) {
  const { t } = useTranslation('call')
  const { box, handle } = useMovable()
  const { participants, activeSince, phase } = view
  const shown =
    participants.find(({ screen }) => screen) ??
    participants.find(({ isSpeaking }) => isSpeaking) ??
    participants[0]
  return (
    <div className="pointer-events-none fixed inset-0 z-30">
      <section
        {...box}
        aria-label={t('surface.title', { name: call.name })}
        data-testid="small-call"
        className="pointer-events-auto absolute end-3 top-17 flex w-64 cursor-grab flex-col overflow-hidden rounded-10 border border-line bg-surface shadow-high"
      >
        <div className="flex items-center gap-1 py-1 ps-3 pe-1">
          <span className="min-w-0 flex-1 truncate text-13 font-semibold">
            <bdi>{call.name}</bdi>
          </span>
          <span className="text-12 text-muted">
            {activeSince === null ? t(`phase.${phase}`) : <Duration since={activeSince} />}
          </span>
          <Tooltip label={t('surface.move')}>
            <button
              type="button"
              {...handle}
              aria-label={t('surface.move')}
              className="inline-flex size-7 cursor-grab items-center justify-center rounded-6 text-muted hover:bg-hover hover:text-text"
            >
              <GripVertical size={16} aria-hidden="true" />
            </button>
          </Tooltip>
          <IconButton
            size="small"
            label={t('surface.expand')}
            icon={<Maximize2 size={16} aria-hidden="true" />}
            onClick={onExpand}
          />
        </div>
        {shown === undefined ? null : (
          <div className="aspect-video px-1">
            <Tile participant={shown} />
          </div>
        )}
        <div className="p-2">
          <ControlBar call={call} view={view} onLeave={onLeave} isSmall />
        </div>
      </section>
    </div>
  )
}
