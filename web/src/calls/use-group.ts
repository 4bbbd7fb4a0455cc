import type { Rest } from '@parley/client'
import { useEffect, useState } from 'react'

export type GroupState =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly name: string; readonly memberCount: number }
  | { readonly state: 'gone' }
  | { readonly state: 'failed'; readonly cause: unknown }

/** How often the number of people is asked for (ms). */
const EVERY = 10_000

/** Is there such a group call? Asked again while `isWatched`. */
export function useGroup(
  rest: Rest,
  groupId: string,
  isWatched: boolean,
): { readonly group: GroupState; readonly retry: () => void } {
  const [group, setGroup] = useState<GroupState>({ state: 'loading' })
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try asks again.
  useEffect(() => {
    if (!isWatched) return
    let isOver = false
    const ask = async () => {
      const next = await rest.groups.get(groupId).then(
        (found): GroupState =>
          found === null
            ? { state: 'gone' }
            : { state: 'there', name: found.name, memberCount: found.memberCount },
        (cause: unknown): GroupState => ({ state: 'failed', cause }),
      )
      // What is known stays when asking fails once.
      if (!isOver) setGroup((known) => (next.state === 'failed' && known.state === 'there' ? known : next))
    }
    void ask()
    const timer = setInterval(() => void ask(), EVERY)
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [rest, groupId, isWatched, tries])
  return { group, retry: () => setTries((count) => count + 1) }
}
