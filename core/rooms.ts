import { randomInt } from 'node:crypto'
import { type CreateRoom, Fault, newId, type Room, type User } from '@parley/model'
import type { EventHub } from './event-hub.ts'
import type { GroupCommit } from './group-commit.ts'
import { KeyedQueue } from './keyed-queue.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { Limits } from './limits.ts'
import { hashPin, isPin } from './pin.ts'
import type { Clock } from './ports/clock.ts'
import type { Lease, LeaseChange } from './ports/leases.ts'
import type { Observer } from './ports/observer.ts'
import type { RoomView } from './ports/room-ops.ts'
import type { Store } from './ports/store.ts'
import { isGrace, type Seated, type Seating, Seats, userIdOf } from './seats.ts'
import { cleanText } from './text/clean-text.ts'
import type { Typing } from './typing.ts'

/** A room that nobody ever entered goes after this (ms). */
export const UNENTERED_TTL = 86_400_000
/** How often rooms are looked for that nobody holds any more: those a crash left behind (ms). */
export const SWEEP_INTERVAL = 600_000
const SWEEP_PAGE = 500

const CODE_LENGTH = 8
const CODE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
/** A random code is in use once in two million million tries. */
const CODE_ATTEMPTS = 5

interface Dependencies {
  readonly store: Store
  readonly commits: GroupCommit
  readonly hub: EventHub
  readonly keeper: LeaseKeeper
  readonly limits: Limits
  readonly typing: Typing
  readonly clock: Clock
  readonly observer: Observer
  /** `ROOM_GRACE` in ms. */
  readonly graceMs: number
}

/** A seat of one connection. */
export interface Seat {
  readonly code: string
  readonly lease: Lease
}

/**
 * Whisper rooms: who may enter, who sits there, and when a room goes. What is said passes through and is kept nowhere:
 * no store, log, metric or trace ever sees it.
 */
