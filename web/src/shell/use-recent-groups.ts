import { useObservable, useParley } from '@parley/client/react'
import { useEffect } from 'react'
import { useMe } from '../session/index.ts'
import { loadGroups, type RecentGroup, rememberGroup, useRecentGroupsStore } from './recent-groups.ts'

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
