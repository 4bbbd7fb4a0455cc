/** Cancels what a clock was asked for. Harmless when it already happened. */
export type Cancel = () => void

/** Time as the connections see it; a test brings its own. */
export interface Clock {
  /** Milliseconds from an arbitrary start; never runs backwards. */
  now(): number
  every(milliseconds: number, task: () => void): Cancel
  after(milliseconds: number, task: () => void): Cancel
}

/** The real clock. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  every(milliseconds, task) {
    const timer = setInterval(task, milliseconds)
    timer.unref()
    return () => clearInterval(timer)
  },
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
