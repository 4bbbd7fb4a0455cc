/** A value that is often there at once: the hot path then costs no promise and no turn of the loop. */
export type MaybePromise<T> = T | Promise<T>

/** Applies `next` at once when the value is there, else when it comes. */
export const whenReady = <T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> => (value instanceof Promise ? value.then(next) : next(value))
