import type { Parley, RoomView } from '@parley/client'
import { useObservable, useParley } from '@parley/client/react'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { openRooms, ownRooms } from './rooms-store.ts'

/** A room that is open in this tab, as the sidebar lists it. */
export interface OpenRoom {
  readonly code: string
  /** Null: it has none, or it is not known yet. */
  readonly name: string | null
  readonly state: RoomView['state']
  readonly memberCount: number
  /** What others said since it was looked at. */
  readonly newCount: number
}

/**
 * The whisper rooms of this tab, in the order in which they were opened; it enters them again after a reload. Mount it once
 * where they are listed.
 */
export function useOpenRooms(): readonly OpenRoom[] {
  const parley = useParley()
  const userId = useObservable(parley.me, idOf)
  const codes = openRooms(({ codes }) => codes)
  useEffect(() => {
    if (userId === null) return
    ownRooms(userId)
    // Only those of before: one that was left elsewhere since is left.
    for (const code of openRooms.getState().codes) parley.room(code).enter()
  }, [parley, userId])
  const list = useMemo(() => roomList(parley, codes), [parley, codes])
  return useSyncExternalStore(list.subscribe, list.get)
}

const idOf = (me: { readonly id: string } | null): string | null => me?.id ?? null

/** Changes only when something that is listed does: not with every word. */
const roomList = (parley: Parley, codes: readonly string[]) => {
  const rooms = codes.map((code) => parley.room(code))
  let last: readonly OpenRoom[] = []
  return {
    subscribe(listener: () => void): () => void {
      const ends = [...rooms.map(({ view }) => view.subscribe(listener)), openRooms.subscribe(listener)]
      return () => {
        for (const end of ends) end()
      }
    },
    get(): readonly OpenRoom[] {
      const next = rooms.map(({ code, view }) => listed(code, view.get()))
      const isSame = next.length === last.length && next.every((room, index) => same(room, last[index]))
      if (!isSame) last = next
      return last
    },
  }
}

const listed = (code: string, { state, members, messages }: RoomView): OpenRoom => {
  const { names, seen } = openRooms.getState()
  const seenAt = messages.findLastIndex(({ key }) => key === seen[code])
  const newCount = messages.slice(seenAt + 1).filter(({ isOwn }) => !isOwn).length
  return { code, name: names[code] ?? null, state, memberCount: members.length, newCount }
}

const same = (one: OpenRoom, other: OpenRoom | undefined): boolean =>
  other !== undefined &&
  one.code === other.code &&
  one.name === other.name &&
  one.state === other.state &&
  one.memberCount === other.memberCount &&
  one.newCount === other.newCount
