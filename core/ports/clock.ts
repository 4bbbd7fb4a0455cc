/** Time, so that tests can hold it. Wall time is for display and expiry of tokens; it orders nothing. */
export interface Clock {
  /** Epoch ms. */
  now(): number
  /** Runs `task` once after `ms`; the handle cancels it. A pending timer never keeps the process alive. */
  after(ms: number, task: () => void): { cancel(): void }
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}
