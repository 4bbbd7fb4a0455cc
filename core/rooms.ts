import { randomInt } from 'node:crypto'
import { type CreateRoom, Fault, newId, type Room, type User } from '@parley/model'
import { countOrRefuse } from './count-or-refuse.ts'
import type { EventHub } from './event-hub.ts'
import type { GroupCommit } from './group-commit.ts'
import { KeyedQueue } from './keyed-queue.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { Limits } from './limits.ts'
import { hashPin, PinGuard } from './pin.ts'
import type { Clock } from './ports/clock.ts'
import type { Lease, LeaseChange } from './ports/leases.ts'
import type { Observer } from './ports/observer.ts'
import type { RoomOutcome, RoomView } from './ports/room-ops.ts'
import type { Store } from './ports/store.ts'
import { isCloser, isGrace, type Seated, type Seating, Seats, userIdOf } from './seats.ts'
import { cleanText } from './text/clean-text.ts'
import type { Typing } from './typing.ts'

/** A room that nobody ever entered goes after this (ms). */
export const UNENTERED_TTL = 86_400_000
/** How often rooms are looked for that nobody holds any more: those a crash left behind (ms). */
export const SWEEP_INTERVAL = 600_000
/** How soon after a room could not be closed (ms). */
export const RETRY_INTERVAL = 10_000
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
  /** What one user does in one room takes effect in order. Connections bound how much waits: each waits for its own. */
  readonly #queue = new KeyedQueue()
  /** Who closes a room waits for whoever closes it already. */
  readonly #closings = new KeyedQueue()
  readonly #pins: PinGuard
  readonly #unwatch: () => void
  #sweep: { cancel(): void } | null = null
  #isStopped = false

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    this.#seats = new Seats(dependencies)
    this.#pins = new PinGuard(dependencies)
    this.#unwatch = dependencies.keeper.leases.watch('seat', (change) => this.#onSeat(change))
    this.#scheduleSweep(dependencies.graceMs)
  }

  stop(): void {
    this.#isStopped = true
    this.#unwatch()
    this.#sweep?.cancel()
    this.#sweep = null
  }

  /** Registers a room under a new code. Its creator is admitted. */
  async create(creator: User, { name, pin }: CreateRoom): Promise<Room> {
    const limit = this.#with.limits.hit('room', creator.id)
    if (!limit.ok) throw new Fault('RATE_LIMITED', 'Too many rooms. Try again later.', limit)
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

  /** Gives the PIN: the user may enter as long as the room lives. Throws `WRONG_PIN`, `RATE_LIMITED`, `NOT_FOUND`. */
  async admit(user: User, code: string, pin: string): Promise<Room> {
    const { store, commits, clock } = this.#with
    const view = await store.room(code)
    if (view === null) throw roomNotFound()
    if (view.room.pinHash !== null) await this.#pins.check(user.id, code, pin, view.room.pinHash)
    const outcome = await commits.submit({ kind: 'admit-to-room', code, userId: user.id, at: clock.now() })
    if (outcome.kind !== 'room') throw roomNotFound()
    return outcome.room
  }

  /** The room and how it stands, for its members. */
  async get(userId: string, code: string): Promise<RoomView & { readonly seating: Seating }> {
    const view = await this.#with.store.room(code)
    if (view === null) throw roomNotFound()
    if (!view.memberIds.includes(userId))
      throw new Fault('FORBIDDEN', 'Only its members may look into a room')
    return { ...view, seating: await this.#seats.in(code) }
  }

  /** Takes a seat for a connection. Rejects with `PIN_REQUIRED`, or `NOT_FOUND` for a code that once had a PIN. */
  enter(user: User, code: string, connectionId: string): Promise<Seat> {
    return this.#queue.run(keyOf(code, user.id), async () => {
      // Before anything else: a room in which somebody has a seat is not closed.
      let lease = await this.#seats.reserve(code, user, connectionId)
      try {
        const outcome = await this.#commitEnter(user.id, code)
        if (outcome === 'pin-required') throw new Fault('PIN_REQUIRED', 'Room PIN required')
        if (outcome !== 'room') throw new Fault('NOT_FOUND', 'Room not found')
        lease = await this.#seats.confirm(lease, user)
      } catch (error) {
        await this.#seats.release(lease)
        throw error
      }
      this.#changed(code)
      return { code, lease }
    })
  }

  /**
   * An explicit leave of one connection. The user is gone when nothing else of theirs is in the room, or in its grace.
   * Never rejects.
   */
  leave(user: User, seat: Seat): Promise<void> {
    const { code, lease } = seat
    return this.#queue.run(keyOf(code, user.id), async () => {
      this.#with.typing.leave(user, { roomCode: code }, lease.holder)
      await this.#seats.release(lease)
      this.#changed(code)
      await this.#settle(this.#endMembershipIfGone(user.id, code))
    })
  }

  /** An explicit leave of a connection that has no seat: one that came back after a break gives up its grace. */
  leaveUnseated(user: User, code: string): Promise<void> {
    return this.#queue.run(keyOf(code, user.id), async () => {
      if (await this.#seats.endGrace(code, user.id)) {
        await this.#settle(this.#endMembershipIfGone(user.id, code))
      }
    })
  }

  /** The connection broke off: `users_online` shows it at once, the room lives on for the grace. */
  disconnect(user: User, seat: Seat): Promise<void> {
    const { code, lease } = seat
    return this.#queue.run(keyOf(code, user.id), async () => {
      try {
        await this.#seats.hold(code, user)
      } finally {
        await this.#seats.release(lease)
        this.#changed(code)
      }
    })
  }

  /** Leaves with every connection. Resolves when the room is gone, if that was the last of it. */
  leaveAll(user: User, code: string): Promise<void> {
    return this.#queue.run(keyOf(code, user.id), async () => {
      const view = await this.#with.store.room(code)
      if (view === null) throw roomNotFound()
      if (!view.memberIds.includes(user.id)) throw new Fault('FORBIDDEN', 'You are no member of this room')
      this.#with.typing.stop(user, { roomCode: code })
      await this.#with.commits.submit({ kind: 'leave-room', code, userId: user.id })
      // Sockets leave before anything that is said next.
      this.#with.hub.publish(`room:${code}`, { type: 'room.left', code, userId: user.id })
      await this.#seats.releaseAll(code, user.id)
      this.#changed(code)
      await this.#close(code, ({ room, memberIds }) => room.wasEntered || memberIds.length === 0)
    })
  }

  /** Counts one message of the user, refused content too. Throws `RATE_LIMITED`. */
  countMessage({ id }: User): void {
    const sentence = 'Too many messages. Slow down.'
    countOrRefuse(this.#with, { limit: 'whisper', subject: id, sentence, who: { userId: id } })
  }

  /** Says something in a room that a connection of the user sits in: to everyone there, the sender too. */
  say(user: User, seat: Seat, content: string): { readonly id: string } {
    const { hub, typing, clock, observer } = this.#with
    const { id: userId, username, avatar } = user
    const sender = { id: userId, username, avatar }
    typing.stop(sender, { roomCode: seat.code })
    const id = newId()
    const event = {
      id,
      sender,
      code: seat.code,
      content: cleanText(content),
      createdAt: clock.now(),
    } as const
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

  async #commitEnter(userId: string, code: string): Promise<RoomOutcome['kind']> {
    const at = this.#with.clock.now()
    const outcome = await this.#with.commits.submit({ kind: 'enter-room', code, userId, at })
    return outcome.kind
  }

  async #endMembershipIfGone(userId: string, code: string): Promise<void> {
    if (await this.#seats.has(code, userId, 'seated')) return
    await this.#with.commits.submit({ kind: 'leave-room', code, userId })
    // They came back over another node meanwhile.
    if (await this.#seats.has(code, userId, 'reserved')) await this.#commitEnter(userId, code)
  }

  /** Every node hears of it. What several do then is done once, or is the same done twice. */
  #onSeat({ type, lease }: LeaseChange): void {
    if (isCloser(lease)) return
    const { key: code } = lease
    if (type === 'lost') {
      // Its node died, or its grace is over.
      if (!isGrace(lease)) this.#with.hub.dispatch(`room:${code}`, { type: 'room.changed', code })
      const userId = userIdOf(lease)
      void this.#settle(this.#queue.run(keyOf(code, userId), () => this.#endMembershipIfGone(userId, code)))
    } else if (type === 'last') void this.#settle(this.#close(code))
  }

  /** When nobody holds it. A room that nobody entered yet is not over because somebody was refused. */
  #close(code: string, isOver = ({ room }: RoomView): boolean => room.wasEntered): Promise<void> {
    return this.#closings.run(code, async () => {
      const view = await this.#with.store.room(code)
      if (view === null || !isOver(view)) return
      const lock = await this.#seats.lock(code)
      if (lock === null) return
      try {
        await this.#with.commits.submit({ kind: 'close-room', code })
      } finally {
        await this.#seats.release(lock)
      }
    })
  }

  /** Never rejects. A room that could not be closed now is found again by the sweep; its memberships end with it. */
  async #settle(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (this.#isStopped) return
      this.#with.observer.error('room not tidied up', error)
      // Not before those who were thrown out by a restart had their grace.
      this.#scheduleSweep(Math.max(RETRY_INTERVAL, this.#with.graceMs))
    }
  }

  #scheduleSweep(ms: number): void {
    this.#sweep?.cancel()
    this.#sweep = this.#with.clock.after(ms, () => {
      this.#scheduleSweep(SWEEP_INTERVAL)
      void this.#settle(this.#closeAbandoned())
    })
  }

  /** Rooms that nobody holds: left by a crash, or never entered for a day. */
  async #closeAbandoned(): Promise<void> {
    const { store, clock } = this.#with
    const now = clock.now()
    const isOld = (room: Room): boolean => now - room.createdAt >= UNENTERED_TTL
    let after: string | undefined
    for (;;) {
      const page = await store.rooms({ limit: SWEEP_PAGE, ...(after === undefined ? {} : { after }) })
      for (const room of page) {
        if (this.#isStopped) return
        if (room.wasEntered || isOld(room)) {
          await this.#close(room.code, (view) => view.room.wasEntered || isOld(view.room))
        }
      }
      after = page.at(-1)?.code
      if (page.length < SWEEP_PAGE) return
    }
  }
}

const roomNotFound = (): Fault => new Fault('NOT_FOUND', 'Room not found or inactive')

/** Codes may hold anything, ids are plain. */
const keyOf = (code: string, userId: string): string => `${userId} ${code}`

const newCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('')
