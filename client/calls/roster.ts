import type { ServerFrame } from './frames.ts'
import type { Member } from './signal-line.ts'

/** As many as a group has. */
const MAX_MEMBERS = 50

/** The others of the group one is in. */
export class Roster {
  #members = new Map<string, Member>()

  reset(members: readonly Member[]): void {
    this.#members = new Map(members.slice(0, MAX_MEMBERS).map((member) => [member.id, member]))
  }

  /** Who came to be reached, or left; null: the frame says neither. */
  hear(frame: ServerFrame): Member | null {
    switch (frame.type) {
      case 'user-joined':
        return this.#put(frame.payload.user)
      case 'user-left': {
        const { userId } = frame.payload
        const member = this.#members.get(userId) ?? null
        this.#members.delete(userId)
        return member
      }
      case 'peer-joined': {
        const { peerId, username } = frame.payload
        const all = [...this.#members.values()]
        if (all.some((member) => member.peerId === peerId)) return null
        // This frame names no member: of those who cannot be reached yet, it is one with this name.
        const member = all.find((each) => each.peerId === undefined && each.username === username)
        return this.#put({ ...(member ?? { id: peerId, username }), peerId })
      }
      default:
        return null
    }
  }

  #put(member: Member): Member | null {
    if (this.#members.size >= MAX_MEMBERS && !this.#members.has(member.id)) return null
    this.#members.set(member.id, member)
    return member
  }
}
