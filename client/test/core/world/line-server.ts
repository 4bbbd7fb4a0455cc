import type { ConnectionHold, Core, Identity } from '@parley/core'
import { ChannelsDialect } from '@parley/dialect-channels'
import type { Reply, SocketRooms, SocketSession } from '@parley/socketio'
import type { Line, LineEnd, Packet } from './line.ts'

/** The channels dialect over a core, for lines instead of Socket.IO: rooms, sessions and the order of events as there. */
export class LineServer implements SocketRooms {
  readonly core: Core
  readonly dialect: ChannelsDialect
  readonly #sessions = new Set<LineSession>()
  #ids = 0

  constructor(core: Core) {
    this.core = core
    this.dialect = new ChannelsDialect({ core, rooms: this })
  }

  accept(line: Line): LineEnd {
    this.#ids += 1
    const session = new LineSession(this, line, `socket-${this.#ids}`)
    this.#sessions.add(session)
    return session
  }

  remove(session: LineSession): void {
    this.#sessions.delete(session)
  }

  /** Every line breaks; resolves when the core has nothing left to do. */
  async stop(): Promise<void> {
    for (const { line } of [...this.#sessions]) line.cut()
    await new Promise((resolve) => setImmediate(resolve))
    await this.core.stop()
  }

  emit(
    rooms: string | readonly string[],
    event: string,
    args: readonly unknown[],
    except: string | null = null,
  ) {
    const all = typeof rooms === 'string' ? [rooms] : rooms
    for (const session of this.#sessions) {
      if (session.id !== except && all.some((room) => session.isIn(room))) session.emit(event, ...args)
    }
  }

  sizeOf(room: string): number {
    return [...this.#sessions].filter((session) => session.isIn(room)).length
  }
}

/** One client in namespace `/`: its events take effect one after the other. */
class LineSession implements SocketSession, LineEnd {
  readonly id: string
  readonly line: Line
  identity!: Identity
  auth: Readonly<Record<string, unknown>> = {}
  isOpen = false
  readonly #server: LineServer
  readonly #rooms = new Set<string>()
  #hold: ConnectionHold | null = null
  #last: Promise<void> = Promise.resolve()
  #isBroken = false

  constructor(server: LineServer, line: Line, id: string) {
    this.#server = server
    this.line = line
    this.id = id
  }

  get user() {
    const { userId: id, username, avatar } = this.identity
    return { id, username, avatar }
  }

  emit(event: string, ...args: readonly unknown[]): void {
    if (this.isOpen) this.line.sendToClient({ kind: 'event', name: event, args, ack: null })
  }

  join(room: string): void {
    if (this.isOpen) this.#rooms.add(room)
  }

  leave(room: string): void {
    this.#rooms.delete(room)
  }

  isIn(room: string): boolean {
    return this.isOpen && this.#rooms.has(room)
  }

  take(packet: Packet): void {
    if (packet.kind === 'connect') this.#push(() => this.#admit(packet.auth))
    else if (packet.kind === 'event') this.#push(() => this.#handle(packet))
  }

  broken(): void {
    if (this.#isBroken) return
    this.#isBroken = true
    const wasOpen = this.isOpen
    this.isOpen = false
    this.#push(async () => {
      this.#server.remove(this)
      if (wasOpen) this.#server.dialect.closed(this)
      await this.#hold?.release('client')
    })
  }

  #push(task: () => Promise<void> | undefined): void {
    this.#last = this.#last.then(task)
  }

  async #admit(auth: Readonly<Record<string, unknown>>): Promise<void> {
    const { core, dialect } = this.#server
    const token = typeof auth['token'] === 'string' ? auth['token'] : null
    const answer = await core.authenticator.byToken(token)
    if (this.#isBroken) return
    if (!answer.ok) {
      const { message, data } = dialect.refuse(answer.reason)
      this.line.sendToClient({ kind: 'refused', message, data })
      return
    }
    this.identity = answer.identity
    this.auth = auth
    const end = () => this.line.cut()
    this.#hold = await core.holds.take({ id: this.id, dialect: 'channels', identity: answer.identity, end })
    if (this.#isBroken) return this.#hold.release('client')
    this.isOpen = true
    this.join(this.id)
    this.line.sendToClient({ kind: 'connected' })
    await dialect.opened(this)
  }

  #handle({ name, args, ack }: Extract<Packet, { kind: 'event' }>): Promise<void> | undefined {
    const handler = this.#server.dialect.events[name]
    const reply = new LineReply((answer) => {
      if (ack !== null) this.line.sendToClient({ kind: 'ack', ack, answer })
    })
    const working = handler?.(this, args[0], reply)
    if (handler === undefined) reply.fail('UNKNOWN_EVENT', 'Unknown event')
    return working ?? undefined
  }
}

class LineReply implements Reply {
  #acknowledge: ((answer: unknown) => void) | null

  constructor(acknowledge: (answer: unknown) => void) {
    this.#acknowledge = acknowledge
  }

  ok(answer: Readonly<Record<string, unknown>> = {}): void {
    this.#send({ ok: true, ...answer })
  }

  fail(code: string, message: string, more: Readonly<Record<string, unknown>> = {}): void {
    this.#send({ ok: false, error: { code, message, ...more } })
  }

  #send(answer: unknown): void {
    this.#acknowledge?.(answer)
    this.#acknowledge = null
  }
}
