import type { ConversationSummary } from '@parley/client'
import { useConversation, useObservable, useParley } from '@parley/client/react'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/index.ts'
import { PanelHeader } from '../shell/index.ts'
import { Button, ErrorState, Loading, SkeletonRows, sentenceOf } from '../ui/index.ts'
import { EndMark } from './end-mark.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { MemberRow } from './member-row.tsx'
import { useMembers } from './queries.ts'
import { mayInvite } from './roles.ts'

export interface MembersPanelProps {
  readonly conversationId: string
  readonly onClose: () => void
}

/** Who is in a conversation, with what one's own role lets one do to them. For the right panel. */
export function MembersPanel({ conversationId, onClose }: MembersPanelProps) {
  const { t } = useTranslation('channel')
  const { summary } = useConversation(conversationId)
  const myId = useObservable(useParley().me)?.id ?? null
  const [isInviting, setInviting] = useState(false)
  const members = useMembers(conversationId, summary)
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PanelHeader title={t('members.title')} onClose={onClose} />
      <MembersHead summary={summary} onInvite={() => setInviting(true)} />
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-4">
        {members.isLoading ? (
          <Loading>
            <SkeletonRows />
          </Loading>
        ) : null}
        {members.error === null ? null : (
          <ErrorState
            title={t('members.failed')}
            text={sentenceOf(members.error, '')}
            onRetry={members.retry}
          />
        )}
        <ul className="empty:hidden">
          {members.items.map((member) => (
            <MemberRow
              key={member.user.id}
              channelId={conversationId}
              member={member}
              ownRole={summary?.kind === 'channel' ? summary.role : null}
              isDirect={summary?.kind === 'direct'}
              isMe={member.user.id === myId}
            />
          ))}
        </ul>
        <EndMark isActive={members.hasMore} onReach={members.loadMore} />
      </div>
      <InviteDialog conversationId={conversationId} isOpen={isInviting} onClose={() => setInviting(false)} />
    </div>
  )
}

interface MembersHeadProps {
  readonly summary: ConversationSummary | null
  readonly onInvite: () => void
}

function MembersHead({ summary, onInvite }: MembersHeadProps) {
  const { t } = useTranslation('channel')
  const { isGuest } = useMe()
  if (summary === null || summary.kind === 'direct') return null
  const isOffered = !isGuest && mayInvite(summary.role, summary.isPrivate) && summary.archivedAt === null
  return (
    <div className="flex items-center justify-between gap-2 px-5 py-2">
      <span className="figures text-13 text-muted">{t('memberCount', { count: summary.memberCount })}</span>
      {isOffered ? (
        <Button size="small" icon={<UserPlus size={16} aria-hidden="true" />} onClick={onInvite}>
          {t('invite.title')}
        </Button>
      ) : null}
    </div>
  )
}
