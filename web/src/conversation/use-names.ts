import { useConversations } from '@parley/client/react'
import { useMemo } from 'react'
import { channelPath } from '../shell/index.ts'
import type { Names } from './mark-words.ts'

/** What the words of messages can name: oneself, and the channels one is in. The same object until that changes. */
export const useNames = (username: string): Names => {
  const { items } = useConversations()
  const channels = items.filter(({ kind }) => kind === 'channel')
  // The list is another object with every message that comes: what is in it is compared instead.
  const known = JSON.stringify(channels.map(({ id, name }) => [name.toLocaleLowerCase(), id]).sort())
  return useMemo(
    () => ({
      me: username.toLocaleLowerCase(),
      channels: new Map(
        (JSON.parse(known) as [string, string][]).map(([name, id]) => [name, channelPath(id)]),
      ),
    }),
    [username, known],
  )
}
