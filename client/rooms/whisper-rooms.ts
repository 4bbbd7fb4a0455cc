import { ParleyError } from '../api/error.ts'
import type { Room } from '../api/room.ts'
import { realEnvironment } from '../environment.ts'
import { type RoomContext, WhisperRoom } from './whisper-room.ts'

/** Most rooms that one connection may be in (dialects/whisper). */
export const MAX_ROOMS = 50
/** Most rooms that are known here; those that one is not in go first. */
const MAX_KNOWN = 200

export type WhisperRoomsOptions = Pick<RoomContext, 'socket' | 'rest' | 'me'> &
  Partial<Pick<RoomContext, 'environment'>>

/** The whisper rooms of one connection. Nothing of them is stored anywhere. */
export class WhisperRooms {
  /** By code. */
  readonly #rooms = new Map<string, WhisperRoom>()
  readonly #context: RoomContext
  readonly #ends: readonly (() => void)[]

  constructor({ socket, rest, me, environment = realEnvironment }: WhisperRoomsOptions) {
    this.#context = { socket, rest, me, environment, admitOneMore: () => this.#admitOneMore() }
    const of = (code: string | undefined) => (code === undefined ? undefined : this.#rooms.get(code))
    this.#ends = [
      socket.onConnected(() => this.#each((room) => room.connected())),
      socket.onDisconnected(() => this.#each((room) => room.disconnected())),
      socket.on('users_online', (users) => of(users[0]?.room)?.listed(users)),
      socket.on('new_message', (message) => of(message.room)?.heard(message)),
      socket.on('user_typing', (typist) => of(typist.room)?.typed(typist, true)),
      socket.on('user_stop_typing', (typist) => of(typist.room)?.typed(typist, false)),
      socket.on('left_room', (code) => of(code)?.left()),
    ]
  }

  /** The same object for the same code, whatever its case. */
  room(code: string): Room {
    const normalized = code.trim().toUpperCase()
    const known = this.#rooms.get(normalized)
    if (known !== undefined) return known
    this.#makeRoom()
    const room = new WhisperRoom(normalized, this.#context)
    this.#rooms.set(normalized, room)
    return room
  }

  /** Leaves no room: their seats end with the connection. */
  close(): void {
    for (const end of this.#ends) end()
    this.#each((room) => room.disconnected())
    this.#rooms.clear()
  }

  #each(run: (room: WhisperRoom) => void): void {
    for (const room of [...this.#rooms.values()]) run(room)
  }

  #admitOneMore(): void {
    const count = [...this.#rooms.values()].filter(({ isWanted }) => isWanted).length
    if (count >= MAX_ROOMS) {
      throw new ParleyError('LIMIT_REACHED', `You are in ${MAX_ROOMS} rooms already. Leave one first.`)
    }
  }

  #makeRoom(): void {
    if (this.#rooms.size < MAX_KNOWN) return
    for (const [code, { isWanted }] of this.#rooms) {
      if (isWanted) continue
      this.#rooms.delete(code)
      return
    }
  }
}
