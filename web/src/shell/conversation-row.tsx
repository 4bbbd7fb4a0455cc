import type { ConversationSummary } from '@parley/client'
import { useObservable, usePresence } from '@parley/client/react'
import { Archive, Hash, Lock, Pencil } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { drafts } from '../conversation/drafts.ts'
import { useMe } from '../session/index.ts'
import { Avatar, Badge } from '../ui/index.ts'
import { pathOf } from './paths.ts'
import { SidebarRow } from './sidebar-row.tsx'

/** A direct conversation or a channel in the sidebar. */
export function ConversationRow({ summary }: { readonly summary: ConversationSummary }) {
  const { name, unreadCount, archivedAt, peer } = summary
  return (
    <SidebarRow
      to={pathOf(summary)}
      name={name}
      isUnread={unreadCount > 0}
      isQuiet={archivedAt !== null}
      start={peer === null ? <ChannelMark summary={summary} /> : <PeerMark peer={peer} />}
      end={<Marks summary={summary} />}
    />
  )
}

function PeerMark({ peer }: { readonly peer: NonNullable<ConversationSummary['peer']> }) {
  const { status } = usePresence(peer.id)
  return <Avatar id={peer.id} name={peer.username} src={peer.avatar} size={24} presence={status} />
}

function ChannelMark({ summary: { isPrivate, archivedAt } }: { readonly summary: ConversationSummary }) {
  const { t } = useTranslation('shell')
  const Icon = archivedAt !== null ? Archive : isPrivate ? Lock : Hash
  const word = archivedAt !== null ? t('archived') : isPrivate ? t('privateChannel') : null
  return (
    <>
      <Icon size={16} aria-hidden="true" className="text-muted" />
      {word === null ? null : <span className="sr-only">{word}</span>}
    </>
  )
}

/** What waits: a draft, mentions in the accent, else unread messages. */
function Marks({ summary: { id, unreadCount, mentionCount } }: { readonly summary: ConversationSummary }) {
  const { t } = useTranslation('shell')
  const { id: userId } = useMe()
  const mark = useMemo(() => drafts.mark({ userId, conversationId: id, parentId: null }), [userId, id])
  const hasDraft = useObservable(mark)
  if (mentionCount > 0)
    return <Badge tone="accent" count={mentionCount} label={t('mention', { count: mentionCount })} />
  if (unreadCount > 0) return <Badge count={unreadCount} label={t('unread', { count: unreadCount })} />
  if (!hasDraft) return null
  return (
    <span className="text-muted">
      <Pencil size={13} aria-hidden="true" />
      <span className="sr-only">{t('draft')}</span>
    </span>
  )
}
