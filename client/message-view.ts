import type { Message, MessageStatus, Reaction } from './api/message.ts'
import type { Me } from './api/parley.ts'
import type { OutboxRecord } from './api/storage.ts'
import type { Stored } from './timeline.ts'

const NO_REACTIONS: readonly Reaction[] = []

/** How far others came, over all of them. */
export interface Reached {
  readonly delivered: number
  readonly read: number
}

const statusOf = ({ seq, deliveryStatus }: Stored, { delivered, read }: Reached): MessageStatus => {
  if (seq <= read || deliveryStatus === 'READ') return 'read'
  return seq <= delivered || deliveryStatus === 'DELIVERED' ? 'delivered' : 'sent'
}

/** A stored message as lists show it. */
export const viewOfStored = (stored: Stored, meId: string, reached: Reached): Message => {
  const isOwn = stored.userId === meId
  return {
    key: (isOwn ? stored.clientMessageId : undefined) ?? stored.id,
    id: stored.id,
    conversationId: stored.channelId,
    seq: stored.seq,
    author: stored.user,
    isOwn,
    source: stored.deletedAt === null ? stored.source : '',
    contentHtml: stored.contentHtml,
    messageType: stored.messageType,
    parentId: stored.parentId ?? null,
    createdAt: stored.createdAt,
    editedAt: stored.editedAt,
    deletedAt: stored.deletedAt,
    status: isOwn ? statusOf(stored, reached) : null,
    failure: null,
    reactions:
      stored.reactions?.map((one) => ({ ...one, isOwn: one.userIds.includes(meId) })) ?? NO_REACTIONS,
  }
}

/** A message that waits in the outbox. */
export const viewOfWaiting = (record: OutboxRecord, me: Me): Message => ({
  key: record.clientMessageId,
  id: null,
  conversationId: record.channelId,
  seq: null,
  author: { id: me.id, name: me.username, avatar: me.avatar },
  isOwn: true,
  source: record.content,
  contentHtml: null,
  messageType: 'text',
  parentId: record.parentId,
  createdAt: new Date(record.createdAt).toISOString(),
  editedAt: null,
  deletedAt: null,
  status: record.failure === null ? 'sending' : 'failed',
  failure: record.failure,
  reactions: NO_REACTIONS,
})

/** A reaction more or less, as one event tells it. */
export const withReaction = (
  message: Stored,
  { emoji, userId, on }: { readonly emoji: string; readonly userId: string; readonly on: boolean },
): Stored => {
  const others = (message.reactions ?? []).filter((one) => one.emoji !== emoji)
  const known = message.reactions?.find((one) => one.emoji === emoji)
  const before = known ?? { emoji, count: 0, userIds: [] }
  const isThere = before.userIds.includes(userId)
  if (isThere === on) return message
  const userIds = on ? [...before.userIds, userId] : before.userIds.filter((id) => id !== userId)
  const changed = { emoji, count: before.count + (on ? 1 : -1), userIds }
  if (changed.count <= 0) return { ...message, reactions: others }
  const reactions =
    known === undefined
      ? [...others, changed]
      : (message.reactions ?? []).map((one) => (one.emoji === emoji ? changed : one))
  return { ...message, reactions }
}

/** Nothing of what it said is left; it stays in its place. */
export const asDeleted = (message: Stored, at: string): Stored => ({
  ...message,
  content: '',
  source: '',
  contentHtml: '',
  reactions: [],
  deletedAt: at,
})