export class Rooms {
  readonly #with: Dependencies
  readonly #seats: Seats
  /** Entering and closing of one room never overlap. */
  readonly #queue = new KeyedQueue()
  readonly #unwatch: () => void
  #sweep: { cancel(): void } | null = null

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    this.#seats = new Seats(dependencies)
    this.#unwatch = dependencies.keeper.leases.watch('seat', (change) => this.#onSeat(change))
    this.#scheduleSweep(dependencies.graceMs)
  }

  stop(): void {
    this.#unwatch()
    this.#sweep?.cancel()
    this.#sweep = null
  }

  /** Registers a room under a new code. Its creator is admitted. */
  async create(creator: User, { name, pin }: CreateRoom): Promise<Room> {
    const pinHash = await hashPin(pin)
    for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt += 1) {
      const outcome = await this.#with.commits.submit({
        kind: 'create-room',
        code: newCode(),
        name,
        creatorId: creator.id,
        pinHash,
        at: this.#with.clock.now(),
      })
      if (outcome.kind === 'room') {
        this.#with.observer.audit('room created', { userId: creator.id })
        return outcome.room
      }
    }
    throw new Fault('UNAVAILABLE', 'No room code was free. Try again.')
  }

  /** Gives the PIN: the user may enter as long as the room lives. */
  async admit(user: User, code: string, pin: string): Promise<Room> {
    const { limits, observer, store, commits, clock } = this.#with
    const subject = `${code}:${user.id}`
    const limit = limits.peek('pin', subject)
    if (!limit.ok) throw new Fault('RATE_LIMITED', 'Too many wrong PINs. Try again later.', limit)
    const view = await store.room(code)
    if (view === null) throw roomNotFound()
    if (view.room.pinHash !== null && !(await isPin(pin, view.room.pinHash))) {
      limits.hit('pin', subject)
      observer.audit('wrong PIN', { userId: user.id })
      throw new Fault('WRONG_PIN', 'Invalid PIN')
    }
    const outcome = await commits.submit({ kind: 'admit-to-room', code, userId: user.id, at: clock.now() })
    if (outcome.kind !== 'room') throw roomNotFound()
    return outcome.room
  }

  /** The room and how it stands, for its members. */
  async get(userId: string, code: string): Promise<RoomView & { readonly seating: Seating }> {
    const view = await this.#with.store.room(code)
    if (view === null) throw roomNotFound()
    if (!view.memberIds.includes(userId)) throw new Fault('FORBIDDEN', 'Only its members may look into a room')
    return { ...view, seating: await this.#seats.in(code) }
  }

  /** Takes a seat for a connection. Rejects with `PIN_REQUIRED`, or `NOT_FOUND` for a code that once had a PIN. */
  enter(user: User, code: string, connectionId: string): Promise<Seat> {
    return this.#queue.run(code, async () => {
      // The seat first: a room that is held is not closed meanwhile.
      const lease = await this.#seats.take(code, user, connectionId)
      if (lease === null) throw new Fault('LIMIT_REACHED', 'This room is full')
      try {
        const at = this.#with.clock.now()
        const outcome = await this.#with.commits.submit({ kind: 'enter-room', code, userId: user.id, at })
        if (outcome.kind === 'pin-required') throw new Fault('PIN_REQUIRED', 'Room PIN required')
        if (outcome.kind !== 'room') throw new Fault('NOT_FOUND', 'Room not found')
      } catch (error) {
        await this.#seats.release(lease)
        throw error
      }
      await this.#endGrace(code, user.id)
      this.#changed(code)
      return { code, lease }
    })
  }

  /** An explicit leave of one connection. The user is gone when no other connection of theirs sits there. */
  async leave(user: User, seat: Seat): Promise<void> {
    await this.#seats.release(seat.lease)
    const { leases } = await this.#seats.in(seat.code)
    if (!leases.some((lease) => userIdOf(lease) === user.id)) await this.#endMembership(user.id, seat.code)
    this.#changed(seat.code)
  }

  /** The connection broke off: `users_online` shows it at once, the room lives on for the grace. */
  async disconnect(user: User, seat: Seat): Promise<void> {
    const { leases } = await this.#seats.in(seat.code)
    const isElsewhere = leases.some((lease) => userIdOf(lease) === user.id && lease.holder !== seat.lease.holder)
    if (!isElsewhere) await this.#seats.hold(seat.code, user)
    await this.#seats.release(seat.lease)
    this.#changed(seat.code)
  }

  /** Leaves with every connection. */
  async leaveAll(userId: string, code: string): Promise<void> {
    const view = await this.#with.store.room(code)
    if (view === null) throw roomNotFound()
    if (!view.memberIds.includes(userId)) throw new Fault('FORBIDDEN', 'You are no member of this room')
    await this.#endMembership(userId, code)
    await this.#endGrace(code, userId)
    this.#with.hub.publish(`room:${code}`, { type: 'room.left', code, userId })
    const { leases } = await this.#seats.in(code)
    if (leases.length === 0) await this.#close(code)
  }

  /** Counts one message of the user, refused content too. Throws `RATE_LIMITED`. */
  countMessage(user: User): void {
    const answer = this.#with.limits.hit('whisper', user.id)
    if (answer.ok) return
    this.#with.observer.audit('limit reached', { limit: 'whisper', userId: user.id })
    throw new Fault('RATE_LIMITED', 'Too many messages. Slow down.', answer)
  }

  /** Says something in a room that a connection of the user sits in: to everyone there, the sender too. */
  say(user: User, seat: Seat, content: string): { readonly id: string } {
    const { hub, typing, clock, observer } = this.#with
    const { id: userId, username, avatar } = user
    const sender = { id: userId, username, avatar }
    typing.stop(sender, { roomCode: seat.code })
    const id = newId()
    const event = { id, sender, code: seat.code, content: cleanText(content), createdAt: clock.now() } as const
    hub.publish(`room:${seat.code}`, { type: 'room.whispered', ...event })
    observer.count('parley_messages_total', { kind: 'whisper' })
    return { id }
  }

  /** Who is there, each user once. */
  async present(code: string): Promise<readonly Seated[]> {
    return (await this.#seats.in(code)).present
  }

  #changed(code: string): void {
    this.#with.hub.publish(`room:${code}`, { type: 'room.changed', code })
  }

  async #endGrace(code: string, userId: string): Promise<void> {
    const { inGrace } = await this.#seats.in(code)
    for (const lease of inGrace) if (userIdOf(lease) === userId) await this.#seats.release(lease)
  }

  async #endMembership(userId: string, code: string): Promise<void> {
    await this.#with.commits.submit({ kind: 'leave-room', code, userId })
  }

  #onSeat(change: LeaseChange): void {
    const { key: code } = change.lease
    if (change.type === 'last') void this.#settle(this.#close(code))
    else if (change.type === 'lost' && isGrace(change.lease)) {
      void this.#settle(this.#endMembership(userIdOf(change.lease), code))
    }
  }

  async #close(code: string): Promise<void> {
    await this.#queue.run(code, async () => {
      const { leases } = await this.#seats.in(code)
      if (leases.length === 0) await this.#with.commits.submit({ kind: 'close-room', code })
    })
  }

  /** What fails now is found again by the sweep. */
  async #settle(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.#with.observer.error('room not closed', error)
    }
  }

  #scheduleSweep(ms: number): void {
    this.#sweep = this.#with.clock.after(ms, () => {
      void this.#settle(this.#closeAbandoned())
      this.#scheduleSweep(SWEEP_INTERVAL)
    })
  }

  /** Rooms that nobody holds: left by a crash, or never entered for a day. */
  async #closeAbandoned(): Promise<void> {
    const { store, clock } = this.#with
    const now = clock.now()
    let after: string | undefined
    for (;;) {
      const page = await store.rooms({ limit: SWEEP_PAGE, ...(after === undefined ? {} : { after }) })
      for (const room of page) {
        if (room.wasEntered || now - room.createdAt >= UNENTERED_TTL) await this.#close(room.code)
      }
      after = page.at(-1)?.code
      if (page.length < SWEEP_PAGE || this.#sweep === null) return
    }
  }
}

const roomNotFound = (): Fault => new Fault('NOT_FOUND', 'Room not found or inactive')

const newCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('')
