import { useCallback, useMemo, useSyncExternalStore } from 'react'
import type { Observable } from '../api/observable.ts'

const same = <T>(value: T): T => value

/** Computes anew only for another value, and keeps the selection that is equal to the one before. */
const selection = <T, S>(observable: Observable<T>, selector: (value: T) => S): (() => S) => {
  let last: { readonly value: T; readonly selected: S } | null = null
  return () => {
    const value = observable.get()
    if (last !== null && Object.is(last.value, value)) return last.selected
    const selected = selector(value)
    last = { value, selected }
    return selected
  }
}

/**
 * The value of an observable; renders again when it changes, or, with a `selector`, when what that picks is no longer the
 * same (`Object.is`). Keep the observable and the selector stable.
 */
export function useObservable<T>(observable: Observable<T>): T
export function useObservable<T, S>(observable: Observable<T>, selector: (value: T) => S): S
export function useObservable<T>(observable: Observable<T>, selector: (value: T) => unknown = same): unknown {
  const subscribe = useCallback((listener: () => void) => observable.subscribe(listener), [observable])
  const get = useMemo(() => selection(observable, selector), [observable, selector])
  return useSyncExternalStore(subscribe, get, get)
}
