import type { Core, DialectSink, DirectoryUser, PresenceChanged } from '@parley/core'
import { Fault, isoTime } from '@parley/model'
import type { SocketRooms } from '@parley/socketio'
import type { ChannelsSession } from './session.ts'
import { MAX_WATCHED } from './wire.ts'

const watchRoom = (userId: string): string => `presence:${userId}`

const presenceOf = (userId: string, isOnline: boolean, lastSeen: number | null) => ({
  userId,
  status: isOnline ? 'online' : 'offline',
  lastSeen: lastSeen === null ? null : isoTime(lastSeen),
})

/** Who follows whose presence (`presence:subscribe`). */
export class PresenceWatch {
  readonly #core: Core
  readonly #rooms: SocketRooms
  readonly #sink: DialectSink

  constructor(core: Core, rooms: SocketRooms, sink: DialectSink) {
    this.#core = core
    this.#rooms = rooms
    this.#sink = sink
  }

  /** The socket hears of each of them now, and of every change. Ids that nobody has are ignored. */
  async add(session: ChannelsSession, userIds: readonly string[]): Promise<void> {
    const { hub, users } = this.#core
    const { watched } = session
    const isFirst = watched.size === 0
    try {
      if (isFirst) await hub.retain('presence', this.#sink)
      this.#follow(session, await users.findMany([...new Set(userIds)]))
    } finally {
      if (isFirst && watched.size === 0) hub.release('presence', this.#sink)
    }
  }

  #follow({ socket, watched }: ChannelsSession, users: readonly DirectoryUser[]): void {
    if (!socket.isOpen) return
    if (new Set([...watched, ...users.map(({ id }) => id)]).size > MAX_WATCHED) {
      throw new Fault('LIMIT_REACHED', `A connection follows the presence of at most ${MAX_WATCHED} users`)
    }
    for (const { id, lastSeen } of users) {
      watched.add(id)
      socket.join(watchRoom(id))
      socket.emit('presence', presenceOf(id, this.#core.presence.isOnline(id), lastSeen))
    }
  }

  remove(session: ChannelsSession, userIds: Iterable<string>): void {
    const { socket, watched } = session
    if (watched.size === 0) return
    for (const userId of [...userIds]) if (watched.delete(userId)) socket.leave(watchRoom(userId))
    if (watched.size === 0) this.#core.hub.release('presence', this.#sink)
  }

  changed({ user, isOnline }: PresenceChanged): void {
    const lastSeen = isOnline ? null : this.#core.clock.now()
    this.#rooms.emit(watchRoom(user.id), 'presence', [presenceOf(user.id, isOnline, lastSeen)])
  }
}
