import type {
  AddMembersOp,
  AppendToChannel,
  CreateChannelOp,
  DeleteMessageOp,
  EditMessageOp,
  ExpectedRoles,
  OpenDirectOp,
  ReactOp,
  RemoveMemberOp,
  SetRoleOp,
  UpdateChannelOp,
} from '@parley/core'
import { type ChannelRole, newId } from '@parley/model'

interface WithId {
  readonly id: string
}

/** `user` has `role`; null: is no member. */
export const has = ({ id }: WithId, role: ChannelRole | null): ExpectedRoles => [{ userId: id, role }]

export const createChannel = (owner: WithId, fields: Partial<CreateChannelOp> = {}): CreateChannelOp => ({
  ...{ kind: 'create-channel', channelId: newId(), name: 'General', isPrivate: false },
  ...{ ownerId: owner.id, memberIds: [], at: Date.now() },
  ...fields,
})

export const post = (
  channelId: string,
  sender: WithId,
  fields: Partial<AppendToChannel> = {},
): AppendToChannel => ({
  ...{ kind: 'append-channel', messageId: newId(), channelId, senderId: sender.id, content: 'hello' },
  ...{ clientMessageId: null, parentId: null, mentioned: [], createdAt: Date.now() },
  ...fields,
})

export const edit = (
  messageId: string,
  actor: WithId,
  content: string,
  mentioned: readonly string[] = [],
): EditMessageOp => ({
  ...{ kind: 'edit-message', messageId, actorId: actor.id, content, mentioned, at: Date.now() },
})

export const deletion = (messageId: string, expect: ExpectedRoles = []): DeleteMessageOp => ({
  ...{ kind: 'delete-message', messageId, expect, at: Date.now() },
})

export const react = (messageId: string, user: WithId, emoji: string, on = true): ReactOp => ({
  ...{ kind: 'react', messageId, userId: user.id, emoji, on, at: Date.now() },
})

export const openDirect = (user: WithId, peer: WithId): OpenDirectOp => ({
  ...{ kind: 'open-direct', newConversationId: newId(), userId: user.id, peerId: peer.id, at: Date.now() },
})

export const updateChannel = (
  channelId: string,
  fields: Pick<UpdateChannelOp, 'name' | 'isPrivate' | 'archived'>,
  expect: ExpectedRoles = [],
): UpdateChannelOp => ({ kind: 'update-channel', channelId, expect, at: Date.now(), ...fields })

export const addMembers = (
  channelId: string,
  userIds: readonly string[],
  fields: Partial<AddMembersOp> = {},
): AddMembersOp => ({
  ...{ kind: 'add-members', channelId, expect: [], isPrivate: false, userIds, at: Date.now() },
  ...fields,
})

export const removeMember = (
  channelId: string,
  user: WithId,
  expect: ExpectedRoles = [],
): RemoveMemberOp => ({
  ...{ kind: 'remove-member', channelId, expect, userId: user.id, at: Date.now() },
})

export const setRole = (
  channelId: string,
  user: WithId,
  role: ChannelRole,
  expect: ExpectedRoles = [],
): SetRoleOp => ({ kind: 'set-role', channelId, expect, userId: user.id, role })
