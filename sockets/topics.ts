import type { Connection } from './connection.ts'
import type { Frame } from './frame.ts'

const NOBODY: ReadonlySet<never> = new Set<never>()

/**
 * Who listens to what on this process. A topic exists while somebody is in it. A connection that is not open
 * cannot join; its owner calls `leaveAll` when it closes.
 */
export class Topics<Data = unknown> {
  readonly #members = new Map<string, Set<Connection<Data>>>()
  readonly #joined = new Map<Connection<Data>, Set<string>>()

  join(topic: string, connection: Connection<Data>): void {
    if (!connection.isOpen) return
    const members = this.#members.get(topic)
    if (members === undefined) this.#members.set(topic, new Set([connection]))
    else members.add(connection)
    const topics = this.#joined.get(connection)
    if (topics === undefined) this.#joined.set(connection, new Set([topic]))
    else topics.add(topic)
  }

  leave(topic: string, connection: Connection<Data>): void {
    this.#remove(topic, connection)
    const topics = this.#joined.get(connection)
    if (topics?.delete(topic) && topics.size === 0) this.#joined.delete(connection)
  }

  leaveAll(connection: Connection<Data>): void {
    for (const topic of this.#joined.get(connection) ?? []) this.#remove(topic, connection)
    this.#joined.delete(connection)
  }

  /**
   * Sends one frame to every open member but the connection with the id `except`. The frame is encoded once.
   * Returns how many it was handed to.
   */
  publish(topic: string, frame: Frame, except?: string): number {
    let count = 0
    for (const connection of this.#members.get(topic) ?? NOBODY) {
      if (!connection.isOpen || connection.id === except) continue
      connection.send(frame)
      count++
    }
    return count
  }

  size(topic: string): number {
    return this.#members.get(topic)?.size ?? 0
  }

  members(topic: string): ReadonlySet<Connection<Data>> {
    return this.#members.get(topic) ?? NOBODY
  }

  #remove(topic: string, connection: Connection<Data>): void {
    const members = this.#members.get(topic)
    if (members?.delete(connection) && members.size === 0) this.#members.delete(topic)
  }
}
