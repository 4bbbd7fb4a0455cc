import { useSyncExternalStore } from 'react'
import { isLookedAt } from '../shell/looked-at.ts'

const subscribe = (listener: () => void): (() => void) => {
  document.addEventListener('visibilitychange', listener)
  window.addEventListener('focus', listener)
  window.addEventListener('blur', listener)
  return () => {
    document.removeEventListener('visibilitychange', listener)
    window.removeEventListener('focus', listener)
    window.removeEventListener('blur', listener)
  }
}

/** Whether somebody looks at the page: the client reads nothing otherwise. */
export const useLookedAt = (): boolean => useSyncExternalStore(subscribe, isLookedAt, () => true)
