import type { Server } from 'socket.io'
import type { SocketRooms } from './dialect.ts'

/** Rooms as Socket.IO's adapter keeps them, for sockets of this node. */
export const createRooms = (io: Server): SocketRooms => ({
  emit(rooms, event, args, except = null) {
    const to = typeof rooms === 'string' ? [rooms] : [...rooms]
    // To Socket.IO, no room means everyone.
    if (to.length === 0) return
    const operator = io.to(to)
    if (except === null) operator.emit(event, ...args)
    else operator.except(except).emit(event, ...args)
  },
  sizeOf: (room) => io.of('/').adapter.rooms.get(room)?.size ?? 0,
})
