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
import { MAX_CHANNEL_MEMBERS, MAX_CHANNELS_PER_USER } from '@parley/model'
import {
  channelOf,
  isAsExpected,
  join,
  leave,
  type MemoryConversation,
  type MemoryConversations,
} from './memory-conversations.ts'

/** What changes the channels of a `MemoryStore` and who is in them. */
export class MemoryChannels {
  readonly #conversations: MemoryConversations

  constructor(conversations: MemoryConversations) {
    this.#conversations = conversations
  }

  create({ channelId: id, name, isPrivate, ownerId, memberIds, at }: CreateChannelOp): CreateChannelOutcome {
    const there = this.#conversations.channel(id)
    if (there !== undefined) return created(there)
    if (!this.#hasRoom(ownerId)) return { kind: 'too-many' }
    const others = [...new Set(memberIds)].filter((userId) => userId !== ownerId && this.#hasRoom(userId))
    const channel = this.#conversations.open({ id, pair: null, name, isPrivate, at })
    join(channel, ownerId, 'owner', at)
    for (const userId of others) join(channel, userId, 'member', at)
    return created(channel)
  }

  change(op: ChannelChangeOp): ChannelOutcome {
    const channel = this.#conversations.channel(op.channelId)
    if (channel === undefined) return { kind: 'not-found' }
    if (!isAsExpected(channel, op.expect)) return { kind: 'stale' }
    switch (op.kind) {
      case 'update-channel':
        return update(channel, op)
      case 'add-members':
        return this.#add(channel, op)
      case 'remove-member':
        return remove(channel, op)
      case 'set-role':
        return setRole(channel, op)
    }
  }

  #add(channel: MemoryConversation, { isPrivate, userIds, at }: AddMembersOp): ChannelOutcome {
    if (channel.isPrivate !== isPrivate) return { kind: 'stale' }
    if (channel.archivedAt !== null) return { kind: 'archived' }
    const newcomers = [...new Set(userIds)].filter((id) => !channel.members.has(id))
    const added = newcomers.filter((id) => this.#hasRoom(id))
    const isFull = channel.members.size + added.length > MAX_CHANNEL_MEMBERS
    if (isFull || (newcomers.length > 0 && added.length === 0)) return { kind: 'full' }
    for (const userId of added) join(channel, userId, 'member', at)
    return updated(channel, { added })
  }

  #hasRoom(userId: string): boolean {
    const joined = this.#conversations.of(userId).filter(({ kind }) => kind === 'channel')
    return joined.length < MAX_CHANNELS_PER_USER
  }
}

function update(channel: MemoryConversation, op: UpdateChannelOp): ChannelOutcome {
  if (op.name !== undefined) channel.name = op.name
  if (op.isPrivate !== undefined) channel.isPrivate = op.isPrivate
  if (op.archived !== undefined) channel.archivedAt = op.archived ? (channel.archivedAt ?? op.at) : null
  return updated(channel)
}

function remove(channel: MemoryConversation, { userId, at }: RemoveMemberOp): ChannelOutcome {
  const member = channel.members.get(userId)
  if (member === undefined) return { kind: 'not-found' }
  leave(channel, userId)
  for (const entry of channel.messages) {
    entry.mentions = new Set([...entry.mentions].filter((id) => id !== userId))
  }
  const [oldest] = channel.members
  if (oldest === undefined) channel.archivedAt ??= at
  if (oldest === undefined || member.role !== 'owner') return updated(channel)
  const [newOwnerId, heir] = [...channel.members].find(([, { role }]) => role === 'moderator') ?? oldest
  heir.role = 'owner'
  return updated(channel, { newOwnerId })
}

function setRole(channel: MemoryConversation, { userId, role }: SetRoleOp): ChannelOutcome {
  const member = channel.members.get(userId)
  if (member === undefined) return { kind: 'not-found' }
  const isNewOwner = role === 'owner' && member.role !== 'owner'
  const owner = [...channel.members.values()].find((one) => one.role === 'owner')
  if (isNewOwner && owner !== undefined) owner.role = 'moderator'
  member.role = role
  return updated(channel, { newOwnerId: isNewOwner ? userId : null })
}

const created = (channel: MemoryConversation): CreateChannelOutcome => ({
  kind: 'created',
  channel: channelOf(channel),
  memberIds: [...channel.members.keys()],
})

const updated = (
  channel: MemoryConversation,
  { added = [], newOwnerId = null }: { added?: readonly string[]; newOwnerId?: string | null } = {},
): ChannelOutcome => ({ kind: 'updated', channel: channelOf(channel), added, newOwnerId })
