import type { ConversationSummary } from '@parley/client'
import { usePresence } from '@parley/client/react'
import { Ellipsis, Hash, Info, Lock, Search, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { CallButtons } from '../calls/index.ts'
import { PageHeader, type Panel, usePanel } from '../shell/index.ts'
import { Avatar, IconButton, Menu, MenuItem, useIsWide, useNow, useTimes } from '../ui/index.ts'

/** What the header says of somebody. */
export interface Peer {
  readonly id: string
  readonly username: string
  readonly avatar: string | null
}

/** Online, or since when not. */
export function PresenceText({ userId }: { readonly userId: string }) {
  const { t } = useTranslation('conversation')
  const times = useTimes()
  const now = useNow()
  const { status, lastSeen } = usePresence(userId)
  if (status === 'online') return t('presence.online')
  if (status === 'unknown') return ' '
  return lastSeen === null
    ? t('presence.offline')
    : t('presence.lastSeen', { time: times.ago(lastSeen, now) })
}

function PeerAvatar({ peer }: { readonly peer: Peer }) {
  const { status } = usePresence(peer.id)
  return <Avatar id={peer.id} name={peer.username} src={peer.avatar} size={32} presence={status} />
}

function ChannelMark({ isPrivate }: { readonly isPrivate: boolean }) {
  const Icon = isPrivate ? Lock : Hash
  return (
    <span
      aria-hidden="true"
      className="flex size-8 items-center justify-center rounded-6 bg-hover text-muted"
    >
      <Icon size={18} />
    </span>
  )
}

function ChannelFacts({ summary }: { readonly summary: ConversationSummary }) {
  const { t } = useTranslation('conversation')
  const facts = [
    t('header.members', { count: summary.memberCount }),
    summary.isPrivate ? t('header.private') : null,
    summary.archivedAt === null ? null : t('header.archived'),
  ]
  return facts.filter((fact) => fact !== null).join(' · ')
}

/** Buttons for the panels; on a phone all but the first are in a menu. */
function Panels({ isDirect }: { readonly isDirect: boolean }) {
  const { t } = useTranslation('conversation')
  const { panel, open, close } = usePanel()
  const isWide = useIsWide()
  const toggle = (kind: 'members' | 'search' | 'details') =>
    panel?.kind === kind ? close() : open({ kind } satisfies Panel)
  const all = [
    { kind: 'search', label: t('header.search'), Icon: Search },
    { kind: 'members', label: t('header.showMembers'), Icon: Users },
    { kind: 'details', label: t('header.details'), Icon: Info },
  ] as const
  const offered = all.filter(({ kind }) => kind !== 'members' || !isDirect)
  if (!isWide)
    return (
      <Menu
        trigger={<IconButton label={t('header.more')} icon={<Ellipsis size={18} aria-hidden="true" />} />}
      >
        {offered.map(({ kind, label, Icon }) => (
          <MenuItem key={kind} icon={<Icon size={16} />} onSelect={() => open({ kind })}>
            {label}
          </MenuItem>
        ))}
      </Menu>
    )
  return offered.map(({ kind, label, Icon }) => (
    <IconButton
      key={kind}
      label={label}
      tooltipSide="bottom"
      isPressed={panel?.kind === kind}
      icon={<Icon size={18} aria-hidden="true" />}
      onClick={() => toggle(kind)}
    />
  ))
}

export interface ConversationHeaderProps {
  readonly summary: ConversationSummary | null
  /** Of a direct conversation, where it is known before the summary is. */
  readonly peer: Peer | null
}

/** Who or what this is, and what else there is to see of it. */
export function ConversationHeader({ summary, peer }: ConversationHeaderProps) {
  if (peer !== null)
    return (
      <PageHeader
        start={<PeerAvatar peer={peer} />}
        title={peer.username}
        subtitle={<PresenceText userId={peer.id} />}
        actions={
          <>
            <CallButtons user={peer} />
            <Panels isDirect />
          </>
        }
      />
    )
  if (summary === null) return <PageHeader title={' '} subtitle={' '} />
  return (
    <PageHeader
      start={<ChannelMark isPrivate={summary.isPrivate} />}
      title={summary.name}
      subtitle={<ChannelFacts summary={summary} />}
      actions={<Panels isDirect={false} />}
    />
  )
}
