import type { ConnectedUsers, WebSocketInstances } from './message-handler.ts'
import { ReadonlyMapView, ReadonlySetView } from './readonly-views.ts'
import type { ConnectedUser, ConnectionStats, WebSocketConnection } from './types.ts'

/** Who is connected, and with what: one entry per user, a set of connections per user. */
export class UserDirectory {
  readonly #users = new Map<string, ConnectedUser>()
  readonly #instances = new Map<string, Set<WebSocketConnection>>()
  /** Live and read-only. */
  readonly users: ConnectedUsers = new ReadonlyMapView(this.#users, (user) => user)
  /** Live and read-only. */
  readonly instances: WebSocketInstances = new ReadonlyMapView(
    this.#instances,
    (sockets) => new ReadonlySetView(sockets),
  )

  /** Adds a connection. Returns the user when it is the first one. */
  add(ws: WebSocketConnection): ConnectedUser | undefined {
    const { userId, email, name } = ws.data
    const sockets = this.#instances.get(userId)
    if (sockets !== undefined) {
      sockets.add(ws)
      return undefined
    }
    const user = { userId, email, name, connectedAt: new Date().toISOString() }
    this.#users.set(userId, user)
    this.#instances.set(userId, new Set([ws]))
    return user
  }

  /** Removes a connection. Returns the user when it was the last one; nothing for a stranger. */
  remove(ws: WebSocketConnection): ConnectedUser | undefined {
    const { userId } = ws.data
    const sockets = this.#instances.get(userId)
    if (!sockets?.delete(ws) || sockets.size > 0) return undefined
    const user = this.#users.get(userId)
    this.#users.delete(userId)
    this.#instances.delete(userId)
    return user
  }

  has(ws: WebSocketConnection): boolean {
    return this.#instances.get(ws.data.userId)?.has(ws) ?? false
  }

  /** How many connections a user has. */
  count(userId: string): number {
    return this.#instances.get(userId)?.size ?? 0
  }

  /** The real map, for the library's own loops. */
  get sockets(): ReadonlyMap<string, ReadonlySet<WebSocketConnection>> {
    return this.#instances
  }

  stats(): ConnectionStats {
    const counts = [...this.#instances].map(([userId, sockets]) => [userId, sockets.size] as const)
    return {
      totalUsers: this.#users.size,
      totalConnections: counts.reduce((sum, [, count]) => sum + count, 0),
      connectionsPerUser: Object.fromEntries(counts),
    }
  }
}
