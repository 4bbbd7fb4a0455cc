import type { Observable } from './api/observable.ts'
import type { Presence } from './api/presence.ts'
import type { Environment } from './environment.ts'
import type { SocketPort } from './socket-port.ts'
import { Timer } from './timer.ts'
import { Value } from './value.ts'

/** The server follows at most so many users for one connection (`MAX_WATCHED`). */
const MAX_WATCHED = 1_000
/** Interest that comes and goes within so long costs nothing (ms). */
const BATCH = 30
/** What was refused is asked for again after so long (ms). */
const RETRY = 10_000
/** Without a connection for so long, nothing is known any more (ms). */
const STALE = 5_000

const UNKNOWN: Presence = { status: 'unknown', lastSeen: null }

/** Presence of those in whom somebody is interested: the server is asked once for each, however many listen. */
export class Presences {
  readonly #socket: SocketPort
  readonly #values = new Map<string, Value<Presence>>()
  readonly #wanted = new Set<string>()
  readonly #watched = new Set<string>()
  readonly #timer: Timer
  readonly #stale: Timer

  constructor(socket: SocketPort, environment: Environment) {
    this.#socket = socket
    this.#timer = new Timer(environment, () => this.#settle())
    this.#stale = new Timer(environment, () => {
      for (const value of this.#values.values()) value.set(UNKNOWN)
    })
    socket.on('presence', ({ userId, status, lastSeen }) => {
      this.#values.get(userId)?.set({ status, lastSeen })
    })
    socket.onConnected(() => {
      this.#stale.cancel()
      this.#watched.clear()
      this.#settle()
    })
    socket.onDisconnected(() => this.#stale.set(STALE))
  }

  of(userId: string): Observable<Presence> {
    const id = userId.toLowerCase()
    const known = this.#values.get(id)
    if (known !== undefined) return known
    const value = new Value<Presence>(UNKNOWN, (isWanted) => this.#want(id, isWanted))
    this.#values.set(id, value)
    this.#forgetUnwanted()
    return value
  }

  close(): void {
    this.#timer.cancel()
    this.#stale.cancel()
  }

  #want(userId: string, isWanted: boolean): void {
    if (isWanted) this.#wanted.add(userId)
    else this.#wanted.delete(userId)
    this.#timer.set(BATCH)
  }

  #settle(): void {
    if (!this.#socket.isConnected()) return
    const gone = [...this.#watched].filter((id) => !this.#wanted.has(id))
    for (const id of gone) this.#watched.delete(id)
    if (gone.length > 0) this.#socket.emit('presence:unsubscribe', { userIds: gone })
    const room = MAX_WATCHED - this.#watched.size
    const fresh = [...this.#wanted].filter((id) => !this.#watched.has(id)).slice(0, room)
    if (fresh.length === 0) return
    for (const id of fresh) this.#watched.add(id)
    this.#socket.request('presence:subscribe', { userIds: fresh }).catch(() => {
      for (const id of fresh) this.#watched.delete(id)
      this.#timer.set(RETRY)
    })
  }

  /** Values are handed out and must stay the same while somebody listens; the others may go. */
  #forgetUnwanted(): void {
    if (this.#values.size <= 2 * MAX_WATCHED) return
    for (const id of this.#values.keys()) {
      if (this.#values.size <= MAX_WATCHED) return
      if (!this.#wanted.has(id)) this.#values.delete(id)
    }
  }
}
