import type { Clock, Directory } from '@parley/core'
import type { Accounts } from './accounts.ts'

/** A guest nobody saw for this long (ms) is removed. */
export const GUEST_IDLE = 24 * 60 * 60 * 1_000
/** Guests looked at in one query, and most queries of one sweep: the rest waits for the next. */
const BATCH = 200
const MAX_BATCHES = 50

export interface GuestSweepDependencies {
  readonly accounts: Accounts
  readonly directory: Directory
  readonly isOnline: (userId: string) => boolean
  readonly clock: Clock
}

/** Removes guests who are offline and were last here 24 h ago or more. Answers how many. */
export const sweepGuests = async (dependencies: GuestSweepDependencies): Promise<number> => {
  const { accounts, clock } = dependencies
  const before = clock.now() - GUEST_IDLE
  let after = ''
  let removed = 0
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const guests = await accounts.reader.listGuests({ before, after, limit: BATCH })
    for (const id of await idleOf(
      dependencies,
      guests.map((guest) => guest.id),
      before,
    )) {
      await accounts.remove(id)
      removed += 1
    }
    if (guests.length < BATCH) break
    after = guests.at(-1)?.id ?? after
  }
  return removed
}

const idleOf = async (
  { directory, isOnline }: GuestSweepDependencies,
  ids: readonly string[],
  before: number,
): Promise<string[]> => {
  if (ids.length === 0) return []
  const known = new Map((await directory.findMany(ids)).map((user) => [user.id, user]))
  return ids.filter((id) => !isOnline(id) && (known.get(id)?.lastSeen ?? 0) < before)
}
