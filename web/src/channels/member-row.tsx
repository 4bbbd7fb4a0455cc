import type { ConversationRole, MemberJson } from '@parley/client'
import { useParley } from '@parley/client/react'
import { useQueryClient } from '@tanstack/react-query'
import { Crown, EllipsisVertical, MessageSquare, Shield, User, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useMe } from '../session/index.ts'
import { directPath } from '../shell/index.ts'
import {
  ConfirmDialog,
  IconButton,
  Menu,
  MenuItem,
  MenuSeparator,
  sentenceOf,
  showToast,
} from '../ui/index.ts'
import { PersonRow } from './person-row.tsx'
import { mayRemove, rolesToGive } from './roles.ts'

const MARKS = { owner: Crown, moderator: Shield, member: User } as const

export interface MemberRowProps {
  readonly channelId: string
  readonly member: MemberJson
  readonly ownRole: ConversationRole | null
  readonly isDirect: boolean
  readonly isMe: boolean
}

type Question = 'owner' | 'remove' | null

/** One member and what can be done to them (a guest does nothing). Giving the channel away and removing somebody are asked twice. */
export function MemberRow({ channelId, member, ownRole, isDirect, isMe }: MemberRowProps) {
  const { t } = useTranslation('channel')
  const { isGuest } = useMe()
  const [question, setQuestion] = useState<Question>(null)
  const { setRole, remove } = useMemberActions(channelId, member.user)
  const note = isDirect || member.role === 'member' ? undefined : t(`role.${member.role}`)
  const name = member.user.username
  return (
    <li className="group flex min-h-11 items-center gap-3 rounded-6 px-3 py-1 [--behind:var(--surface)] hover:bg-hover">
      <PersonRow user={member.user} note={isMe ? [t('you'), note].filter(Boolean).join(' · ') : note} />
      {isMe || isGuest ? null : (
        <MemberMenu member={member} ownRole={ownRole} onRole={setRole} onAsk={setQuestion} />
      )}
      <ConfirmDialog
        isOpen={question === 'owner'}
        onClose={() => setQuestion(null)}
        title={t('giveOwner.title', { name })}
        text={t('giveOwner.text')}
        confirmLabel={t('give.owner')}
        onConfirm={() => setRole('owner')}
      />
      <ConfirmDialog
        isOpen={question === 'remove'}
        onClose={() => setQuestion(null)}
        title={t('remove.title', { name })}
        text={t('remove.text')}
        confirmLabel={t('remove.submit')}
        isDangerous
        onConfirm={remove}
      />
    </li>
  )
}

interface MemberMenuProps {
  readonly member: MemberJson
  readonly ownRole: ConversationRole | null
  readonly onRole: (role: ConversationRole) => Promise<void>
  readonly onAsk: (question: Question) => void
}

function MemberMenu({ member, ownRole, onRole, onAsk }: MemberMenuProps) {
  const { t } = useTranslation(['channel', 'common'])
  const navigate = useNavigate()
  const give = (role: ConversationRole) => {
    if (role === 'owner') return onAsk('owner')
    onRole(role).catch((cause: unknown) =>
      showToast(sentenceOf(cause, t('common:error.unknown')), { tone: 'bad' }),
    )
  }
  return (
    <Menu
      trigger={
        <IconButton
          size="small"
          label={t('members.actions', { name: member.user.username })}
          icon={<EllipsisVertical size={16} aria-hidden="true" />}
        />
      }
    >
      <MenuItem icon={<MessageSquare size={16} />} onSelect={() => void navigate(directPath(member.user.id))}>
        {t('members.message')}
      </MenuItem>
      {rolesToGive(ownRole, member.role).map((role) => {
        const Mark = MARKS[role]
        return (
          <MenuItem key={role} icon={<Mark size={16} />} onSelect={() => give(role)}>
            {t(`give.${role}`)}
          </MenuItem>
        )
      })}
      {mayRemove(ownRole, member.role) ? (
        <>
          <MenuSeparator />
          <MenuItem icon={<UserMinus size={16} />} isDangerous onSelect={() => onAsk('remove')}>
            {t('remove.submit')}
          </MenuItem>
        </>
      ) : null}
    </Menu>
  )
}

const useMemberActions = (channelId: string, user: MemberJson['user']) => {
  const { t } = useTranslation('channel')
  const { rest } = useParley()
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['members'] })
  return {
    setRole: async (role: ConversationRole): Promise<void> => {
      await rest.channels.setRole(channelId, user.id, role)
      await refresh()
      showToast(t(`given.${role}`, { name: user.username }), { tone: 'good' })
    },
    remove: async (): Promise<void> => {
      await rest.channels.removeMember(channelId, user.id)
      await refresh()
    },
  }
}
