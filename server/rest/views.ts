import type { DirectoryUser, DirectSummary, MessageView } from '@parley/core'
import type { ConversationJson, MessageJson, OwnUserJson, UserJson } from '@parley/dialect-rest'
import { type Account, isoTime, type Message, type User } from '@parley/model'

export const toUserJson = (user: User, isOnline: boolean, lastSeen: number | null): UserJson => ({
  id: user.id,
  _id: user.id,
  username: user.username,
  avatar: user.avatar,
  isOnline,
  lastSeen: lastSeen === null ? null : isoTime(lastSeen),
})

export const toOwnUserJson = (account: Account, isOnline: boolean, lastSeen: number | null): OwnUserJson => ({
  ...toUserJson(account, isOnline, lastSeen),
  email: account.role === 'guest' ? '' : account.email,
  role: account.role,
})

export const toMessageJson = (
  { message, sender, status, receiverId }: Omit<MessageView, 'sender'> & { readonly sender: User },
  viewerId: string,
): MessageJson => ({
  id: message.id,
  messageId: message.id,
  conversationId: message.conversationId,
  senderId: message.senderId,
  receiverId,
  senderUsername: sender.username,
  content: message.content,
  messageType: message.type,
  status,
  seq: message.seq,
  createdAt: isoTime(message.createdAt),
  ...ownClientId(message, viewerId),
})

/** A client id is its sender's: others could only learn to guess the next. */
const ownClientId = (message: Message, viewerId: string) =>
  message.clientMessageId !== null && message.senderId === viewerId
    ? { clientMessageId: message.clientMessageId }
    : {}

export const toConversationJson = (
  summary: DirectSummary,
  viewerId: string,
  isOnline: (peer: DirectoryUser) => boolean,
): ConversationJson => ({
  user: toUserJson(summary.peer, isOnline(summary.peer), summary.peer.lastSeen),
  lastMessage: toMessageJson(summary.last, viewerId),
  unreadCount: summary.unreadCount,
})
