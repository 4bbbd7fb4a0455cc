import type { Observer } from '@parley/core'
import { type GuestSweepDependencies, sweepGuests } from './accounts/guest-sweep.ts'

/** How often idle guests are looked for (ms). */
const SWEEP_INTERVAL = 60 * 60 * 1_000

/** Removes idle guests every hour, until the answer is called. */
export const startGuestSweeper = (
  dependencies: GuestSweepDependencies & { observer: Observer },
): (() => void) => {
  let timer: { cancel(): void } | null = null
  const schedule = (): void => {
    timer = dependencies.clock.after(SWEEP_INTERVAL, () => {
      schedule()
      sweepGuests(dependencies).catch((error: unknown) =>
        dependencies.observer.error('guests not swept', error),
      )
    })
  }
  schedule()
  return () => timer?.cancel()
}
