import type { MessageJson } from '@parley/client'
import { useParley } from '@parley/client/react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Paged, pagedOf } from '../channels/queries.ts'
import { useDebounced } from '../channels/use-debounced.ts'
import { wordsOf } from './words.ts'

const PAGE = 25
/** A search is asked once the typing paused that long (ms). */
const PAUSE = 250
/** The server takes no longer one. */
const MAX_LENGTH = 200

export interface MessageSearch extends Paged<MessageJson> {
  /** What the results are for. */
  readonly words: readonly string[]
  /** There is something to look for. */
  readonly isAsked: boolean
}

/** Messages one may see that hold all the words, newest first. */
export function useMessageSearch(typed: string, userId: string): MessageSearch {
  const { rest } = useParley()
  const wanted = typed.trim().slice(0, MAX_LENGTH)
  const text = useDebounced(wanted, PAUSE)
  const words = useMemo(() => wordsOf(text), [text])
  const isAsked = words.length > 0 && wordsOf(wanted).length > 0
  const query = useInfiniteQuery({
    queryKey: ['search', userId, text],
    queryFn: ({ pageParam }) => rest.search(text, { limit: PAGE, ...pageParam }),
    initialPageParam: {},
    getNextPageParam: ({ nextCursor }) => (nextCursor === null ? undefined : { cursor: nextCursor }),
    placeholderData: keepPreviousData,
    enabled: isAsked,
  })
  const messages = useMemo(() => (query.data?.pages ?? []).flatMap((page) => page.messages), [query.data])
  return { ...pagedOf(messages, query, text !== wanted), words, isAsked }
}
