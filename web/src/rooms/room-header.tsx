import { ArrowLeft, LockKeyhole, LogOut, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { IconButton } from '../ui/index.ts'
import { CopyIconButton } from './copy-button.tsx'
import type { RoomInfo } from './use-room-info.ts'

export interface RoomHeaderProps {
  readonly code: string
  readonly info: RoomInfo
  /** Null while one is not inside: there is nobody to show and nothing to leave. */
  readonly memberCount: number | null
  readonly areMembersShown: boolean
  readonly onMembers: () => void
  readonly onLeave: () => void
}

/** Where one is, who is there, and the way out. */
export function RoomHeader({ code, info, memberCount, onLeave, ...members }: RoomHeaderProps) {
  const { t } = useTranslation('room')
  const navigate = useNavigate()
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b px-2 wide:px-4">
      <IconButton
        label={t('back')}
        className="wide:hidden"
        icon={<ArrowLeft size={18} aria-hidden="true" className="directional" />}
        onClick={() => void navigate('/')}
      />
      <span
        aria-hidden="true"
        className="me-2 flex size-9 shrink-0 items-center justify-center rounded-10 bg-accent-soft text-accent"
      >
        <LockKeyhole size={18} />
      </span>
      <div className="min-w-0 flex-1">
        <h1 className="truncate text-15 leading-5 font-semibold" dir="auto">
          {info.name ?? t('roomWithCode', { code })}
        </h1>
        <div className="flex items-center gap-0.5 text-muted">
          <span className="truncate font-mono text-12" data-testid="room-code" dir="ltr">
            {code}
          </span>
          <CopyIconButton text={code} label={t('copyCode')} />
        </div>
      </div>
      {memberCount === null ? null : <Inside {...members} memberCount={memberCount} onLeave={onLeave} />}
    </header>
  )
}

type InsideProps = Pick<RoomHeaderProps, 'areMembersShown' | 'onMembers' | 'onLeave'> & {
  readonly memberCount: number
}

function Inside({ memberCount, areMembersShown, onMembers, onLeave }: InsideProps) {
  const { t } = useTranslation('room')
  return (
    <>
      <button
        type="button"
        aria-pressed={areMembersShown}
        aria-label={t('memberCount', { count: memberCount })}
        title={t('members')}
        data-testid="room-members-button"
        onClick={onMembers}
        className="figures inline-flex h-9 shrink-0 items-center gap-1.5 rounded-6 px-2.5 text-13 text-muted transition-colors hover:bg-hover hover:text-text aria-pressed:bg-selected aria-pressed:text-text pointer-coarse:h-11"
      >
        <Users size={18} aria-hidden="true" />
        <span aria-hidden="true">{memberCount}</span>
      </button>
      <IconButton
        label={t('leave')}
        tooltipSide="bottom"
        icon={<LogOut size={18} aria-hidden="true" className="directional" />}
        onClick={onLeave}
      />
    </>
  )
}

/** The line that every room wears. */
export function NotKeptLine({ isOpen }: { readonly isOpen: boolean }) {
  const { t } = useTranslation('room')
  return (
    <p className="flex shrink-0 items-start gap-2 bg-accent-soft px-4 py-1.5 text-13 text-text">
      <LockKeyhole size={14} aria-hidden="true" className="mt-0.5 shrink-0 text-accent" />
      <span className="breakable">
        {t('notKept')}
        {isOpen ? ` ${t('noPin')}` : null}
      </span>
    </p>
  )
}
