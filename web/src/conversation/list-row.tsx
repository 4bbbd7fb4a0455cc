import type { ConversationSummary } from '@parley/client'
import { DayMark, Intro, NewMark } from './list-marks.tsx'
import { MessageRow, type MessageRowProps } from './message-row.tsx'
import { hasNewAnswers, type Row } from './rows.ts'
import type { ThreadFacts } from './threads.ts'

export interface ListRowProps
  extends Pick<
    MessageRowProps,
    'isInThread' | 'isCurrent' | 'isLastOwn' | 'isMarked' | 'onCurrent' | 'isScrolling'
  > {
  readonly row: Row | undefined
  readonly threads: ReadonlyMap<string, ThreadFacts>
  readonly newAfter: number | null
  readonly summary: ConversationSummary | null
  readonly isEmpty: boolean
}

/** One row of a list, by what it is. */
export function ListRow({ row, threads, newAfter, summary, isEmpty, ...rest }: ListRowProps) {
  if (row === undefined) return null
  if (row.kind === 'day') return <DayMark day={row.day} />
  if (row.kind === 'new') return <NewMark />
  if (row.kind === 'intro') return rest.isInThread ? null : <Intro summary={summary} isEmpty={isEmpty} />
  const facts = row.message.id === null ? null : (threads.get(row.message.id) ?? null)
  return (
    <MessageRow
      {...rest}
      message={row.message}
      isFirst={row.isFirst}
      thread={rest.isInThread ? null : facts}
      hasNewAnswers={hasNewAnswers(facts, newAfter)}
    />
  )
}
