import { Fault, newId, type User } from '@parley/model'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { Clock } from './ports/clock.ts'
import type { Lease } from './ports/leases.ts'

/** Most seats in one room, those in their grace included. */
export const MAX_SEATS = 500
/** Most seats of one user in one room: nobody fills a room alone. */
export const MAX_SEATS_PER_USER = 20

const GRACE_HOLDER = 'grace:'
const CLOSER_HOLDER = 'closing:'

/** How often it is asked whether a room that is being closed is closed, and how many times (ms). */
const CLOSING_POLL = 50
const CLOSING_POLLS = 100

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
  /** Since when nobody is present but somebody in their grace (epoch ms); else null. */
  readonly emptySince: number | null
}

/**
 * Seats in whisper rooms: leases of connections. A connection that breaks off leaves a seat behind that lives for
 * `graceMs`, so that a reload destroys no room. A room is closed under a lease of its own, which only an empty room
 * gives: over all nodes nobody gets a seat in a room that is being closed.
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

  /**
   * A seat that nobody sees yet: from now on the room is not closed. Resolves when it is not being closed either.
   * Rejects with `LIMIT_REACHED`.
   */
  async reserve(code: string, user: User, connectionId: string): Promise<Lease> {
    const lease =
      (await this.#take(code, user, connectionId, { isReserved: true })) ??
      (await this.#takeOverGrace(code, user, connectionId))
    if (lease === null) throw new Fault('LIMIT_REACHED', 'This room is full')
    try {
      await this.#untilNotClosing(code)
      const own = (await this.#leases(code)).filter((other) => isSeat(other) && userIdOf(other) === user.id)
      if (own.length > MAX_SEATS_PER_USER) {
        throw new Fault('LIMIT_REACHED', `You are in this room ${MAX_SEATS_PER_USER} times already`)
      }
    } catch (error) {
      await this.release(lease)
      throw error
    }
    return lease
  }

  /** The reserved seat becomes one that others see, and stands for the user's grace. */
  async confirm(reserved: Lease, user: User): Promise<Lease> {
    // It takes the place of its own reservation: whatever else is held, there is room.
    const lease = await this.#take(reserved.key, user, reserved.holder, {}, 0)
    if (lease === null) throw new Error('a lease without a bound cannot be full')
    await this.endGrace(reserved.key, user.id)
    return lease
  }

  async release(lease: Lease): Promise<void> {
    await this.#keeper.release(lease)
  }

  /** All seats of a user, of whatever connection and node, and their grace. */
  async releaseAll(code: string, userId: string): Promise<void> {
    for (const lease of await this.#leases(code)) {
      if (!isCloser(lease) && userIdOf(lease) === userId) await this.release(lease)
    }
  }

  /** The user's place stays for a while. To be taken before the seat itself is released, so that the room never looks empty. */
  async hold(code: string, user: User): Promise<void> {
    await this.#keeper.takeUnrenewed({
      kind: 'seat',
      key: code,
      holder: GRACE_HOLDER + user.id,
      value: { userId: user.id, username: user.username, since: this.#clock.now() },
      ttl: this.#graceMs,
    })
  }

  /** True when there was one. */
  async endGrace(code: string, userId: string): Promise<boolean> {
    const grace = (await this.#leases(code)).find((lease) => lease.holder === GRACE_HOLDER + userId)
    if (grace !== undefined) await this.release(grace)
    return grace !== undefined
  }

  /** Keeps everybody out while the room is closed; to be released. Null: it is not empty, or is being closed already. */
  async lock(code: string): Promise<Lease | null> {
    const answer = await this.#keeper.take({
      kind: 'seat',
      key: code,
      holder: CLOSER_HOLDER + newId(),
      value: {},
      capacity: 1,
      whenFull: 'refuse',
    })
    return answer.kind === 'full' ? null : answer.lease
  }

  /** Does the user have a seat, or their grace? With `reserved`: or are they about to? */
  async has(code: string, userId: string, reserved: 'reserved' | 'seated'): Promise<boolean> {
    return (await this.#leases(code)).some(
      (lease) =>
        !isCloser(lease) && userIdOf(lease) === userId && (reserved === 'reserved' || !isReserved(lease)),
    )
  }

  async in(code: string): Promise<Seating> {
    const present = new Map<string, Seated>()
    let since: number | null = null
    for (const lease of await this.#leases(code)) {
      if (isGrace(lease)) since = Math.max(since ?? 0, Number(lease.value['since']))
      if (!isSeat(lease) || isReserved(lease)) continue
      const userId = userIdOf(lease)
      if (present.has(userId)) continue
      present.set(userId, { connectionId: lease.holder, userId, username: String(lease.value['username']) })
    }
    return { present: [...present.values()], emptySince: present.size === 0 ? since : null }
  }

  async #take(
    code: string,
    user: User,
    connectionId: string,
    more: { readonly isReserved?: true },
    capacity = MAX_SEATS,
  ): Promise<Lease | null> {
    const answer = await this.#keeper.take({
      kind: 'seat',
      key: code,
      holder: connectionId,
      value: { userId: user.id, username: user.username, ...more },
      capacity,
      whenFull: 'refuse',
    })
    return answer.kind === 'full' ? null : answer.lease
  }

  /** Who comes back into a full room comes back to the own place. */
  async #takeOverGrace(code: string, user: User, connectionId: string): Promise<Lease | null> {
    if (!(await this.endGrace(code, user.id))) return null
    return this.#take(code, user, connectionId, { isReserved: true })
  }

  async #untilNotClosing(code: string): Promise<void> {
    for (let poll = 0; poll < CLOSING_POLLS; poll += 1) {
      if (!(await this.#leases(code)).some(isCloser)) return
      await new Promise<void>((resolve) => this.#clock.after(CLOSING_POLL, resolve))
    }
    throw new Fault('UNAVAILABLE', 'This room is being closed. Try again.')
  }

  #leases(code: string): Promise<readonly Lease[]> {
    return this.#keeper.leases.holders('seat', code)
  }
}

export const isGrace = (lease: Lease): boolean => lease.holder.startsWith(GRACE_HOLDER)

export const isCloser = (lease: Lease): boolean => lease.holder.startsWith(CLOSER_HOLDER)

/** Of a connection, reserved ones included. */
const isSeat = (lease: Lease): boolean => !isGrace(lease) && !isCloser(lease)

const isReserved = (lease: Lease): boolean => lease.value['isReserved'] === true

export const userIdOf = (lease: Lease): string => String(lease.value['userId'])
