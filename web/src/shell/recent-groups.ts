import { create } from 'zustand'
import { kept } from '../settings/index.ts'

export interface RecentGroup {
  readonly id: string
  readonly name: string
}

/** Most groups that are remembered. */
const MOST = 8
const keyOf = (userId: string): string => `parley.groups.${userId}`

const parse = (json: string | null): readonly RecentGroup[] => {
  try {
    const list: unknown = JSON.parse(json ?? '[]')
    if (!Array.isArray(list)) return []
    return list
      .filter(
        (group: Partial<RecentGroup> | null): group is RecentGroup =>
          typeof group?.id === 'string' && typeof group.name === 'string',
      )
      .slice(0, MOST)
  } catch {
    return []
  }
}

interface RecentGroups {
  readonly userId: string | null
  readonly groups: readonly RecentGroup[]
}

/** Group calls one was in, newest first, kept on this device for each person. */
export const useRecentGroupsStore = create<RecentGroups>(() => ({ userId: null, groups: [] }))

const change = (userId: string, by: (groups: readonly RecentGroup[]) => readonly RecentGroup[]): void => {
  const groups = by(parse(kept.read(keyOf(userId)))).slice(0, MOST)
  kept.write(keyOf(userId), groups.length === 0 ? null : JSON.stringify(groups))
  useRecentGroupsStore.setState({ userId, groups })
}

export const loadGroups = (userId: string): void => change(userId, (groups) => groups)

/** Puts it first; a group that is there already keeps its place. */
export const rememberGroup = (userId: string, group: RecentGroup): void =>
  change(userId, (groups) =>
    groups.some(({ id }) => id === group.id)
      ? groups.map((other) => (other.id === group.id ? group : other))
      : [group, ...groups],
  )

export const forgetGroup = (userId: string, groupId: string): void =>
  change(userId, (groups) => groups.filter(({ id }) => id !== groupId))
