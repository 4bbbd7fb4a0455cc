import type { ConversationSummary } from '@parley/client'
import { Hash, Lock, Settings, UserPlus, Users } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ChannelSettings, InviteDialog } from '../channels/index.ts'
import { channelPath, PanelHeader, usePanel } from '../shell/index.ts'
import { Avatar, Button, showToast } from '../ui/index.ts'
import { PresenceText } from './conversation-header.tsx'

export interface DetailsPanelProps {
  readonly summary: ConversationSummary | null
  readonly onClose: () => void
}

function PersonDetails({ peer }: { readonly peer: NonNullable<ConversationSummary['peer']> }) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-8 text-center">
      <Avatar id={peer.id} name={peer.username} src={peer.avatar} size={72} />
      <p dir="auto" className="breakable text-18 font-semibold">
        {peer.username}
      </p>
      <p className="text-13 text-muted">
        <PresenceText userId={peer.id} />
      </p>
    </div>
  )
}

const copyLink = async (id: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(new URL(channelPath(id), location.origin).href)
    return true
  } catch {
    return false
  }
}

function ChannelDetails({ summary }: { readonly summary: ConversationSummary }) {
  const { t } = useTranslation('conversation')
  const { open } = usePanel()
  const [dialog, setDialog] = useState<'settings' | 'invite' | null>(null)
  const Icon = summary.isPrivate ? Lock : Hash
  const mayInvite =
    summary.archivedAt === null && summary.role !== null && (!summary.isPrivate || summary.role !== 'member')
  const copy = async () =>
    (await copyLink(summary.id))
      ? showToast(t('toast.linkCopied'))
      : showToast(t('toast.copyFailed'), { tone: 'bad' })
  return (
    <div className="flex flex-col gap-4 px-4 py-6">
      <div className="flex flex-col items-center gap-2 text-center">
        <span
          aria-hidden="true"
          className="flex size-18 items-center justify-center rounded-10 bg-hover text-muted"
        >
          <Icon size={32} />
        </span>
        <p dir="auto" className="breakable text-18 font-semibold">
          {summary.name}
        </p>
        <p className="text-13 text-muted">{t(summary.isPrivate ? 'details.private' : 'details.public')}</p>
        {summary.archivedAt === null ? null : <p className="text-13 text-muted">{t('archived.text')}</p>}
      </div>
      <div className="flex flex-col gap-2">
        <Button
          isWide
          icon={<Users size={16} aria-hidden="true" />}
          onClick={() => open({ kind: 'members' })}
        >
          {t('header.members', { count: summary.memberCount })}
        </Button>
        {mayInvite ? (
          <Button isWide icon={<UserPlus size={16} aria-hidden="true" />} onClick={() => setDialog('invite')}>
            {t('details.invite')}
          </Button>
        ) : null}
        <Button isWide onClick={() => void copy()}>
          {t('details.copyLink')}
        </Button>
        <Button isWide icon={<Settings size={16} aria-hidden="true" />} onClick={() => setDialog('settings')}>
          {t('details.settings')}
        </Button>
      </div>
      <InviteDialog
        conversationId={summary.id}
        isOpen={dialog === 'invite'}
        onClose={() => setDialog(null)}
      />
      <ChannelSettings
        conversationId={summary.id}
        isOpen={dialog === 'settings'}
        onClose={() => setDialog(null)}
      />
    </div>
  )
}

/** What a conversation is, and what can be done with it as a whole. */
export function DetailsPanel({ summary, onClose }: DetailsPanelProps) {
  const { t } = useTranslation('conversation')
  return (
    <>
      <PanelHeader title={t('panel.details')} onClose={onClose} />
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {summary === null ? null : summary.peer === null ? (
          <ChannelDetails summary={summary} />
        ) : (
          <PersonDetails peer={summary.peer} />
        )}
      </div>
    </>
  )
}
