import { useMemo } from 'react'
import type { Observable } from '../api/observable.ts'
import type { Presence } from '../api/presence.ts'
import { useParley } from './context.ts'
import { useObservable } from './use-observable.ts'

const UNKNOWN: Presence = { status: 'unknown', lastSeen: null }
const NOBODY: Observable<Presence> = { get: () => UNKNOWN, subscribe: () => () => undefined }

/** Presence of a user, asked for while a component shows it. Null: nobody, `unknown`. */
export const usePresence = (userId: string | null): Presence => {
  const parley = useParley()
  return useObservable(useMemo(() => (userId === null ? NOBODY : parley.presence(userId)), [parley, userId]))
}
