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
import type { Database, Statement } from 'better-sqlite3'
import { type ChannelRow, listedAs, toChannel } from './channel-row.ts'
import { CHANNEL_WRITE } from './channel-statements.ts'
import type { DirectOpener } from './direct-opener.ts'
import type { Heads } from './heads.ts'
import { Membership } from './membership.ts'
import type { MentionWriter } from './mention-writer.ts'
import type { Roles } from './roles.ts'
import { MAX_CHANNEL_MEMBERS } from './write-limits.ts'

/** What a change of a channel did beside the channel itself. */
interface Effects {
  readonly added?: readonly string[]
  readonly newOwnerId?: string | null
}

/** Makes and changes channels and who is in them, inside the batch's transaction. */
export class ChannelWriter {
  readonly #heads: Heads
  readonly #roles: Roles
  readonly #mentions: MentionWriter
  readonly #directs: DirectOpener
  readonly #membership: Membership
  readonly #findChannel: Statement
  readonly #addChannel: Statement
  readonly #updateChannel: Statement
  readonly #setRole: Statement
  readonly #findByRole: Statement
  readonly #findOldest: Statement
  readonly #listMembers: Statement

  constructor(db: Database, heads: Heads, roles: Roles, mentions: MentionWriter, directs: DirectOpener) {
    this.#heads = heads
    this.#roles = roles
    this.#mentions = mentions
    this.#directs = directs
    this.#membership = new Membership(db)
    this.#findChannel = db.prepare(CHANNEL_WRITE.findChannel)
    this.#addChannel = db.prepare(CHANNEL_WRITE.addChannel)
    this.#updateChannel = db.prepare(CHANNEL_WRITE.updateChannel)
    this.#setRole = db.prepare(CHANNEL_WRITE.setRole)
    this.#findByRole = db.prepare(CHANNEL_WRITE.findByRole).pluck()
    this.#listMembers = db.prepare(CHANNEL_WRITE.listMembers).pluck()
    this.#findOldest = db.prepare(CHANNEL_WRITE.findOldest).pluck()
  }

  create(op: CreateChannelOp): CreateChannelOutcome {
    const { channelId, name, isPrivate, ownerId, memberIds, at } = op
    // A batch whose commit was lost in between is sent again.
    const there = this.#find(channelId)
    if (there !== undefined) return { kind: 'created', channel: there, memberIds: this.#memberIds(channelId) }
    if (!this.#membership.hasRoom(ownerId)) return { kind: 'too-many' }
    const others = [...new Set(memberIds)].filter(
      (userId) => userId !== ownerId && this.#membership.hasRoom(userId),
    )
    const lastOrd = this.#directs.takeOrd()
    const listed = listedAs({ name, isPrivate, archivedAt: null })
    this.#addChannel.run(channelId, name, listed, isPrivate ? 1 : 0, lastOrd, at)
    this.#heads.remember({ id: channelId, directKey: null, seq: 0, rev: 0, lastOrd, archivedAt: null })
    this.#membership.add(channelId, ownerId, 'owner', at)
    for (const userId of others) this.#membership.add(channelId, userId, 'member', at)
    return { kind: 'created', channel: this.#find(channelId)!, memberIds: [ownerId, ...others] }
  }

  change(op: ChannelChangeOp): ChannelOutcome {
    const channel = this.#find(op.channelId)
    if (channel?.kind !== 'channel') return { kind: 'not-found' }
    if (!this.#roles.areAsExpected(channel.id, op.expect)) return { kind: 'stale' }
    switch (op.kind) {
      case 'update-channel':
        return this.#update(channel, op)
      case 'add-members':
        return this.#add(channel, op)
      case 'remove-member':
        return this.#remove(channel, op)
      case 'set-role':
        return this.#changeRole(channel, op)
    }
  }

  #update(channel: Channel, op: UpdateChannelOp): ChannelOutcome {
    const { name = channel.name, isPrivate = channel.isPrivate, archived, at } = op
    const archivedAt = archived === false ? null : archived ? (channel.archivedAt ?? at) : channel.archivedAt
    this.#store({ ...channel, name, isPrivate, archivedAt })
    return this.#updated(channel.id)
  }

  #add({ id, isPrivate, archivedAt, memberCount }: Channel, op: AddMembersOp): ChannelOutcome {
    if (isPrivate !== op.isPrivate) return { kind: 'stale' }
    if (archivedAt !== null) return { kind: 'archived' }
    const newcomers = [...new Set(op.userIds)].filter((userId) => this.#roles.find(id, userId) === undefined)
    const added = newcomers.filter((userId) => this.#membership.hasRoom(userId))
    const isFull = memberCount + added.length > MAX_CHANNEL_MEMBERS
    if (isFull || (newcomers.length > 0 && added.length === 0)) return { kind: 'full' }
    for (const userId of added) this.#membership.add(id, userId, 'member', op.at)
    return this.#updated(id, { added })
  }

  #remove(channel: Channel, { userId, at }: RemoveMemberOp): ChannelOutcome {
    const { id } = channel
    const member = this.#roles.find(id, userId)
    if (member === undefined) return { kind: 'not-found' }
    this.#membership.remove(id, userId, member)
    this.#mentions.removeOf(id, userId)
    const heir = this.#findByRole.get(id, 'moderator') ?? this.#findOldest.get(id)
    if (heir === undefined) this.#store({ ...channel, archivedAt: channel.archivedAt ?? at })
    if (heir === undefined || member.role !== 'owner') return this.#updated(id)
    this.#setRole.run('owner', id, heir)
    return this.#updated(id, { newOwnerId: heir as string })
  }

  #changeRole({ id }: Channel, { userId, role }: SetRoleOp): ChannelOutcome {
    const member = this.#roles.find(id, userId)
    if (member === undefined) return { kind: 'not-found' }
    const isNewOwner = role === 'owner' && member.role !== 'owner'
    if (isNewOwner) this.#setRole.run('moderator', id, this.#findByRole.get(id, 'owner') ?? null)
    this.#setRole.run(role, id, userId)
    return this.#updated(id, { newOwnerId: isNewOwner ? userId : null })
  }

  #store({ id, name, isPrivate, archivedAt }: Channel): void {
    const listed = listedAs({ name, isPrivate, archivedAt })
    this.#updateChannel.run(name, listed, isPrivate ? 1 : 0, archivedAt, id)
    const head = this.#heads.findById(id)
    if (head !== undefined) head.archivedAt = archivedAt
  }

  #memberIds(id: string): string[] {
    return this.#listMembers.all(id, MAX_CHANNEL_MEMBERS) as string[]
  }

  /** As of this moment: what the batch moved is written first. */
  #find(id: string): Channel | undefined {
    this.#heads.flush()
    const row = this.#findChannel.get(id) as ChannelRow | undefined
    return row === undefined ? undefined : toChannel(row)
  }

  #updated(id: string, { added = [], newOwnerId = null }: Effects = {}): ChannelOutcome {
    return { kind: 'updated', channel: this.#find(id)!, added, newOwnerId }
  }
}
