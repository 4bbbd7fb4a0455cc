import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface LoopDelay {
  /** ms. */
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** ms between two looks at the loop. */
const RESOLUTION = 20
/** The shortest time that is told of (ms): several askers do not take it from each other. */
const MIN_SPAN = 1_000

/** How late the event loop was since about the last time it was asked for. Costs one timer. */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION })
  #last: LoopDelay = { p50: 0, p99: 0, max: 0 }
  #since = performance.now()

  constructor() {
    this.#histogram.enable()
  }

  read(): LoopDelay {
    const now = performance.now()
    if (now - this.#since < MIN_SPAN || this.#histogram.count === 0) return this.#last
    this.#since = now
    const late = (nanoseconds: number): number =>
      Math.round(Math.max(0, nanoseconds / 1e6 - RESOLUTION) * 10) / 10
    const { max } = this.#histogram
    this.#last = {
      p50: late(this.#histogram.percentile(50)),
      p99: late(this.#histogram.percentile(99)),
      max: late(max),
    }
    this.#histogram.reset()
    return this.#last
  }

  stop(): void {
    this.#histogram.disable()
  }
}
