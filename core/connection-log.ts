import type { Clock } from './ports/clock.ts'

/** Most connections that are remembered after their end. */
export const MAX_ENDED = 5_000
/** Most of one user that are remembered after their end, and most open ones that are told of. */
export const MAX_ENDED_PER_USER = 50
/** Most open ones that are kept: more than a node takes in. Above it the oldest is forgotten. */
const MAX_OPEN = 100_000

/**
 * Why a connection ended: its client closed it; nothing was heard of it any more; it did not read; its session ended
 * or expired; a newer connection took its place; the server went; or the server closed it for another reason.
 */
export type EndReason = 'client' | 'lost' | 'slow' | 'session-ended' | 'replaced' | 'shutdown' | 'server'

export interface OpenedConnection {
  readonly id: string
  readonly dialect: string
  readonly userId: string
}

export interface LoggedConnection extends OpenedConnection {
  /** Epoch ms. */
  readonly openedAt: number
  /** Epoch ms; null while it is open. */
  readonly closedAt: number | null
  /** Null while it is open. */
  readonly reason: EndReason | null
}

interface Entry extends OpenedConnection {
  readonly openedAt: number
  closedAt: number | null
  reason: EndReason | null
}

/** What a WebSocket's close code says; `code` is the server's own when the server began to close. */
export const endReasonOf = (code: number): EndReason => {
  switch (code) {
    case 1013:
      return 'slow'
    case 1008:
    case 4002:
      return 'session-ended'
    case 4005:
      return 'replaced'
    case 1006:
      return 'lost'
    // 1001: a page that is left says so too; the end of the server is told by `shutdown`.
    case 1000:
    case 1001:
    case 1005:
      return 'client'
    default:
      return 'server'
  }
}

/**
 * The connections of this node, open and lately ended: who, by which dialect, from when to when and why it ended.
 * In memory only, since the start of the process, and bounded.
 */
export class ConnectionLog {
  /** Nothing is known of before (epoch ms). */
  readonly since: number
  readonly #clock: Clock
  readonly #open = new Map<string, Entry>()
  /** In the order in which they ended. */
  readonly #ended = new Set<Entry>()
  readonly #endedOf = new Map<string, Entry[]>()
  #isShutdown = false

  constructor(clock: Clock) {
    this.#clock = clock
    this.since = clock.now()
  }

  /** Somebody is connected: once their identity is known. */
  opened({ id, dialect, userId }: OpenedConnection): void {
    const openedAt = this.#clock.now()
    this.#open.delete(id)
    this.#open.set(id, { id, dialect, userId, openedAt, closedAt: null, reason: null })
    if (this.#open.size <= MAX_OPEN) return
    for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest)
      break
    }
  }

  /** It is gone. Idempotent; a connection that was never opened here changes nothing. */
  closed(id: string, reason: EndReason): void {
    const entry = this.#open.get(id)
    if (entry === undefined) return
    this.#open.delete(id)
    entry.closedAt = this.#clock.now()
    entry.reason = this.#isShutdown ? 'shutdown' : reason
    this.#keep(entry)
  }

  /** From now on connections end because the server goes. */
  shutdown(): void {
    this.#isShutdown = true
  }

  /** The connections of one user, in the order in which they were opened: at most 50 ended and the 50 newest open ones. */
  of(userId: string): readonly LoggedConnection[] {
    const open = [...this.#open.values()].filter((entry) => entry.userId === userId)
    return [...(this.#endedOf.get(userId) ?? []), ...open.slice(-MAX_ENDED_PER_USER)]
      .map((entry) => ({ ...entry }))
      .sort((a, b) => a.openedAt - b.openedAt)
  }

  /** Those that ended for this reason, newest first. */
  endedBy(reason: EndReason, limit: number): readonly LoggedConnection[] {
    const found = [...this.#ended].filter((entry) => entry.reason === reason)
    return found.slice(-limit).reverse()
  }

  #keep(entry: Entry): void {
    const own = this.#endedOf.get(entry.userId) ?? []
    this.#endedOf.set(entry.userId, own)
    own.push(entry)
    this.#ended.add(entry)
    if (own.length > MAX_ENDED_PER_USER) this.#ended.delete(own.shift()!)
    if (this.#ended.size > MAX_ENDED) this.#forgetOldest()
  }

  /** Both lists are in the order of the ends: the oldest of all is the oldest of its user. */
  #forgetOldest(): void {
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest)
      const own = this.#endedOf.get(oldest.userId)
      own?.shift()
      if (own?.length === 0) this.#endedOf.delete(oldest.userId)
      break
    }
  }
}
