import type {
  AppendDirect,
  AppendOutcome,
  AppendToChannel,
  AppendToChannelOutcome,
  ChangeOutcome,
  DeleteMessageOp,
  EditMessageOp,
  MessageChangeOp,
  ReactOp,
} from '@parley/core'
import { MAX_REACTIONS, type Message } from '@parley/model'
import {
  isAsExpected,
  type Located,
  type MemoryConversation,
  type MemoryConversations,
  type MemoryMessage,
  mentionedOf,
  pairOf,
} from './memory-conversations.ts'

/** What is written to the messages of a `MemoryStore`. */
export class MemoryMessages {
  readonly #conversations: MemoryConversations

  constructor(conversations: MemoryConversations) {
    this.#conversations = conversations
  }

  appendDirect(op: AppendDirect): AppendOutcome {
    const known = this.#conversations.direct(op.senderId, op.receiverId)
    const earlier = this.#conversations.byClientId(op.senderId, op.clientMessageId)
    if (earlier !== undefined) {
      const isSame = earlier.conversation === known && isSameBody(earlier.entry, op, op.type)
      return isSame ? { kind: 'repeated', message: earlier.entry.message } : { kind: 'client-id-reused' }
    }
    if (!hasParent(known, op.parentId)) return { kind: 'parent-not-found' }
    const { newConversationId, receiverId, messageId: id, senderId, createdAt, type } = op
    const pair = pairOf(senderId, receiverId)
    const made = { id: newConversationId, pair, name: null, isPrivate: true, at: createdAt }
    const { content, clientMessageId, parentId } = op
    const message = this.#conversations.append(
      known ?? this.#conversations.open(made),
      { id, senderId, type, content, clientMessageId, parentId, createdAt },
      new Set(),
    )
    return { kind: 'appended', message }
  }

  appendToChannel(op: AppendToChannel): AppendToChannelOutcome {
    const channel = this.#conversations.channel(op.channelId)
    const earlier = this.#conversations.byClientId(op.senderId, op.clientMessageId)
    if (earlier !== undefined) {
      const isSame = earlier.conversation === channel && isSameBody(earlier.entry, op, 'text')
      if (isSame) return { kind: 'repeated', message: earlier.entry.message }
      return { kind: channel?.members.has(op.senderId) ? 'client-id-reused' : 'not-a-member' }
    }
    if (!channel?.members.has(op.senderId)) return { kind: 'not-a-member' }
    if (channel.archivedAt !== null) return { kind: 'archived' }
    if (!hasParent(channel, op.parentId)) return { kind: 'parent-not-found' }
    const { messageId: id, senderId, content, clientMessageId, parentId, createdAt } = op
    const mentioned = mentionedOf(channel, op.mentioned, senderId)
    const message = this.#conversations.append(
      channel,
      { id, senderId, type: 'text', content, clientMessageId, parentId, createdAt },
      mentioned,
    )
    return { kind: 'appended', message, mentioned: [...mentioned] }
  }

  change(op: MessageChangeOp): ChangeOutcome {
    const found = this.#conversations.message(op.messageId)
    if (found === undefined || found.entry.message.deletedAt !== null) return { kind: 'not-found' }
    switch (op.kind) {
      case 'edit-message':
        return edit(found, op)
      case 'delete-message':
        return remove(found, op)
      case 'react':
        return react(found, op)
    }
  }
}

const isSameBody = (
  { first }: MemoryMessage,
  op: { readonly content: string; readonly parentId: string | null },
  type: Message['type'],
): boolean => first.content === op.content && first.type === type && first.parentId === op.parentId

const hasParent = (conversation: MemoryConversation | undefined, parentId: string | null): boolean =>
  parentId === null || (conversation?.messages.some(({ message }) => message.id === parentId) ?? false)

function edit(found: Located, op: EditMessageOp): ChangeOutcome {
  const { conversation, entry } = found
  const { senderId, type, content } = entry.message
  if (!conversation.members.has(op.actorId)) return { kind: 'not-found' }
  if (senderId !== op.actorId || type === 'call') return { kind: 'forbidden' }
  if (conversation.archivedAt !== null) return { kind: 'archived' }
  if (content === op.content) return unchanged(found)
  entry.mentions = mentionedOf(conversation, op.mentioned, senderId)
  return changed(found, { content: op.content, editedAt: op.at })
}

function remove(found: Located, op: DeleteMessageOp): ChangeOutcome {
  const { conversation, entry } = found
  if (!isAsExpected(conversation, op.expect)) return { kind: 'stale' }
  if (conversation.archivedAt !== null) return { kind: 'archived' }
  entry.mentions = new Set()
  entry.reactions = new Map()
  return changed(found, { content: '', deletedAt: op.at })
}

function react(found: Located, { userId, emoji, on }: ReactOp): ChangeOutcome {
  const { conversation, entry } = found
  if (!conversation.members.has(userId)) return { kind: 'not-found' }
  if (conversation.archivedAt !== null) return { kind: 'archived' }
  const had = entry.reactions.get(emoji) ?? []
  if (had.includes(userId) === on) return unchanged(found)
  if (had.length === 0 && entry.reactions.size >= MAX_REACTIONS) return { kind: 'too-many' }
  const has = on ? [...had, userId] : had.filter((id) => id !== userId)
  entry.reactions = new Map([...new Map(entry.reactions).set(emoji, has)].filter(([, ids]) => ids.length > 0))
  return changed(found, {})
}

function changed({ conversation, entry }: Located, fields: Partial<Message>): ChangeOutcome {
  conversation.rev += 1
  entry.message = { ...entry.message, ...fields, rev: conversation.rev }
  return { kind: 'changed', message: entry.message, place: placeOf(conversation) }
}

const unchanged = ({ conversation, entry }: Located): ChangeOutcome => ({
  kind: 'unchanged',
  message: entry.message,
  place: placeOf(conversation),
})

const placeOf = ({ id, kind, pair }: MemoryConversation) => ({ conversationId: id, kind, members: pair })
