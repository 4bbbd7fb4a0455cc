import { useSyncExternalStore } from 'react'

/** Does the window match? Such as `(pointer: coarse)`. */
export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    () => window.matchMedia(query).matches,
    () => false,
  )
}

/** 900 px and more: sidebar and main column side by side. Under it, one at a time. */
export const useIsWide = (): boolean => useMediaQuery('(min-width: 900px)')
