/**
 * A value that changes over time. `get` answers with the same reference until it changes, so it can be compared with `===`
 * (and be given to React's `useSyncExternalStore` as it is).
 */
export interface Observable<T> {
  get(): T
  /** Calls `listener` after every change, never during `subscribe`. The answer ends that; calling it again does nothing. */
  subscribe(listener: () => void): () => void
}
