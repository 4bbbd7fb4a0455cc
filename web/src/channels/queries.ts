import type { ConversationSummary, MemberJson, OwnChannelJson, UserJson } from '@parley/client'
import { useObservable, useParley } from '@parley/client/react'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { namedSo } from './names.ts'
import { useDebounced } from './use-debounced.ts'

/** A key stays with one user: what another may see is never shown. */
const useMyId = (): string => useObservable(useParley().me)?.id ?? ''

const PAGE = 30
/** A search is asked once the typing paused that long (ms). */
const PAUSE = 200

/** A list that is searched and loaded page by page. */
export interface Paged<T> {
  readonly items: readonly T[]
  /** Nothing to show yet. */
  readonly isLoading: boolean
  /** What is shown is for what was typed before. */
  readonly isStale: boolean
  readonly error: Error | null
  readonly hasMore: boolean
  loadMore(): void
  retry(): void
}

interface PagedState {
  readonly isPending: boolean
  readonly isPlaceholderData: boolean
  readonly error: Error | null
  readonly hasNextPage: boolean
  readonly isFetching: boolean
  fetchNextPage(options: { readonly cancelRefetch: boolean }): unknown
  refetch(): unknown
}

export const pagedOf = <T>(items: readonly T[], query: PagedState, isBehind = false): Paged<T> => ({
  items,
  isLoading: query.isPending && query.error === null,
  isStale: query.isPlaceholderData || isBehind,
  error: query.error,
  hasMore: query.hasNextPage,
  loadMore: () => {
    if (query.hasNextPage && !query.isFetching) void query.fetchNextPage({ cancelRefetch: false })
  },
  retry: () => void query.refetch(),
})

/** People by the beginning of their name, without oneself. */
export function usePeople(typed: string, isWanted = true): Paged<UserJson> {
  const { rest } = useParley()
  const myId = useMyId()
  const search = useDebounced(typed.trim(), PAUSE)
  const query = useInfiniteQuery({
    queryKey: ['people', myId, search],
    queryFn: ({ pageParam }) => rest.users.search(search, { limit: PAGE, ...pageParam }),
    initialPageParam: {},
    getNextPageParam: ({ nextCursor }) => (nextCursor === null ? undefined : { cursor: nextCursor }),
    placeholderData: keepPreviousData,
    enabled: isWanted,
  })
  const people = useMemo(
    () => (query.data?.pages ?? []).flatMap(({ users }) => users).filter(({ id }) => id !== myId),
    [query.data, myId],
  )
  return pagedOf(people, query, search !== typed.trim())
}

/** Public channels by the beginning of their name. */
export function usePublicChannels(typed: string, isWanted = true): Paged<OwnChannelJson> {
  const { rest } = useParley()
  const myId = useMyId()
  const search = useDebounced(typed.trim(), PAUSE)
  const query = useInfiniteQuery({
    queryKey: ['public-channels', myId, search],
    queryFn: ({ pageParam }) => rest.channels.browse({ limit: PAGE, search, ...pageParam }),
    initialPageParam: {},
    getNextPageParam: ({ nextCursor }) => (nextCursor === null ? undefined : { cursor: nextCursor }),
    placeholderData: keepPreviousData,
    enabled: isWanted,
  })
  const channels = useMemo(() => (query.data?.pages ?? []).flatMap((page) => page.channels), [query.data])
  return pagedOf(channels, query, search !== typed.trim())
}

/** The public channel of that name; null: there is none. */
export function usePublicChannelNamed(name: string, isWanted: boolean) {
  const { rest } = useParley()
  const myId = useMyId()
  return useQuery({
    queryKey: ['channel-named', myId, name],
    queryFn: async () =>
      namedSo((await rest.channels.browse({ search: name, limit: 100 })).channels, name) ?? null,
    enabled: isWanted,
  })
}

/** Members of a conversation, oldest membership first. Loaded anew when their number or one's own role changes. */
export function useMembers(
  conversationId: string,
  summary: Pick<ConversationSummary, 'memberCount' | 'role'> | null,
  isWanted = true,
): Paged<MemberJson> {
  const parley = useParley()
  const myId = useMyId()
  const query = useInfiniteQuery({
    queryKey: ['members', myId, conversationId, summary?.memberCount ?? 0, summary?.role ?? ''],
    queryFn: ({ pageParam }) => parley.conversation(conversationId).members(pageParam.cursor),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ nextCursor }) => (nextCursor === null ? undefined : { cursor: nextCursor }),
    // Of the same conversation alone: nobody is shown where they are not.
    placeholderData: (before, query) => (query?.queryKey[2] === conversationId ? before : undefined),
    enabled: isWanted,
  })
  const members = useMemo(() => (query.data?.pages ?? []).flatMap((page) => page.members), [query.data])
  return pagedOf(members, query)
}
