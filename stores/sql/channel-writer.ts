import type {
  AddMembersOp,
  ChannelChangeOp,
  ChannelOutcome,
  CreateChannelOp,
  CreateChannelOutcome,
  RemoveMemberOp,
  SetRoleOp,
  UpdateChannelOp,
} from '@parley/core'
import type { Channel } from '@parley/model'
import { type ChannelRow, listedAs, toChannel } from './channel-row.ts'
import { CHANNEL_WRITE } from './channel-statements.ts'
import type { DirectOpener } from './direct-opener.ts'
import type { Heads } from './heads.ts'
import { Membership } from './membership.ts'
import { mentions } from './mention-writer.ts'
import { areAsExpected, findMember } from './roles.ts'
import { row, rows, run, type Work } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'
import { MAX_CHANNEL_MEMBERS } from './write-limits.ts'

/** What a change of a channel did beside the channel itself. */
interface Effects {
  readonly added?: readonly string[]
  readonly newOwnerId?: string | null
}

interface UserRow {
  readonly user_id: string
}

/** Makes and changes channels and who is in them, inside the batch's transaction. */
export class ChannelWriter {
  readonly #heads: Heads
  readonly #directs: DirectOpener
  readonly #membership: Membership
  readonly #findChannel: string

  constructor(heads: Heads, directs: DirectOpener, flavour: WriteFlavour) {
    this.#heads = heads
    this.#directs = directs
    this.#membership = new Membership(flavour)
    this.#findChannel = CHANNEL_WRITE.findChannel + flavour.lock
  }

  *create(op: CreateChannelOp): Work<CreateChannelOutcome> {
    const { channelId, name, isPrivate, ownerId, memberIds, at } = op
    // A batch whose commit was lost in between is sent again.
    const there = yield* this.#find(channelId)
    if (there !== undefined) {
      return { kind: 'created', channel: there, memberIds: yield* this.#memberIds(channelId) }
    }
    const [owner, ...others] = yield* this.#membership.withRoom([...new Set([ownerId, ...memberIds])])
    if (owner !== ownerId) return { kind: 'too-many' }
    const lastOrd = yield* this.#directs.takeOrd()
    const listed = listedAs({ name, isPrivate, archivedAt: null })
    yield* run(CHANNEL_WRITE.addChannel, channelId, name, listed, isPrivate ? 1 : 0, lastOrd, at)
    yield* this.#heads.remember({
      ...{ id: channelId, directKey: null, seq: 0, rev: 0, lastOrd, archivedAt: null },
    })
    yield* this.#membership.add(channelId, [ownerId], 'owner', at)
    yield* this.#membership.add(channelId, others, 'member', at)
    return { kind: 'created', channel: (yield* this.#find(channelId))!, memberIds: [ownerId, ...others] }
  }

  *change(op: ChannelChangeOp): Work<ChannelOutcome> {
    const channel = yield* this.#find(op.channelId)
    if (channel?.kind !== 'channel') return { kind: 'not-found' }
    if (!(yield* areAsExpected(channel.id, op.expect))) return { kind: 'stale' }
    switch (op.kind) {
      case 'update-channel':
        return yield* this.#update(channel, op)
      case 'add-members':
        return yield* this.#add(channel, op)
      case 'remove-member':
        return yield* this.#remove(channel, op)
      case 'set-role':
        return yield* this.#changeRole(channel, op)
    }
  }

  *#update(channel: Channel, op: UpdateChannelOp): Work<ChannelOutcome> {
    const { name = channel.name, isPrivate = channel.isPrivate, archived, at } = op
    const archivedAt = archived === false ? null : archived ? (channel.archivedAt ?? at) : channel.archivedAt
    yield* this.#store({ ...channel, name, isPrivate, archivedAt })
    return yield* this.#updated(channel.id)
  }

  *#add({ id, isPrivate, archivedAt, memberCount }: Channel, op: AddMembersOp): Work<ChannelOutcome> {
    if (isPrivate !== op.isPrivate) return { kind: 'stale' }
    if (archivedAt !== null) return { kind: 'archived' }
    const newcomers = yield* this.#membership.strangers(id, [...new Set(op.userIds)])
    const added = yield* this.#membership.withRoom(newcomers)
    const isFull = memberCount + added.length > MAX_CHANNEL_MEMBERS
    if (isFull || (newcomers.length > 0 && added.length === 0)) return { kind: 'full' }
    yield* this.#membership.add(id, added, 'member', op.at)
    return yield* this.#updated(id, { added })
  }

  *#remove(channel: Channel, { userId, at }: RemoveMemberOp): Work<ChannelOutcome> {
    const { id } = channel
    const member = yield* findMember(id, userId)
    if (member === undefined) return { kind: 'not-found' }
    yield* this.#membership.remove(id, userId, member)
    yield* mentions.removeOf(id, userId)
    const heir =
      (yield* row<UserRow>(CHANNEL_WRITE.findByRole, id, 'moderator')) ??
      (yield* row<UserRow>(CHANNEL_WRITE.findOldest, id))
    if (heir === undefined) yield* this.#store({ ...channel, archivedAt: channel.archivedAt ?? at })
    if (heir === undefined || member.role !== 'owner') return yield* this.#updated(id)
    yield* run(CHANNEL_WRITE.setRole, 'owner', id, heir.user_id)
    return yield* this.#updated(id, { newOwnerId: heir.user_id })
  }

  *#changeRole({ id }: Channel, { userId, role }: SetRoleOp): Work<ChannelOutcome> {
    const member = yield* findMember(id, userId)
    if (member === undefined) return { kind: 'not-found' }
    const isNewOwner = role === 'owner' && member.role !== 'owner'
    if (isNewOwner) {
      const owner = yield* row<UserRow>(CHANNEL_WRITE.findByRole, id, 'owner')
      yield* run(CHANNEL_WRITE.setRole, 'moderator', id, owner?.user_id ?? null)
    }
    yield* run(CHANNEL_WRITE.setRole, role, id, userId)
    return yield* this.#updated(id, { newOwnerId: isNewOwner ? userId : null })
  }

  *#store({ id, name, isPrivate, archivedAt }: Channel): Work<void> {
    const listed = listedAs({ name, isPrivate, archivedAt })
    yield* run(CHANNEL_WRITE.updateChannel, name, listed, isPrivate ? 1 : 0, archivedAt, id)
    const head = yield* this.#heads.findById(id)
    if (head !== undefined) head.archivedAt = archivedAt
  }

  *#memberIds(id: string): Work<string[]> {
    const found = yield* rows<UserRow>(CHANNEL_WRITE.listMembers, id, MAX_CHANNEL_MEMBERS)
    return found.map(({ user_id }) => user_id)
  }

  /** As of this moment: what the batch moved is written first. */
  *#find(id: string): Work<Channel | undefined> {
    yield* this.#heads.flush()
    const found = yield* row<ChannelRow>(this.#findChannel, id)
    return found === undefined ? undefined : toChannel(found)
  }

  *#updated(id: string, { added = [], newOwnerId = null }: Effects = {}): Work<ChannelOutcome> {
    return { kind: 'updated', channel: (yield* this.#find(id))!, added, newOwnerId }
  }
}
