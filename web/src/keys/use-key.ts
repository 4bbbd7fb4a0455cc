import { useEffect, useEffectEvent } from 'react'
import { matches } from './matches.ts'

const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName))

export interface UseKeyOptions {
  readonly isOff?: boolean
}

/**
 * A key of the whole page, such as `Mod+K`. In a field only keys with `Mod` or `Alt` count, as the others are typed. Whoever
 * prevented the default had it first.
 */
export function useKey(
  keys: string,
  handler: (event: KeyboardEvent) => void,
  { isOff = false }: UseKeyOptions = {},
): void {
  const handle = useEffectEvent(handler)
  useEffect(() => {
    if (isOff) return
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || !matches(keys, event)) return
      if (isTyped(event.target) && !/^(?:Mod|Alt)\+/u.test(keys)) return
      event.preventDefault()
      handle(event)
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [keys, isOff])
}
