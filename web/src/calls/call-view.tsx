import type { Call, CallView as View } from '@parley/client'
import { Minimize2 } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useKey } from '../keys/index.ts'
import { Avatar, formatDuration, IconButton, useNow } from '../ui/index.ts'
import { CallEndState } from './call-end-state.tsx'
import { ControlBar } from './control-bar.tsx'
import { CopyLink } from './copy-link.tsx'
import { OwnTile } from './own-tile.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import { QualityMark, worstOf } from './quality-mark.tsx'
import { hasRow, Tiles } from './tiles.tsx'

export interface CallViewProps {
  readonly call: Call
  readonly view: View
  /** Oneself. */
  readonly me: { readonly id: string; readonly username: string }
  readonly onLeave: () => void
  readonly onClose: () => void
  readonly onAgain?: (() => void) | undefined
  /** Left out where there is nothing below the call. */
  readonly onMinimise?: (() => void) | undefined
}

/** The whole surface of a call. */
export function CallView({ call, view, me, onLeave, onClose, onAgain, onMinimise }: CallViewProps) {
  const isOver = view.phase === 'ended'
  useKey('M', () => void call.setMicrophone(!view.local.microphone), { isOff: isOver })
  useKey('V', () => void call.setCamera(!view.local.camera), { isOff: isOver })
  const { problem, end, local } = view
  return (
    <div className="flex h-full min-h-0 flex-col bg-background text-text">
      <CallHeader call={call} view={view} onMinimise={onMinimise} />
      {problem === null ? null : (
        <div className="px-3 pb-2">
          <ProblemNotice call={call} problem={problem} local={local} />
        </div>
      )}
      {isOver && end !== null ? (
        <CallEndState call={call} end={end} onClose={onClose} onAgain={onAgain} />
      ) : (
        <>
          <div className="relative min-h-0 flex-1 px-3 pb-1">
            <Others call={call} view={view} />
            <OwnTile local={local} me={me} isRaised={hasRow(view.participants)} />
          </div>
          <footer className="shrink-0 px-3 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
            <ControlBar call={call} view={view} onLeave={onLeave} />
          </footer>
        </>
      )}
    </div>
  )
}

function CallHeader({ call, view, onMinimise }: Pick<CallViewProps, 'call' | 'view' | 'onMinimise'>) {
  const { t } = useTranslation('call')
  const { participants, phase } = view
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 ps-4 pe-2">
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-15 font-semibold">
          <bdi>{call.name}</bdi>
        </h2>
        <p className="flex items-center gap-2 text-12 text-muted">
          <span role="status">{t(`phase.${phase}`)}</span>
          <Duration since={phase === 'active' ? view.activeSince : null} />
          {call.kind === 'group' && phase === 'active' ? (
            <span className="truncate">{t('surface.people', { count: participants.length + 1 })}</span>
          ) : null}
          <QualityMark quality={worstOf(participants.map(({ quality }) => quality))} />
        </p>
      </div>
      {call.groupId === null ? null : <CopyLink groupId={call.groupId} isIcon />}
      {onMinimise === undefined ? null : (
        <IconButton
          label={t('surface.minimise')}
          icon={<Minimize2 size={18} aria-hidden="true" />}
          tooltipSide="bottom"
          onClick={onMinimise}
        />
      )}
    </header>
  )
}

/** How long the call has been going on. */
export function Duration({ since }: { readonly since: number | null }) {
  const now = useNow(1_000)
  if (since === null) return null
  return (
    <span role="timer" className="figures">
      {formatDuration(now - since)}
    </span>
  )
}

function Others({ call, view }: Pick<CallViewProps, 'call' | 'view'>) {
  const { t } = useTranslation('call')
  const { participants, phase } = view
  if (participants.length > 0) return <Tiles participants={participants} />
  if (call.kind === 'group')
    return (
      <Waiting title={t('surface.alone')} text={t('surface.aloneText')}>
        {call.groupId === null ? null : <CopyLink groupId={call.groupId} />}
      </Waiting>
    )
  return (
    <Waiting title={call.name} text={t(`phase.${phase}`)} isAlive>
      <Avatar id={call.user?.id ?? call.name} name={call.name} size={72} />
    </Waiting>
  )
}

interface WaitingProps {
  readonly title: string
  readonly text: string
  readonly isAlive?: boolean
  readonly children: ReactNode
}

function Waiting({ title, text, isAlive = false, children }: WaitingProps) {
  return (
    <div className="flex size-full flex-col items-center justify-center gap-3 rounded-10 bg-surface p-4 text-center">
      {isAlive ? <span className="animate-rest">{children}</span> : null}
      <div>
        <p className="breakable text-18 font-semibold">
          <bdi>{title}</bdi>
        </p>
        <p className="text-muted">{text}</p>
      </div>
      {isAlive ? null : children}
    </div>
  )
}

/** Calls `onLeft` once the call that was shown is over because somebody hung up: nothing needs to be said then. */
export function useQuietEnd(view: View | null, onLeft: () => void): void {
  const handler = useRef(onLeft)
  handler.current = onLeft
  const isQuiet = view?.end === 'hung-up'
  useEffect(() => {
    if (isQuiet) handler.current()
  }, [isQuiet])
}
