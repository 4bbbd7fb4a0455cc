import { useParley } from '@parley/client/react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Hash } from 'lucide-react'
import { useNavigate } from 'react-router'
import { useMe } from '../session/index.ts'
import { channelPath, directPath } from '../shell/paths.ts'
import { useOrder } from '../shell/use-order.ts'
import { Avatar } from '../ui/index.ts'
import type { Entry } from './entries.ts'
import { useSettled } from './use-settled.ts'

/** So many people and channels are asked for. */
const MOST = 6

export interface Found {
  readonly people: readonly Entry[]
  readonly channels: readonly Entry[]
  /** The server could not be asked. */
  readonly hasFailed: boolean
}

/** What the server knows besides one's own conversations: people, and public channels to join. */
export function useFound(typed: string, isOpen: boolean): Found {
  const parley = useParley()
  const me = useMe()
  const navigate = useNavigate()
  const { direct, channels } = useOrder()
  const text = useSettled(typed.trim(), 150)
  const enabled = isOpen && text !== '' && !text.startsWith('/')
  const users = useQuery({
    queryKey: ['palette', 'people', text],
    queryFn: () => parley.rest.users.search(text, { limit: MOST }),
    enabled: enabled && !me.isGuest,
    placeholderData: keepPreviousData,
  })
  const open = useQuery({
    queryKey: ['palette', 'channels', text],
    queryFn: () => parley.rest.channels.browse({ search: text, limit: MOST }),
    enabled,
    placeholderData: keepPreviousData,
  })
  if (!enabled) return { people: [], channels: [], hasFailed: false }
  const isKnown = (id: string) => id === me.id || direct.some(({ peer }) => peer?.id === id)
  return {
    people: (users.data?.users ?? [])
      .filter(({ id }) => !isKnown(id))
      .map(({ id, username, avatar, isOnline }) => ({
        id: `person-${id}`,
        name: username,
        start: (
          <Avatar id={id} name={username} src={avatar} size={24} presence={isOnline ? 'online' : 'offline'} />
        ),
        run: () => navigate(directPath(id)),
      })),
    channels: (open.data?.channels ?? [])
      .filter(({ id }) => !channels.some((own) => own.id === id))
      .map(({ id, name }) => ({
        id: `channel-${id}`,
        name: name ?? id,
        start: <Hash size={16} aria-hidden="true" className="text-muted" />,
        run: () => navigate(channelPath(id)),
      })),
    hasFailed: users.isError || open.isError,
  }
}
