/** How many of the newest times are kept. */
export const MAX_TIMES = 1_000

/** The newest times of something, for their quantiles. */
export class RecentTimes {
  readonly #times: number[] = []
  #next = 0

  add(time: number): void {
    this.#times[this.#next] = time
    this.#next = (this.#next + 1) % MAX_TIMES
  }

  /** The smallest time that at least this share (0 to 1) does not pass; null without any. */
  quantile(share: number): number | null {
    const sorted = [...this.#times].sort((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
  }
}
