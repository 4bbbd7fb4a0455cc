import { LockKeyhole, LogOut, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../shell/index.ts'
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
export function RoomHeader({ code, info, memberCount, ...inside }: RoomHeaderProps) {
  const { t } = useTranslation('room')
  return (
    <PageHeader
      start={
        <span
          aria-hidden="true"
          className="flex size-9 shrink-0 items-center justify-center rounded-10 bg-accent-soft text-accent"
        >
          <LockKeyhole size={18} />
        </span>
      }
      title={info.name ?? t('roomWithCode', { code })}
      subtitle={
        <span className="flex items-center gap-0.5">
          <span className="truncate font-mono" data-testid="room-code" dir="ltr">
            {code}
          </span>
          <CopyIconButton text={code} label={t('copyCode')} />
        </span>
      }
      actions={memberCount === null ? null : <Actions {...inside} memberCount={memberCount} />}
    />
  )
}

type ActionsProps = Pick<RoomHeaderProps, 'areMembersShown' | 'onMembers' | 'onLeave'> & {
  readonly memberCount: number
}

function Actions({ memberCount, areMembersShown, onMembers, onLeave }: ActionsProps) {
  const { t } = useTranslation('room')
  return (
    <>
      <IconButton
        label={t('memberCount', { count: memberCount })}
        isPressed={areMembersShown}
        tooltipSide="bottom"
        data-testid="room-members-button"
        className="w-auto min-w-9 px-2"
        icon={
          <span className="figures flex items-center gap-1.5 text-13">
            <Users size={18} aria-hidden="true" />
            {memberCount}
          </span>
        }
        onClick={onMembers}
      />
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
