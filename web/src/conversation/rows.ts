import type { Message } from '@parley/client'
import { momentOf } from './message-time.ts'
import type { ThreadFacts } from './threads.ts'

/** Messages of one author this close together (ms) are one group. */
export const GROUP_SPAN = 5 * 60_000

/** What a list of messages shows, one below the other. */
export type Row =
  | { readonly kind: 'intro'; readonly key: string }
  | { readonly kind: 'day'; readonly key: string; readonly day: number }
  | { readonly kind: 'new'; readonly key: string }
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly isFirst: boolean }

export interface RowOptions {
  /** There is more before the first message: nothing is said of where the conversation begins. */
  readonly hasOlder: boolean
  /** The "New" line is above the first message of others after this position; null: there is none. */
  readonly newAfter: number | null
  /** Messages that begin a group whatever is before them (`boundary`). */
  readonly heads: ReadonlySet<string>
  /** Shows the answers of threads, too. */
  readonly withAnswers: boolean
}

const isPlain = ({ messageType }: Message): boolean => messageType !== 'call'

const continues = (before: Message, message: Message): boolean =>
  before.author.id === message.author.id &&
  isPlain(before) &&
  isPlain(message) &&
  Math.abs(momentOf(message).at - momentOf(before).at) <= GROUP_SPAN

const isFirstNew = (message: Message, newAfter: number | null): boolean =>
  newAfter !== null && !message.isOwn && message.seq !== null && message.seq > newAfter

type MessageRow = Extract<Row, { kind: 'message' }>
const known = new WeakMap<Message, MessageRow>()

const messageRow = (message: Message, isFirst: boolean): MessageRow => {
  const before = known.get(message)
  if (before !== undefined && before.isFirst === isFirst) return before
  const row: MessageRow = { kind: 'message', key: message.key, message, isFirst }
  known.set(message, row)
  return row
}

/**
 * Rows of a list: messages grouped by author, a line above each day, one above what is new. While there is more to load,
 * nothing above the first message says which day it is of: that line would have to move when more is there.
 */
export const rowsOf = (items: readonly Message[], options: RowOptions): readonly Row[] => {
  const rows: Row[] = options.hasOlder ? [] : [{ kind: 'intro', key: 'intro' }]
  let before: Message | null = null
  let isNewShown = false
  for (const message of items) {
    if (message.parentId !== null && !options.withAnswers) continue
    const isOtherDay = before === null ? !options.hasOlder : momentOf(before).day !== momentOf(message).day
    const isNew = !isNewShown && isFirstNew(message, options.newAfter)
    if (isOtherDay) rows.push({ kind: 'day', key: `day ${message.key}`, day: momentOf(message).day })
    if (isNew) {
      rows.push({ kind: 'new', key: 'new' })
      isNewShown = true
    }
    const isFirst =
      before === null || isOtherDay || isNew || options.heads.has(message.key) || !continues(before, message)
    rows.push(messageRow(message, isFirst))
    before = message
  }
  return rows
}

/** The first message that is shown. It began a group when it was first seen, and does so for good: nothing moves. */
export const boundary = (items: readonly Message[], withAnswers: boolean): string | null =>
  items.find(({ parentId }) => withAnswers || parentId === null)?.key ?? null

/** Others' messages after a position that a list does not show by itself: their threads say so. */
export const hasNewAnswers = (facts: ThreadFacts | null, newAfter: number | null): boolean =>
  facts !== null && newAfter !== null && facts.lastSeq > newAfter
