import type { RoomView } from '@parley/client'
import { useTranslation } from 'react-i18next'
import { PanelHeader } from '../shell/index.ts'
import { Avatar } from '../ui/index.ts'

export interface RoomMembersProps {
  readonly members: RoomView['members']
  readonly ownId: string
  readonly onClose: () => void
}

/** Who is in the room now: the content of the right panel. */
export function RoomMembers({ members, ownId, onClose }: RoomMembersProps) {
  const { t } = useTranslation('room')
  return (
    <>
      <PanelHeader title={t('members')} onClose={onClose} />
      <ul data-testid="room-members" className="min-h-0 flex-1 overflow-y-auto p-2">
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
    </>
  )
}
