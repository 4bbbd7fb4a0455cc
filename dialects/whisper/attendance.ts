import type { Core, DialectSink, Lease, Seat } from '@parley/core'
import { Fault } from '@parley/model'
import type { RoomLists } from './room-lists.ts'
import { roomOf } from './room-of.ts'
import type { WhisperSession } from './session.ts'

/** Most rooms that one socket may sit in. */
export const MAX_ROOMS = 50

/** Sockets come into rooms and leave them: what a seat holds here (the topic, the Socket.IO room) comes and goes with it. */
export class Attendance {
  readonly #core: Core
  readonly #sink: DialectSink
  readonly #lists: RoomLists

  constructor(core: Core, sink: DialectSink, lists: RoomLists) {
    this.#core = core
    this.#sink = sink
    this.#lists = lists
  }

  /** The socket's seat in the room, taken now if it has none. Rejects with a `Fault` when it may not have one. */
  async seatIn(session: WhisperSession, code: string): Promise<Seat> {
    const { socket, seats } = session
    const own = seats.get(code)
    if (own !== undefined) return own
    if (session.isClosed) throw gone()
    if (seats.size >= MAX_ROOMS) {
      throw new Fault('LIMIT_REACHED', `You are in ${MAX_ROOMS} rooms already. Leave one first.`)
    }
    const seat = await this.#enter(session, code)
    seats.set(code, seat)
    socket.join(roomOf(code))
    this.#lists.changed(code)
    return seat
  }

  /** True when it sat there. */
  async leave(session: WhisperSession, code: string): Promise<boolean> {
    const seat = session.seats.get(code)
    if (seat === undefined) return false
    this.#vacate(session, code)
    await this.#core.rooms.leave(session.socket.user, seat)
    return true
  }

  /**
   * The seat was lost though the socket lives: its node was not heard of for too long. It is taken again; when that
   * cannot be, the socket leaves.
   */
  async reseat(session: WhisperSession, lost: Lease): Promise<void> {
    const { socket, seats } = session
    const code = lost.key
    if (seats.get(code)?.lease.token !== lost.token) return
    try {
      const seat = await this.#core.rooms.enter(socket.user, code, socket.id)
      if (seats.has(code)) seats.set(code, seat)
      else await this.#core.rooms.disconnect(socket.user, seat)
    } catch (error) {
      this.#core.observer.error('seat not taken again', error)
      if (!seats.has(code)) return
      this.#vacate(session, code)
      socket.emit('left_room', code)
    }
  }

  /** The socket is gone: nothing of it stays but the grace of its seats. */
  async close(session: WhisperSession): Promise<void> {
    session.isClosed = true
    const { user, id } = session.socket
    const seats = [...session.seats.values()]
    for (const { code } of seats) this.#vacate(session, code)
    this.#core.typing.disconnect(user, id)
    const ends = await Promise.allSettled(seats.map((seat) => this.#core.rooms.disconnect(user, seat)))
    for (const end of ends) {
      if (end.status === 'rejected') this.#core.observer.error('seat not held', end.reason)
    }
  }

  async #enter(session: WhisperSession, code: string): Promise<Seat> {
    const { hub, rooms } = this.#core
    const { user, id } = session.socket
    try {
      await hub.retain(roomOf(code), this.#sink)
      const seat = await rooms.enter(user, code, id)
      // It may have gone while it was entering.
      if (!session.isClosed) return seat
      await rooms.disconnect(user, seat)
      throw gone()
    } catch (error) {
      hub.release(roomOf(code), this.#sink)
      throw error
    }
  }

  #vacate(session: WhisperSession, code: string): void {
    session.seats.delete(code)
    session.socket.leave(roomOf(code))
    this.#core.hub.release(roomOf(code), this.#sink)
  }
}

const gone = (): Fault => new Fault('UNAVAILABLE', 'The connection is gone')
