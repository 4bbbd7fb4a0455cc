import type { Identity } from '@parley/core'
import type { User } from '@parley/model'
import type { Reply, SocketDialect, SocketRooms, SocketSession } from '@parley/socketio'

export interface Heard {
  readonly event: string
  readonly argument: unknown
}

export type Answer = Readonly<Record<string, unknown>> | { readonly code: string; readonly message: string }

/** A socket whose client remembers what it heard. Events take effect one after the other, as over the real binding. */
export class FakeSocket implements SocketSession {
  readonly id: string
  readonly identity: Identity
  readonly user: User
  readonly auth = {}
  readonly heard: Heard[] = []
  readonly rooms = new Set<string>()
  isOpen = true
  readonly #sockets: FakeSockets
  #work: Promise<unknown> = Promise.resolve()

  constructor(sockets: FakeSockets, id: string, user: User) {
    this.#sockets = sockets
    this.id = id
    this.user = user
    this.identity = {
      userId: user.id,
      username: user.username,
      avatar: null,
      email: '',
      role: 'user',
      sessionId: null,
      expiresAt: null,
    }
  }

  emit(event: string, ...args: readonly unknown[]): void {
    if (this.isOpen) this.heard.push({ event, argument: args[0] })
  }

  join(room: string): void {
    if (this.isOpen) this.rooms.add(room)
  }

  leave(room: string): void {
    this.rooms.delete(room)
  }

  isIn(room: string): boolean {
    return this.rooms.has(room)
  }

  /** What its client emits. Resolves with the acknowledgement. */
  send(event: string, payload?: unknown): Promise<Answer | undefined> {
    let answer: Answer | undefined
    const reply: Reply = {
      ok: (fields = {}) => {
        answer ??= { ok: true, ...fields }
      },
      fail: (code, message) => {
        answer ??= { ok: false, code, message }
      },
    }
    const working = this.#work.then(() => this.#sockets.dialect.events[event]!(this, payload, reply))
    this.#work = working
    return working.then(() => answer)
  }

  /** The connection breaks. With `waiting`, the binding first lets take effect what came before. */
  async drop(order: 'after what came' | 'at once' = 'after what came'): Promise<void> {
    this.isOpen = false
    this.rooms.clear()
    this.#sockets.all.delete(this.id)
    if (order === 'after what came') await this.#work
    await this.#sockets.dialect.closed(this)
  }

  /** What it heard by one event, in order. */
  of(event: string): unknown[] {
    return this.heard.filter((one) => one.event === event).map(({ argument }) => argument)
  }

  names(): string[] {
    return this.heard.map(({ event }) => event)
  }
}

/** The sockets of one node. */
export class FakeSockets implements SocketRooms {
  readonly all = new Map<string, FakeSocket>()
  /** How often an event was encoded. */
  emits = 0
  dialect!: SocketDialect

  connect(id: string, user: User): FakeSocket {
    const socket = new FakeSocket(this, id, user)
    this.all.set(id, socket)
    void this.dialect.opened(socket)
    return socket
  }

  emit(
    rooms: string | readonly string[],
    event: string,
    args: readonly unknown[],
    except: string | null = null,
  ): void {
    this.emits += 1
    const names = typeof rooms === 'string' ? [rooms] : rooms
    for (const socket of this.all.values()) {
      if (socket.id !== except && names.some((name) => socket.isIn(name))) socket.emit(event, ...args)
    }
  }

  sizeOf(room: string): number {
    return [...this.all.values()].filter((socket) => socket.isIn(room)).length
  }
}
