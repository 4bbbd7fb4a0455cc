import {
  type ChannelMessageView,
  type ChannelView,
  type DirectSummary,
  MAX_REACTORS,
  type MessageView,
  type Reaction,
} from '@parley/core'
import {
  channelOf,
  type MemoryConversation,
  type MemoryMessage,
  NO_CURSORS,
  peerOf,
  progressOf,
} from './memory-conversations.ts'
import type { MemoryUsers } from './memory-users.ts'

/** What a `MemoryStore` shows of a conversation and its messages. */
export class MemoryViews {
  readonly #users: MemoryUsers

  constructor(users: MemoryUsers) {
    this.#users = users
  }

  message(conversation: MemoryConversation, { message }: MemoryMessage): MessageView {
    const { deliveredSeq, readSeq } = progressOf(conversation, [message.senderId])
    const isDelivered = message.seq <= deliveredSeq
    const sender = this.#users.find(message.senderId)
    return {
      message,
      sender: {
        id: message.senderId,
        username: sender?.username ?? 'Deleted account',
        avatar: sender?.avatar ?? null,
      },
      status: message.seq <= readSeq ? 'read' : isDelivered ? 'delivered' : 'sent',
      receiverId: peerOf(conversation, message.senderId),
    }
  }

  channelMessage(conversation: MemoryConversation, entry: MemoryMessage): ChannelMessageView {
    const { senderId, seq } = entry.message
    const others = [...conversation.members].filter(([id]) => id !== senderId)
    return {
      ...this.message(conversation, entry),
      deliveredTo: others.filter(([, { cursors }]) => cursors.deliveredSeq >= seq).length,
      readBy: others.filter(([, { cursors }]) => cursors.readSeq >= seq).length,
      reactions: reactionsOf(entry),
    }
  }

  channel(conversation: MemoryConversation, userId: string): ChannelView {
    const member = conversation.members.get(userId)
    const cursors = member?.cursors ?? NO_CURSORS
    const unread = member === undefined ? [] : unreadOf(conversation, userId)
    return {
      channel: channelOf(conversation),
      role: member?.role ?? null,
      cursors,
      unreadCount: unread.length,
      mentionCount: unread.filter(({ mentions }) => mentions.has(userId)).length,
      peer: this.#users.find(peerOf(conversation, userId) ?? ''),
    }
  }

  summary(conversation: MemoryConversation, userId: string): DirectSummary {
    return {
      conversationId: conversation.id,
      kind: 'direct',
      peer: this.#users.find(peerOf(conversation, userId)!)!,
      last: this.message(conversation, conversation.messages.at(-1)!),
      unreadCount: unreadOf(conversation, userId).length,
    }
  }
}

/** Messages of others after one's own `readSeq`. */
const unreadOf = ({ messages, members }: MemoryConversation, userId: string): readonly MemoryMessage[] =>
  messages
    .slice(members.get(userId)?.cursors.readSeq ?? 0)
    .filter(({ message }) => message.senderId !== userId)

const reactionsOf = ({ reactions }: MemoryMessage): readonly Reaction[] =>
  [...reactions].map(([emoji, userIds]) => ({
    emoji,
    count: userIds.length,
    userIds: userIds.slice(0, MAX_REACTORS),
  }))
