import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Core } from '@parley/core'
import type { SocketRooms } from '@parley/socketio'
import * as codec from './codec.ts'
import { roomOf } from './room-of.ts'

/** Least time between two lists of one room (ms), and what each user in it adds: a list costs users times sockets. */
export const LIST_INTERVAL = 50
const INTERVAL_PER_USER = 1

/**
 * Tells rooms who is in them: the first change after a quiet time at the end of its turn, whatever changes soon after it
 * in one list. One list of a room is made and told after the other, so that an old one never follows a newer one.
 */
export class RoomLists {
  readonly #core: Core
  readonly #rooms: SocketRooms
  /** Rooms whose list is being told or was told just now; true: it changed since. */
  readonly #changed = new Map<string, boolean>()

  constructor(core: Core, rooms: SocketRooms) {
    this.#core = core
    this.#rooms = rooms
  }

  changed(code: string): void {
    const isBusy = this.#changed.has(code)
    this.#changed.set(code, true)
    if (!isBusy) void this.#run(code)
  }

  async #run(code: string): Promise<void> {
    // Who takes a seat in this turn is in the room at its end, and hears the list.
    await nextTurn()
    while (this.#changed.get(code) === true) {
      this.#changed.set(code, false)
      const users = await this.#tell(code)
      await this.#pause(LIST_INTERVAL + users * INTERVAL_PER_USER)
    }
    this.#changed.delete(code)
  }

  /** How many are in it. Never rejects: who changes next tells the list again. */
  async #tell(code: string): Promise<number> {
    const room = roomOf(code)
    if (this.#rooms.sizeOf(room) === 0) return 0
    try {
      const present = await this.#core.rooms.present(code)
      this.#rooms.emit(room, 'users_online', [codec.usersOnline(present, code)])
      return present.length
    } catch (error) {
      this.#core.observer.error('users_online not told', error)
      return 0
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#core.clock.after(ms, resolve))
  }
}
