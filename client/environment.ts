/** Time and chance, so that tests can hold both. */
export interface Environment {
  /** Epoch ms. */
  now(): number
  /** 0 ≤ x < 1. */
  random(): number
  /** Calls once after `ms`; the answer cancels. */
  after(ms: number, run: () => void): () => void
}

export const realEnvironment: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
