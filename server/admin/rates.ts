import type { Clock, CounterName } from '@parley/core'

/** How far back rates are told (s). */
export const RATE_WINDOW = 60

/** What is drawn as a line: messages by kind, and what was done with them. */
export const RATE_KINDS = ['direct', 'channel', 'whisper', 'hub', 'deliveries', 'refusals'] as const
export type RateKind = (typeof RATE_KINDS)[number]

/** How often something happened in each of the last 60 whole seconds. Takes as little memory however much happens. */
export class Rates {
  readonly #clock: Clock
  /** One slot more than is told: the second that is still running. */
  readonly #slots: Record<RateKind, number>[] = Array.from({ length: RATE_WINDOW + 1 }, emptySlot)
  #second: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#second = this.#now()
  }

  add(kind: RateKind, by: number): void {
    this.#moveOn()
    this.#slots[this.#second % this.#slots.length]![kind] += by
  }

  /** Oldest first, without the second that is still running. */
  series(): Record<RateKind, number[]> {
    this.#moveOn()
    const series = Object.fromEntries(RATE_KINDS.map((kind) => [kind, [] as number[]]))
    for (let ago = RATE_WINDOW; ago >= 1; ago -= 1) {
      const slot = this.#slots[(this.#second - ago + this.#slots.length) % this.#slots.length]!
      for (const kind of RATE_KINDS) series[kind]!.push(slot[kind])
    }
    return series as Record<RateKind, number[]>
  }

  #moveOn(): void {
    const now = this.#now()
    // Seconds in which nothing happened; a clock that was put back changes nothing.
    for (let behind = Math.min(now - this.#second, this.#slots.length); behind > 0; behind -= 1) {
      this.#slots[(now - behind + 1) % this.#slots.length] = emptySlot()
    }
    this.#second = Math.max(this.#second, now)
  }

  #now(): number {
    return Math.floor(this.#clock.now() / 1_000)
  }
}

/** Which line a counter belongs to; null: none. */
export const rateKindOf = (
  metric: CounterName,
  labels: Readonly<Record<string, string>>,
): RateKind | null => {
  if (metric === 'parley_deliveries_total') return 'deliveries'
  if (metric === 'parley_refusals_total') return 'refusals'
  if (metric !== 'parley_messages_total') return null
  const { kind } = labels
  return RATE_KINDS.find((known) => known === kind) ?? null
}

function emptySlot(): Record<RateKind, number> {
  return { direct: 0, channel: 0, whisper: 0, hub: 0, deliveries: 0, refusals: 0 }
}
