/** Calls on events of what the page or the worker has, if it has any; the answer ends that. */
export const listen = (
  target: object | null,
  events: readonly string[],
  listener: () => void,
): (() => void) => {
  const { addEventListener, removeEventListener } = (target ?? {}) as Partial<EventTarget>
  for (const event of events) addEventListener?.call(target, event, listener)
  return () => {
    for (const event of events) removeEventListener?.call(target, event, listener)
  }
}
