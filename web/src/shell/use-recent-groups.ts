import { useConnection, useObservable, useParley } from '@parley/client/react'
import { useEffect } from 'react'
import { useMe } from '../session/index.ts'
import {
  forgetGroup,
  loadGroups,
  type RecentGroup,
  rememberGroup,
  useRecentGroupsStore,
} from './recent-groups.ts'

/** Takes those from the list that are no more: nobody has been in them for a while. */
export function useForgetGone(): void {
  const parley = useParley()
  const { id: userId } = useMe()
  const isConnected = useConnection().state === 'connected'
  useEffect(() => {
    if (!isConnected) return
    for (const { id } of useRecentGroupsStore.getState().groups) {
      if (parley.calls.current.get()?.groupId === id) continue
      parley.rest.groups.get(id).then(
        (group) => group === null && forgetGroup(userId, id),
        () => undefined,
      )
    }
  }, [parley, userId, isConnected])
}

/** Group calls for the sidebar: those one was in, and the one that runs. */
export function useRecentGroups(): readonly RecentGroup[] {
  const { id: userId } = useMe()
  const call = useObservable(useParley().calls.current)
  const { groups, userId: owner } = useRecentGroupsStore()
  useEffect(() => loadGroups(userId), [userId])
  const groupId = call?.groupId ?? null
  const name = call?.name ?? ''
  useEffect(() => {
    if (groupId !== null) rememberGroup(userId, { id: groupId, name })
  }, [userId, groupId, name])
  return owner === userId ? groups : []
}
