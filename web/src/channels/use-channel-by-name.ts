import { useConversations } from '@parley/client/react'
import { isChannelId, namedSo } from './names.ts'
import { usePublicChannelNamed } from './queries.ts'

/** `missing`: neither one's own nor a public channel is called that. `failed`: it could not be looked up. */
export interface NamedChannel {
  readonly state: 'loading' | 'found' | 'missing' | 'failed'
  readonly channelId: string | null
  readonly retry: () => void
}

/**
 * Looks up what a path names: an id as it is, anything else as the name of a channel, one's own first, then the public
 * ones. Names are not unique: one's own most active channel wins.
 */
export function useChannelByName(idOrName: string): NamedChannel {
  const isId = isChannelId(idOrName)
  const { state, items } = useConversations()
  const own = isId
    ? undefined
    : namedSo(
        items.filter(({ kind }) => kind === 'channel'),
        idOrName,
      )
  const isAsked = !isId && own === undefined && state === 'ready' && idOrName.trim() !== ''
  const found = usePublicChannelNamed(idOrName.trim(), isAsked)
  const retry = () => void found.refetch()
  const channelId = isId ? idOrName.toLowerCase() : (own?.id ?? (isAsked ? found.data?.id : undefined))
  if (channelId !== undefined) return { state: 'found', channelId, retry }
  if (isAsked && found.isError) return { state: 'failed', channelId: null, retry }
  const isKnown = idOrName.trim() === '' || (isAsked && found.data === null)
  return { state: isKnown ? 'missing' : 'loading', channelId: null, retry }
}
