import type { Whisper } from '@parley/client'
import { ArrowDown } from 'lucide-react'
import { memo, type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar, TimeText } from '../ui/index.ts'
import { useBottom } from './use-bottom.ts'
import { groupWhispers, type WhisperGroup } from './whisper-groups.ts'
import { WhisperLine } from './whisper-line.tsx'

export interface RoomLogProps {
  readonly messages: readonly Whisper[]
  readonly onRetry: (key: string) => void
  /** Nothing was said yet. */
  readonly empty: ReactNode
}

/** What is said, newest at the bottom; it follows as long as its end is in sight. */
export function RoomLog({ messages, onRetry, empty }: RoomLogProps) {
  const { t } = useTranslation('room')
  const groups = useMemo(() => groupWhispers(messages), [messages])
  const { scroller, newCount, toBottom } = useBottom(messages)
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroller}
        role="log"
        aria-label={t('log')}
        data-testid="message-list"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
        tabIndex={0}
        className="flex min-h-0 flex-1 flex-col overflow-x-hidden overflow-y-auto overscroll-contain -outline-offset-2"
      >
        {groups.length === 0 ? (
          empty
        ) : (
          <div className="mt-auto flex flex-col gap-3 py-4">
            {groups.map((group) => (
              <Group key={group.key} group={group} onRetry={onRetry} />
            ))}
          </div>
        )}
      </div>
      {newCount === 0 ? null : (
        <button
          type="button"
          onClick={toBottom}
          className="absolute bottom-3 left-1/2 inline-flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent px-3.5 text-13 font-medium text-on-accent shadow-high hover:bg-accent-strong pointer-coarse:h-11"
        >
          <ArrowDown size={16} aria-hidden="true" />
          {t('newMessages', { count: newCount })}
        </button>
      )}
    </div>
  )
}

interface GroupProps {
  readonly group: WhisperGroup
  readonly onRetry: (key: string) => void
}

/** Groups are made anew with every message; only those that changed are drawn. */
const isSameGroup = (one: GroupProps, other: GroupProps): boolean =>
  one.onRetry === other.onRetry &&
  one.group.messages.length === other.group.messages.length &&
  one.group.messages.every((message, index) => message === other.group.messages[index])

const Group = memo(function Group({ group, onRetry }: GroupProps) {
  const { author, messages } = group
  const at = messages[0]?.createdAt ?? ''
  return (
    <section className="relative">
      <span className="absolute start-4 top-1 z-1">
        <Avatar id={author.id} name={author.name} />
      </span>
      <p className="flex items-baseline gap-2 ps-15 pe-4">
        <span className="truncate font-semibold" dir="auto">
          {author.name}
        </span>
        <span className="shrink-0 text-12 text-muted">
          <TimeText at={at} />
        </span>
      </p>
      <ul>
        {messages.map((message, index) => (
          <WhisperLine key={message.key} whisper={message} isFirst={index === 0} onRetry={onRetry} />
        ))}
      </ul>
    </section>
  )
}, isSameGroup)
