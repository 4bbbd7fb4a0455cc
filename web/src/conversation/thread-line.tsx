import { ChevronRight } from 'lucide-react'
import { Avatar, cx } from '../ui/index.ts'
import { useScope } from './conversation-scope.ts'
import type { ThreadFacts } from './threads.ts'

export interface ThreadLineProps {
  readonly rootId: string
  readonly facts: ThreadFacts
  /** There are answers that are new. */
  readonly isNew: boolean
  readonly isReachable: boolean
}

/** Under the first message of a thread: how many answers there are, and how old the last one is. */
export function ThreadLine({ rootId, facts, isNew, isReachable }: ThreadLineProps) {
  const { t, times, actions } = useScope()
  return (
    <button
      type="button"
      tabIndex={isReachable ? 0 : -1}
      onClick={() => actions.openThread(rootId)}
      className="-ms-1.5 mt-1 inline-flex max-w-full items-center gap-2 rounded-6 px-1.5 py-1 text-13 transition-colors hover:bg-hover pointer-coarse:min-h-10"
    >
      <span aria-hidden="true" className="flex -space-x-1.5 rtl:space-x-reverse">
        {facts.people.map(({ id, name, avatar }) => (
          <Avatar key={id} id={id} name={name} src={avatar} size={20} />
        ))}
      </span>
      <span className={cx('text-accent', isNew ? 'font-semibold' : 'font-medium')}>
        {t('thread.replies', { count: facts.count })}
      </span>
      <span className="truncate text-muted">{t('thread.last', { time: times.short(facts.lastAt) })}</span>
      {isNew ? (
        <span className="size-2 shrink-0 rounded-full bg-accent">
          <span className="sr-only">{t('thread.new')}</span>
        </span>
      ) : null}
      <ChevronRight size={14} aria-hidden="true" className="directional shrink-0 text-muted" />
    </button>
  )
}
