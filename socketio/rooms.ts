import type { Socket as EngineSocket } from 'engine.io'
import type { Server } from 'socket.io'
import type { SocketRooms } from './dialect.ts'
import { type EncodedEvent, encodeEvent } from './encoded-event.ts'
import type { Link } from './link.ts'
import { RoomMembers } from './room-members.ts'

/** Rooms as Socket.IO's adapter keeps them, for sockets of this node. */
export const createRooms = (io: Server, linkOf: (connection: EngineSocket) => Link | null): SocketRooms => {
  const members = new RoomMembers(io, linkOf)
  const among = (rooms: string | readonly string[]): Iterable<Link> => {
    if (typeof rooms === 'string') return members.of(rooms)
    const [room] = rooms
    if (rooms.length === 1 && room !== undefined) return members.of(room)
    return new Set(rooms.flatMap((name) => members.of(name)))
  }
  return {
    emit(rooms, name, args, except = null) {
      let event: EncodedEvent | null = null
      for (const link of among(rooms)) {
        if (except !== null && link.session?.id === except) continue
        event ??= encodeEvent(name, args)
        link.send(event)
      }
    },
    sizeOf: (room) => members.sizeOf(room),
  }
}
