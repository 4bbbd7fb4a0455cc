import type { Core } from '@parley/core'
import type { Reply } from '@parley/socketio'
import type { Attendance } from './attendance.ts'
import * as codec from './codec.ts'
import type { RoomLists } from './room-lists.ts'
import type { WhisperSession } from './session.ts'

const FAILED_TO_SEND = 'Failed to send message'
const FAILED = 'Server error'

/** What whisper clients send: decoded, handed to the core, answered. */
export class WhisperInbound {
  readonly #core: Core
  readonly #attendance: Attendance
  readonly #lists: RoomLists

  constructor(core: Core, attendance: Attendance, lists: RoomLists) {
    this.#core = core
    this.#attendance = attendance
    this.#lists = lists
  }

  async join(session: WhisperSession, payload: unknown, reply: Reply): Promise<void> {
    const code = codec.decodeCode(payload)
    if (!code.ok) return this.#refuse(session, reply, code)
    const room = code.value
    try {
      const isThere = session.seats.has(room)
      await this.#attendance.seatIn(session, room)
      session.socket.emit('joined_room', room)
      reply.ok({ room })
      // Who asks again, though already in, waits for the list.
      if (isThere) this.#lists.changed(room)
    } catch (error) {
      this.#fail(session, reply, error, FAILED)
    }
  }

  /** Also of a room that one is not in: what is asked for is so. */
  async leave(session: WhisperSession, payload: unknown, reply: Reply): Promise<void> {
    const code = codec.decodeCode(payload)
    if (!code.ok) return this.#refuse(session, reply, code)
    const room = code.value
    try {
      if (!(await this.#attendance.leave(session, room))) {
        await this.#core.rooms.leaveUnseated(session.socket.user, room)
      }
      session.socket.emit('left_room', room)
      reply.ok({ room })
    } catch (error) {
      this.#fail(session, reply, error, FAILED)
    }
  }

  async say(session: WhisperSession, payload: unknown, reply: Reply): Promise<void> {
    const { rooms } = this.#core
    const { user } = session.socket
    try {
      rooms.countMessage(user)
      const said = codec.decodeSaid(payload)
      if (!said.ok) return this.#refuse(session, reply, said)
      const { room, content } = said.value
      const seat = await this.#attendance.seatIn(session, room)
      const { id } = rooms.say(user, seat, content)
      reply.ok({ room, _id: id })
    } catch (error) {
      this.#fail(session, reply, error, FAILED_TO_SEND)
    }
  }

  async startTyping(session: WhisperSession, payload: unknown, reply: Reply): Promise<void> {
    const code = codec.decodeTyping(payload)
    if (!code.ok) return this.#refuse(session, reply, code)
    const { user, id } = session.socket
    try {
      await this.#attendance.seatIn(session, code.value)
      this.#core.typing.start(user, { roomCode: code.value }, id)
      reply.ok({ room: code.value })
    } catch (error) {
      this.#fail(session, reply, error, FAILED)
    }
  }

  stopTyping(session: WhisperSession, payload: unknown, reply: Reply): void {
    const code = codec.decodeTyping(payload)
    if (code.ok) {
      this.#core.typing.stop(session.socket.user, { roomCode: code.value })
      reply.ok({ room: code.value })
    } else this.#refuse(session, reply, code)
  }

  /** What is told and logged of an error never holds what was said: faults of rooms hold fixed sentences. */
  #fail(session: WhisperSession, reply: Reply, error: unknown, sentence: string): void {
    const told = codec.toError(error, sentence)
    if (told.code === 'SERVER_ERROR') this.#core.observer.error('a whisper event failed', error)
    this.#refuse(session, reply, told)
  }

  /** To the sender alone. */
  #refuse(session: WhisperSession, reply: Reply, { message, code }: { message: string; code: string }): void {
    this.#core.observer.count('parley_refusals_total', { dialect: 'whisper' })
    session.socket.emit('error', { message, code })
    reply.fail(code, message)
  }
}
