import {
  Fault,
  type Group,
  type GroupMember,
  MAX_GROUP_MEMBERS,
  newGroupId,
  newParticipantId,
} from '@parley/model'
import type { EventHub } from './event-hub.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { Clock } from './ports/clock.ts'
import type { Lease, LeaseChange, LeaseValue } from './ports/leases.ts'
import type { Observer } from './ports/observer.ts'

/** How long a group lives without a member unless it is told otherwise (ms; wire, "signal"). */
export const GROUP_GRACE = 60_000

/** Holds an empty group for its grace. */
const GRACE_HOLDER = 'grace'

interface Dependencies {
  readonly keeper: LeaseKeeper
  readonly hub: EventHub
  readonly clock: Clock
  readonly observer: Observer
  /** `GROUP_GRACE` in ms: how long a group lives without a member. */
  readonly graceMs: number
}

/** One connection's place in a group, from its entry to its end. */
export interface Membership {
  readonly group: Group
  readonly member: GroupMember
  readonly lease: Lease
}

/** Who comes in. */
export interface Entry {
  readonly connectionId: string
  readonly username: string
  readonly accountId: string | null
  readonly peerId: string | null
}

/**
 * Groups of `signal`. A membership is a lease of a connection, and a group is there while a lease on its id is: of a
 * member, or for `graceMs` after one left. What happens is told on the topic `group:ID`.
 */
export class Groups {
  readonly #with: Dependencies
  readonly #unwatch: () => void

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    this.#unwatch = dependencies.keeper.leases.watch('member', (change) => this.#onLease(change))
  }

  stop(): void {
    this.#unwatch()
  }

  /** What the first member of a new group enters. */
  newGroup(name: string): Group {
    return { id: newGroupId(), name, createdAt: this.#with.clock.now() }
  }

  async find(groupId: string): Promise<(Group & { readonly memberCount: number }) | null> {
    const leases = await this.#leases(groupId)
    const [lease] = leases
    if (lease === undefined) return null
    return { ...groupOf(lease), memberCount: leases.filter(isMember).length }
  }

  /** Takes a place in a group that was found, or is new. Others hear of it by `announce`. Throws `GROUP_FULL`. */
  async enter(group: Group, entry: Entry, isNew: boolean): Promise<Membership> {
    const { connectionId, username, accountId, peerId } = entry
    const member: GroupMember = { userId: newParticipantId(), username, accountId, peerId }
    const answer = await this.#take(group, member, connectionId)
    if (answer === null) throw new Fault('GROUP_FULL', `This group has ${MAX_GROUP_MEMBERS} members already`)
    if (answer.first && !isNew) {
      // Its last moment was over before this one came in.
      await this.#with.keeper.release(answer.lease)
      throw groupNotFound()
    }
    return { group, member, lease: answer.lease }
  }

  announce({ group, member, lease }: Membership): void {
    this.#with.hub.publish(
      `group:${group.id}`,
      { type: 'group.joined', groupId: group.id, member },
      lease.holder,
    )
  }

  /** Everybody there but this member, oldest first. */
  async others({ group, member }: Membership): Promise<readonly GroupMember[]> {
    const leases = await this.#leases(group.id)
    return leases
      .filter(isMember)
      .map(memberOf)
      .filter(({ userId }) => userId !== member.userId)
  }

  /** The member can be called somewhere else, or nowhere (null). The old membership is void. */
  async movePeer(membership: Membership, peerId: string | null): Promise<Membership> {
    const { group, lease } = membership
    const member = { ...membership.member, peerId }
    // In the place of its own lease: there is room.
    const { keeper } = this.#with
    const answer = await keeper.take({ ...requestOf(group, member, lease.holder), capacity: 0 })
    if (answer.kind === 'full') throw new Error('a lease without a bound cannot be full')
    if (peerId !== null) {
      const event = { type: 'group.peer-changed', groupId: group.id, member } as const
      this.#with.hub.publish(`group:${group.id}`, event, lease.holder)
    }
    return { group, member, lease: answer.lease }
  }

  /** Never rejects. The group lives on for its grace. */
  async leave({ group, member, lease }: Membership): Promise<void> {
    // Before the release: of two who leave at once each is the last, for all it knows.
    await this.#hold(group)
    await this.#with.keeper.release(lease)
    this.#with.hub.publish(
      `group:${group.id}`,
      { type: 'group.left', groupId: group.id, member },
      lease.holder,
    )
  }

  async #take(group: Group, member: GroupMember, connectionId: string) {
    const request = { ...requestOf(group, member, connectionId), capacity: MAX_GROUP_MEMBERS }
    const answer = await this.#with.keeper.take(request)
    if (answer.kind === 'taken') return answer
    // The grace of those who left takes no place from who comes.
    const grace = (await this.#leases(group.id)).find((lease) => !isMember(lease))
    if (grace === undefined) return null
    await this.#with.keeper.release(grace)
    const again = await this.#with.keeper.take(request)
    return again.kind === 'taken' ? again : null
  }

  async #hold(group: Group): Promise<void> {
    try {
      await this.#with.keeper.takeUnrenewed({
        kind: 'member',
        key: group.id,
        holder: GRACE_HOLDER,
        value: { groupName: group.name, createdAt: group.createdAt },
        ttl: this.#with.graceMs,
      })
    } catch (error) {
      this.#with.observer.error('group not held', error)
    }
  }

  /** A node died. Every node hears of it, and tells its own. */
  #onLease({ type, lease }: LeaseChange): void {
    if (type !== 'lost' || !isMember(lease)) return
    const group = groupOf(lease)
    const event = { type: 'group.left', groupId: group.id, member: memberOf(lease) } as const
    this.#with.hub.dispatch(`group:${group.id}`, event)
    void this.#hold(group)
  }

  #leases(groupId: string): Promise<readonly Lease[]> {
    return this.#with.keeper.leases.holders('member', groupId)
  }
}

export const groupNotFound = (): Fault => new Fault('GROUP_NOT_FOUND', 'Group not found')

const requestOf = (group: Group, member: GroupMember, connectionId: string) => {
  const value: LeaseValue = { ...member, groupName: group.name, createdAt: group.createdAt }
  return { kind: 'member', key: group.id, holder: connectionId, value, whenFull: 'refuse' } as const
}

const isMember = (lease: Lease): boolean => lease.holder !== GRACE_HOLDER

const groupOf = ({ key, value }: Lease): Group => ({
  id: key,
  name: String(value['groupName']),
  createdAt: Number(value['createdAt']),
})

const memberOf = ({ value }: Lease): GroupMember => ({
  userId: String(value['userId']),
  username: String(value['username']),
  peerId: textOrNull(value['peerId']),
  accountId: textOrNull(value['accountId']),
})

const textOrNull = (value: LeaseValue[string] | undefined): string | null =>
  typeof value === 'string' ? value : null
