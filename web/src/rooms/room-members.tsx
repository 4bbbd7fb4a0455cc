import type { RoomView } from '@parley/client'
import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Avatar, IconButton } from '../ui/index.ts'

export interface RoomMembersProps {
  readonly members: RoomView['members']
  readonly ownId: string
  readonly onClose: () => void
}

/** Who is in the room now. A column of its own, or all of it on a phone. */
export function RoomMembers({ members, ownId, onClose }: RoomMembersProps) {
  const { t } = useTranslation('room')
  return (
    <aside
      aria-label={t('members')}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
      className="absolute inset-0 z-10 flex flex-col bg-surface wide:static wide:w-72 wide:shrink-0 wide:border-s"
    >
      <header className="flex h-12 shrink-0 items-center gap-2 ps-4 pe-2">
        <h2 className="min-w-0 flex-1 truncate font-semibold">{t('members')}</h2>
        <IconButton label={t('closeMembers')} icon={<X size={18} aria-hidden="true" />} onClick={onClose} />
      </header>
      <ul data-testid="room-members" className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        {members.map(({ userId, username }) => (
          <li key={userId} className="flex h-11 items-center gap-3 rounded-6 px-2">
            <Avatar id={userId} name={username} />
            <span className="truncate" dir="auto">
              {username}
            </span>
            {userId === ownId ? <span className="shrink-0 text-13 text-muted">({t('you')})</span> : null}
          </li>
        ))}
      </ul>
    </aside>
  )
}
