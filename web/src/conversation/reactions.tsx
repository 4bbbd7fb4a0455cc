import type { Message, Reaction } from '@parley/client'
import { useTranslation } from 'react-i18next'
import { cx, Tooltip } from '../ui/index.ts'
import { useScope } from './conversation-scope.ts'
import { useMembers } from './use-members.ts'

const MOST_NAMED = 8

/** Who reacted. Looked up when it is shown. */
function ReactionDetails({ reaction }: { readonly reaction: Reaction }) {
  const { t, i18n } = useTranslation('conversation')
  const { conversation, me } = useScope()
  const { members } = useMembers(conversation)
  const nameOf = (id: string): string | undefined =>
    id === me?.id ? t('you') : members.find(({ user }) => user.id === id)?.user.username
  const names = reaction.userIds.slice(0, MOST_NAMED).flatMap((id) => nameOf(id) ?? [])
  const rest = reaction.count - names.length
  const all = rest > 0 ? [...names, t('reactions.others', { count: rest })] : names
  return new Intl.ListFormat(i18n.language).format(all)
}

interface ChipProps {
  readonly message: Message
  readonly reaction: Reaction
  readonly isReachable: boolean
}

function Chip({ message, reaction, isReachable }: ChipProps) {
  const { t, actions, canWrite } = useScope()
  const { emoji, count, isOwn } = reaction
  // Always with its tooltip, unlike a tick: it would be another button once the row is hot, and a press in between lost.
  return (
    <Tooltip label={<ReactionDetails reaction={reaction} />}>
      <button
        type="button"
        disabled={!canWrite}
        tabIndex={isReachable ? 0 : -1}
        aria-pressed={isOwn}
        aria-label={t('reactions.label', { emoji, count })}
        onClick={() => actions.react(message, emoji, !isOwn)}
        className={cx(
          'inline-flex h-6 items-center gap-1 rounded-full border px-2 text-13 transition-colors pointer-coarse:h-8',
          isOwn ? 'border-accent bg-accent-soft text-accent-strong' : 'bg-raised text-muted hover:bg-hover',
        )}
      >
        <span aria-hidden="true">{emoji}</span>
        <span aria-hidden="true" className="figures">
          {count}
        </span>
      </button>
    </Tooltip>
  )
}

export interface ReactionsProps {
  readonly message: Message
  /** By Tab: the row has the focus of the list. */
  readonly isReachable: boolean
}

/** What people answered with an emoji. A press adds one's own, or takes it back. */
export function Reactions({ message, isReachable }: ReactionsProps) {
  if (message.reactions.length === 0) return null
  return (
    <div className="mt-1 flex flex-wrap gap-1">
      {message.reactions.map((reaction) => (
        <Chip key={reaction.emoji} message={message} reaction={reaction} isReachable={isReachable} />
      ))}
    </div>
  )
}
