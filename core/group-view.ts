import type { GroupMember } from '@parley/model'
import type { GroupJoined, GroupLeft, GroupPeerChanged } from './events.ts'

export type GroupEvent = GroupJoined | GroupLeft | GroupPeerChanged

/** Most events kept for one who is coming in (a moment, and no member says more than its limit). */
const MAX_EARLY = 1_000

/**
 * What one member has been told of the others. The list that a member gets on entering, and the events of those who come and
 * go meanwhile, overlap: this lets each arrival and departure through once.
 */
export class GroupView {
  #known: Set<string> | null = null
  #early: GroupEvent[] = []

  /** Must this member be told? What comes before the list waits for it. */
  accepts(event: GroupEvent): boolean {
    const { userId } = event.member
    if (this.#known === null) {
      if (this.#early.length < MAX_EARLY) this.#early.push(event)
      return false
    }
    switch (event.type) {
      case 'group.joined':
        if (this.#known.has(userId)) return false
        this.#known.add(userId)
        return true
      case 'group.left':
        return this.#known.delete(userId)
      case 'group.peer-changed':
        return this.#known.has(userId)
    }
  }

  /** The list is being told. Answers what came before it and is news all the same. */
  listed(members: readonly GroupMember[]): GroupEvent[] {
    this.#known = new Set(members.map(({ userId }) => userId))
    const peers = new Map(members.map(({ userId, peerId }) => [userId, peerId]))
    const early = this.#early
    this.#early = []
    return early.filter((event) => {
      // The list knew of it already.
      if (event.type === 'group.peer-changed' && peers.get(event.member.userId) === event.member.peerId)
        return false
      return this.accepts(event)
    })
  }
}
