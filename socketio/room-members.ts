import type { Socket as EngineSocket } from 'engine.io'
import type { Server } from 'socket.io'
import type { Link } from './link.ts'

/** Rooms that are smaller are looked up each time: keeping their members would cost more memory than it saves time. */
const KEPT_FROM = 8

/**
 * Who is in a room, as an array that is walked faster than the sets of ids that Socket.IO has. It is made when a room is
 * sent to, and forgotten when somebody comes to the room or goes.
 */
export class RoomMembers {
  readonly #io: Server
  readonly #linkOf: (connection: EngineSocket) => Link | null
  readonly #kept = new Map<string, readonly Link[]>()

  constructor(io: Server, linkOf: (connection: EngineSocket) => Link | null) {
    this.#io = io
    this.#linkOf = linkOf
    const { adapter } = io.of('/')
    const forget = (room: string): void => void this.#kept.delete(room)
    adapter.on('join-room', forget)
    adapter.on('leave-room', forget)
  }

  /** Never changes: who walks it may end connections meanwhile. */
  of(room: string): readonly Link[] {
    const kept = this.#kept.get(room)
    if (kept !== undefined) return kept
    const links = this.#find(room)
    if (links.length >= KEPT_FROM) this.#kept.set(room, links)
    return links
  }

  sizeOf(room: string): number {
    return this.#io.of('/').adapter.rooms.get(room)?.size ?? 0
  }

  #find(room: string): Link[] {
    const { adapter, sockets } = this.#io.of('/')
    const links: Link[] = []
    for (const id of adapter.rooms.get(room) ?? []) {
      const socket = sockets.get(id)
      const link = socket === undefined ? null : this.#linkOf(socket.conn)
      if (link !== null) links.push(link)
    }
    return links
  }
}
