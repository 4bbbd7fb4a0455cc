import type { DirectoryUser, Page } from '@parley/core'
import { clamp, pageOf } from './memory-paging.ts'

const sortKey = (user: DirectoryUser): string => user.username.toLowerCase()

/** The accounts of a `MemoryStore`, and when they were last here. */
export class MemoryUsers {
  readonly #users = new Map<string, DirectoryUser>()
  readonly #lastSeen = new Map<string, number>()

  add(user: DirectoryUser): void {
    this.#users.set(user.id, user)
  }

  touch(userId: string, at: number): void {
    this.#lastSeen.set(userId, Math.max(at, this.#lastSeen.get(userId) ?? 0))
  }

  find(id: string): DirectoryUser | null {
    const user = this.#users.get(id)
    return user === undefined ? null : { ...user, lastSeen: this.#lastSeen.get(id) ?? user.lastSeen }
  }

  findMany(ids: readonly string[]): DirectoryUser[] {
    return [...new Set(ids)].map((id) => this.find(id)).filter((user) => user !== null)
  }

  findByName(username: string): DirectoryUser | null {
    const found = [...this.#users.values()].find((user) => sortKey(user) === username.toLowerCase())
    return this.find(found?.id ?? '')
  }

  list(query: { search?: string; after?: string; limit: number }): Page<DirectoryUser, string> {
    const prefix = query.search?.toLowerCase() ?? ''
    const after = query.after?.toLowerCase() ?? ''
    const users = this.findMany([...this.#users.keys()])
      .filter((user) => !user.disabled && user.role !== 'guest' && sortKey(user).startsWith(prefix))
      .filter((user) => sortKey(user) > after)
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    return pageOf(users, clamp(query.limit, 100), (user) => user.username)
  }
}
