import { useEffect, useEffectEvent } from 'react'
import { matches } from './matches.ts'

/** Each takes Escape for itself, and is on its way out by the time the window hears of it. */
const POPUPS = ['dialog', 'alertdialog', 'menu', 'listbox'].map((role) => `[role=${role}][data-open]`).join()

const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName))

export interface UseKeyOptions {
  readonly isOff?: boolean
  /** Also while somebody types, though it is neither with `Mod` nor `Alt`. */
  readonly isInFields?: boolean
}

/**
 * A key of the whole page, such as `Mod+K`. In a field only keys with `Mod` or `Alt` count, as the others are typed. Whoever
 * prevented the default had it first.
 */
export function useKey(
  keys: string,
  handler: (event: KeyboardEvent) => void,
  { isOff = false, isInFields = false }: UseKeyOptions = {},
): void {
  const handle = useEffectEvent(handler)
  useEffect(() => {
    if (isOff) return
    let isTaken = false
    const look = () => {
      isTaken = keys === 'Escape' && document.querySelector(POPUPS) !== null
    }
    const listen = (event: KeyboardEvent) => {
      if (isTaken || event.defaultPrevented || event.isComposing || !matches(keys, event)) return
      if (!isInFields && isTyped(event.target) && !/^(?:Mod|Alt)\+/u.test(keys)) return
      event.preventDefault()
      handle(event)
    }
    window.addEventListener('keydown', look, true)
    window.addEventListener('keydown', listen)
    return () => {
      window.removeEventListener('keydown', look, true)
      window.removeEventListener('keydown', listen)
    }
  }, [keys, isOff, isInFields])
}
