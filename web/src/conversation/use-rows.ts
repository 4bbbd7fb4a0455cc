import type { MessageList } from '@parley/client'
import { useMemo, useState } from 'react'
import { RowIndex } from './row-index.ts'
import { boundary, type Row, rowsOf } from './rows.ts'
import { messagesOfThread, type ThreadFacts, threadsOf } from './threads.ts'

export interface Rows {
  readonly rows: readonly Row[]
  readonly threads: ReadonlyMap<string, ThreadFacts>
  readonly indexOf: RowIndex
  /** Key of the last message of one's own; null: there is none. */
  readonly lastOwn: string | null
}

/** What the rows of one list remember from one time to the next. */
interface Memory {
  readonly heads: Set<string>
  threads: ReadonlyMap<string, ThreadFacts>
}

type Loaded = Pick<MessageList, 'items' | 'hasOlder'>

const make = (list: Loaded, rootId: string | null, newAfter: number | null, memory: Memory): Rows => {
  const items = rootId === null ? list.items : messagesOfThread(list.items, rootId)
  const withAnswers = rootId !== null
  const hasOlder = rootId === null ? list.hasOlder : list.hasOlder && items[0]?.id !== rootId
  const first = boundary(items, withAnswers)
  if (hasOlder && first !== null) memory.heads.add(first)
  memory.threads = withAnswers ? memory.threads : threadsOf(items, memory.threads)
  const rows = rowsOf(items, { hasOlder, newAfter, heads: memory.heads, withAnswers })
  const lastOwn = rows.findLast((row) => row.kind === 'message' && row.message.status !== null)
  return {
    rows,
    threads: memory.threads,
    indexOf: new RowIndex(rows),
    lastOwn: lastOwn?.key ?? null,
  }
}

/** The rows of a conversation, or of one thread of it. */
export const useRows = (list: MessageList, rootId: string | null, newAfter: number | null): Rows => {
  const [memory] = useState<Memory>(() => ({ heads: new Set(), threads: new Map() }))
  const { items, hasOlder } = list
  return useMemo(
    () => make({ items, hasOlder }, rootId, newAfter, memory),
    [items, hasOlder, rootId, newAfter, memory],
  )
}
