import { useEffect } from 'react'
import { useLocation } from 'react-router'
import { useMe } from '../session/index.ts'
import { kept } from '../settings/index.ts'

const keyOf = (userId: string): string => `parley.place.${userId}`

/** Where this person was last; null: nowhere yet. */
export const readLastPlace = (userId: string): string | null => {
  const path = kept.read(keyOf(userId))
  return path?.startsWith('/chat/') ? path : null
}

/** Keeps the conversation one is in, for the next start. */
export function useLastPlace(): void {
  const { id } = useMe()
  const { pathname } = useLocation()
  useEffect(() => {
    if (pathname.startsWith('/chat/')) kept.write(keyOf(id), pathname)
  }, [id, pathname])
}
