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

/** Most whose names a message shows (`MAX_REACTORS`). */
const MAX_REACTORS = 20

/** A reaction more or less, as one event tells it. Events tell changes only. */
export const withReaction = (
  message: Stored,
  { emoji, userId, on }: { readonly emoji: string; readonly userId: string; readonly on: boolean },
): Stored => {
  const before = message.reactions ?? []
  const known = before.find((one) => one.emoji === emoji) ?? { emoji, count: 0, userIds: [] }
  const others = known.userIds.filter((id) => id !== userId)
  const userIds = (on ? [...others, userId] : others).slice(0, MAX_REACTORS)
  const changed = { emoji, count: known.count + (on ? 1 : -1), userIds }
  const all = before.includes(known)
    ? before.map((one) => (one === known ? changed : one))
    : [...before, changed]
  return { ...message, reactions: all.filter(({ count }) => count > 0) }
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
