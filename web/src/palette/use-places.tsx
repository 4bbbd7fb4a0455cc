import { Drama, Hash, Lock, Video } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useListedRooms } from '../shell/open-rooms.ts'
import { groupPath, pathOf, roomPath } from '../shell/paths.ts'
import { useOrder } from '../shell/use-order.ts'
import { useRecentGroups } from '../shell/use-recent-groups.ts'
import { Avatar, Badge } from '../ui/index.ts'
import type { Entry } from './entries.ts'

/** Conversations, rooms and groups one is in. Those with something unread come first, then the newest. */
export function usePlaces(): { readonly conversations: readonly Entry[]; readonly rooms: readonly Entry[] } {
  const { t } = useTranslation('shell')
  const navigate = useNavigate()
  const { all, current } = useOrder()
  const open = useListedRooms(({ rooms }) => rooms)
  const groups = useRecentGroups()
  const conversations = useMemo(
    () =>
      all
        .filter((summary) => summary !== current)
        .sort((a, b) => Number(b.unreadCount > 0) - Number(a.unreadCount > 0) || b.activity - a.activity)
        .map((summary): Entry => {
          const { id, name, peer, isPrivate, unreadCount } = summary
          const Icon = isPrivate ? Lock : Hash
          return {
            id: `conversation-${id}`,
            name,
            start:
              peer === null ? (
                <Icon size={16} aria-hidden="true" className="text-muted" />
              ) : (
                <Avatar id={peer.id} name={peer.username} src={peer.avatar} size={24} />
              ),
            end: <Badge count={unreadCount} label={t('unread', { count: unreadCount })} />,
            run: () => navigate(pathOf(summary)),
          }
        }),
    [all, current, navigate, t],
  )
  const rooms = [
    ...open.map(
      ({ code, name }): Entry => ({
        id: `room-${code}`,
        name: name ?? code,
        start: <Drama size={16} aria-hidden="true" className="text-muted" />,
        run: () => navigate(roomPath(code)),
      }),
    ),
    ...groups.map(
      ({ id, name }): Entry => ({
        id: `group-${id}`,
        name: name === '' ? id : name,
        start: <Video size={16} aria-hidden="true" className="text-muted" />,
        run: () => navigate(groupPath(id)),
      }),
    ),
  ]
  return { conversations, rooms }
}
