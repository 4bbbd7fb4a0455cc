import type { User } from '@parley/model'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { Clock } from './ports/clock.ts'
import type { Lease } from './ports/leases.ts'

/** Most connections with a seat in one room. */
export const MAX_SEATS = 500
/** In whose name seats in their grace are held: nobody renews them, so that they end by themselves. */
const NOBODY = 'grace'
const GRACE_HOLDER = 'grace:'

/** One user in a room, by the first of their connections there. */
export interface Seated {
  readonly connectionId: string
  readonly userId: string
  readonly username: string
}

/** What is known of who sits in a room. */
export interface Seating {
  /** Each user once, oldest seat first. */
  readonly present: readonly Seated[]
  /** Users who are away for a moment. */
  readonly inGrace: readonly Lease[]
  readonly leases: readonly Lease[]
}

/**
 * Seats in whisper rooms: leases of connections. A connection that breaks off leaves a seat behind that lives for
 * `graceMs`, so that a reload destroys no room.
 */
export class Seats {
  readonly #keeper: LeaseKeeper
  readonly #clock: Clock
  readonly #graceMs: number

  constructor(dependencies: { keeper: LeaseKeeper; clock: Clock; graceMs: number }) {
    this.#keeper = dependencies.keeper
    this.#clock = dependencies.clock
    this.#graceMs = dependencies.graceMs
  }

  /** Null: the room is full. */
  async take(code: string, user: User, connectionId: string): Promise<Lease | null> {
    const answer = await this.#keeper.take({
      kind: 'seat',
      key: code,
      holder: connectionId,
      value: { userId: user.id, username: user.username },
      capacity: MAX_SEATS,
      whenFull: 'refuse',
    })
    return answer.kind === 'full' ? null : answer.lease
  }

  async release(lease: Lease): Promise<void> {
    await this.#keeper.release(lease)
  }

  /** The user's place stays for a while. To be taken before the seat itself is released, so that the room never looks empty. */
  async hold(code: string, user: User): Promise<void> {
    await this.#keeper.leases.take({
      kind: 'seat',
      key: code,
      holder: GRACE_HOLDER + user.id,
      nodeId: NOBODY,
      value: { userId: user.id, username: user.username, since: this.#clock.now() },
      capacity: 0,
      whenFull: 'refuse',
      ttl: this.#graceMs,
    })
  }

  async in(code: string): Promise<Seating> {
    const leases = await this.#keeper.leases.holders('seat', code)
    const present = new Map<string, Seated>()
    for (const lease of leases) {
      if (isGrace(lease)) continue
      const userId = userIdOf(lease)
      if (present.has(userId)) continue
      present.set(userId, { connectionId: lease.holder, userId, username: String(lease.value['username']) })
    }
    return { present: [...present.values()], inGrace: leases.filter(isGrace), leases }
  }
}

export const isGrace = (lease: Lease): boolean => lease.holder.startsWith(GRACE_HOLDER)

export const userIdOf = (lease: Lease): string => String(lease.value['userId'])
