import type { Core, CoreEvent, DialectSink, LeaseChange, RoomLeft, Topic } from '@parley/core'
import type {
  HandshakeAuth,
  Refusal,
  RefusalReason,
  Reply,
  SocketDialect,
  SocketEventHandler,
  SocketRooms,
  SocketSession,
} from '@parley/socketio'
import { Attendance } from './attendance.ts'
import * as codec from './codec.ts'
import { WhisperInbound } from './inbound.ts'
import { RoomLists } from './room-lists.ts'
import { newSession, type WhisperSession } from './session.ts'

export interface WhisperOptions {
  readonly core: Core
  readonly rooms: SocketRooms
}

type Handler = (session: WhisperSession, payload: unknown, reply: Reply) => void | Promise<void>

/**
 * The whisper dialect (document 004): rooms whose messages are kept nowhere. It translates; who may enter, how long a
 * room lives and what is told is the core's.
 */
export class WhisperDialect implements SocketDialect, DialectSink {
  readonly dialect = 'whisper'
  readonly events: Readonly<Record<string, SocketEventHandler>>
  readonly #core: Core
  readonly #rooms: SocketRooms
  readonly #lists: RoomLists
  readonly #attendance: Attendance
  /** By socket id. */
  readonly #sessions = new Map<string, WhisperSession>()

  constructor({ core, rooms }: WhisperOptions) {
    this.#core = core
    this.#rooms = rooms
    this.#lists = new RoomLists(core, rooms)
    this.#attendance = new Attendance(core, this, this.#lists)
    core.leases.leases.watch('seat', (change) => this.#onSeat(change))
    const inbound = new WhisperInbound(core, this.#attendance, this.#lists)
    this.events = {
      join_room: this.#handler((...event) => inbound.join(...event)),
      leave_room: this.#handler((...event) => inbound.leave(...event)),
      send_message: this.#handler((...event) => inbound.say(...event)),
      typing_start: this.#handler((...event) => inbound.startTyping(...event)),
      typing_stop: this.#handler((...event) => inbound.stopTyping(...event)),
    }
  }

  /** Every handshake that no other dialect recognises. */
  claims(_auth: HandshakeAuth): boolean {
    return true
  }

  refuse(reason: RefusalReason): Refusal {
    return codec.refusal(reason)
  }

  opened(socket: SocketSession): void {
    this.#sessions.set(socket.id, newSession(socket))
  }

  async closed(socket: SocketSession): Promise<void> {
    const session = this.#sessions.get(socket.id)
    this.#sessions.delete(socket.id)
    if (session !== undefined) await this.#attendance.close(session)
  }

  deliver(topic: Topic, event: CoreEvent, except: string | null): void {
    switch (event.type) {
      case 'room.whispered':
        this.#rooms.emit(topic, 'new_message', [codec.newMessage(event)], except)
        break
      case 'typing.changed': {
        if (!('roomCode' in event.place)) break
        const name = event.isTyping ? 'user_typing' : 'user_stop_typing'
        this.#rooms.emit(topic, name, [codec.typist(event.user, event.place.roomCode)], except)
        break
      }
      case 'room.changed':
        this.#lists.changed(event.code)
        break
      case 'room.left':
        this.#onLeft(event)
        break
      // Nothing else is told to the topic of a room.
    }
  }

  #handler(handle: Handler): SocketEventHandler {
    return (socket, payload, reply) => {
      const session = this.#sessions.get(socket.id)
      return session === undefined ? undefined : handle(session, payload, reply)
    }
  }

  #onSeat({ type, lease }: LeaseChange): void {
    const session = type === 'lost' ? this.#sessions.get(lease.holder) : undefined
    if (session !== undefined) void this.#attendance.reseat(session, lease)
  }

  /** At once, so that nothing that is said next reaches them. */
  #onLeft({ code, userId }: RoomLeft): void {
    for (const session of this.#sessions.values()) {
      const { socket } = session
      if (socket.user.id !== userId || !session.seats.has(code)) continue
      this.#attendance
        .leave(session, code)
        .catch((error: unknown) => this.#core.observer.error('seat not left', error))
      socket.emit('left_room', code)
    }
  }
}
