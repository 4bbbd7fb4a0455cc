import type { AdvanceReceipt, AppendDirect, AppendToChannel, CreateChannelOp } from '@parley/core'
import { newId } from '@parley/model'

interface Someone {
  readonly id: string
}

export const append = (from: Someone, to: Someone, fields: Partial<AppendDirect> = {}): AppendDirect => ({
  ...{ kind: 'append-direct', messageId: newId(), newConversationId: newId(), senderId: from.id },
  ...{ receiverId: to.id, type: 'text', content: 'hello', clientMessageId: null, parentId: null },
  createdAt: Date.now(),
  ...fields,
})

export const receipt = (
  reader: Someone,
  status: AdvanceReceipt['status'],
  conversation: AdvanceReceipt['conversation'],
  upTo: AdvanceReceipt['upTo'] = 'head',
): AdvanceReceipt => ({
  ...{ kind: 'advance-receipt', readerId: reader.id, conversation, status, upTo, at: Date.now() },
})

export const channel = (channelId: string, members: readonly string[]): CreateChannelOp => ({
  ...{ kind: 'create-channel', channelId, name: channelId, isPrivate: false, ownerId: members[0] ?? '' },
  ...{ memberIds: members.slice(1), at: Date.now() },
})

export const post = (
  from: Someone,
  channelId: string,
  fields: Partial<AppendToChannel> = {},
): AppendToChannel => ({
  ...{ kind: 'append-channel', messageId: newId(), channelId, senderId: from.id, content: 'hello' },
  ...{ clientMessageId: null, parentId: null, mentioned: [], createdAt: Date.now() },
  ...fields,
})
