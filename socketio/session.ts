import type { ConnectionHold, Identity } from '@parley/core'
import type { User } from '@parley/model'
import type { Socket } from 'socket.io'
import type { HandshakeAuth, SocketDialect, SocketSession } from './dialect.ts'
import { EventQueue } from './event-queue.ts'
import type { Link } from './link.ts'

/** One client in namespace `/`, from the moment its identity was good to the end of what it asked for. */
export class Session implements SocketSession {
  readonly id: string
  /** Who it is, by the latest token that it gave. */
  identity: Identity
  readonly user: User
  readonly auth: HandshakeAuth
  readonly link: Link
  readonly queue: EventQueue
  /** The dialect that claimed it: how it is counted. */
  readonly dialect: SocketDialect['dialect']
  /** Those that were told of it, and will be told of its end. */
  readonly opened: SocketDialect[] = []
  /** `ready`: presence is held, the client is not told yet; `ended`: no event takes effect any more. */
  state: 'starting' | 'ready' | 'open' | 'closed' | 'ended' = 'starting'
  hold: ConnectionHold | null = null
  readonly #socket: Socket

  constructor(options: {
    socket: Socket
    link: Link
    identity: Identity
    auth: HandshakeAuth
    dialect: SocketDialect['dialect']
  }) {
    const { socket, link, identity } = options
    this.#socket = socket
    // To protocol 3 the socket's id is the secret that requests are sent with: it must not be told to anybody.
    this.id = socket.conn.protocol === 3 ? crypto.randomUUID() : socket.id
    this.identity = identity
    this.user = { id: identity.userId, username: identity.username, avatar: identity.avatar }
    this.auth = options.auth
    this.link = link
    this.dialect = options.dialect
    this.queue = new EventQueue((waiting) => link.press(waiting))
  }

  get isOpen(): boolean {
    return this.state === 'open'
  }

  /** The same user, by a later token. */
  renew(identity: Identity): void {
    this.identity = identity
    this.hold?.renew(identity)
  }

  isOf(socket: Socket): boolean {
    return this.#socket === socket
  }

  emit(event: string, ...args: readonly unknown[]): void {
    if (this.isOpen) this.#socket.emit(event, ...args)
  }

  join(room: string): void {
    if (this.isOpen) void this.#socket.join(room)
  }

  leave(room: string): void {
    if (this.isOpen) void this.#socket.leave(room)
  }

  isIn(room: string): boolean {
    return this.#socket.rooms.has(room)
  }
}
