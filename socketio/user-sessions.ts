import type { Session } from './session.ts'

/** The open sessions of this node, by user. */
export class UserSessions {
  readonly #byUser = new Map<string, readonly Session[]>()
  readonly #sizes = { channels: 0, whisper: 0 }

  /** The array never changes: who walks it may end sessions meanwhile. */
  of(userId: string): readonly Session[] {
    return this.#byUser.get(userId) ?? []
  }

  add(session: Session): void {
    this.#byUser.set(session.user.id, [...this.of(session.user.id), session])
    this.#sizes[session.dialect] += 1
  }

  remove(session: Session): void {
    const others = this.of(session.user.id).filter((other) => other !== session)
    if (others.length === 0) this.#byUser.delete(session.user.id)
    else this.#byUser.set(session.user.id, others)
    this.#sizes[session.dialect] -= 1
  }

  sizes(): { readonly channels: number; readonly whisper: number } {
    return { ...this.#sizes }
  }
}
