import type { DirectoryUser, DirectSummary, MessageView } from '@parley/core'
import type { Account, Message, User } from '@parley/model'
import { z } from 'zod'

const Time = z.string().meta({ format: 'date-time' })

/** A user as others see it. */
export const UserJson = z.object({
  id: z.string(),
  _id: z.string().describe('The same as `id`'),
  username: z.string(),
  avatar: z.string().nullable(),
  isOnline: z.boolean(),
  lastSeen: Time.nullable(),
})
export type UserJson = z.infer<typeof UserJson>

/** A user as seen by oneself. */
export const OwnUserJson = UserJson.extend({ email: z.string(), role: z.enum(['user', 'admin', 'guest']) })

export const MessageJson = z.object({
  id: z.string(),
  messageId: z.string().describe('The same as `id`'),
  conversationId: z.string(),
  senderId: z.string(),
  receiverId: z.string().nullable(),
  senderUsername: z.string(),
  content: z.string(),
  messageType: z.string(),
  status: z.enum(['sent', 'delivered', 'read']),
  seq: z.number().int(),
  createdAt: Time,
  clientMessageId: z.string().optional().describe("The sender's own id; only to the sender"),
})
export type MessageJson = z.infer<typeof MessageJson>

export const ConversationJson = z.object({
  user: UserJson,
  lastMessage: MessageJson,
  unreadCount: z.number().int(),
})

const iso = (time: number): string => new Date(time).toISOString()

export const toUserJson = (user: User, isOnline: boolean, lastSeen: number | null): UserJson => ({
  id: user.id,
  _id: user.id,
  username: user.username,
  avatar: user.avatar,
  isOnline,
  lastSeen: lastSeen === null ? null : iso(lastSeen),
})

export const toOwnUserJson = (account: Account, isOnline: boolean, lastSeen: number | null) => ({
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
  createdAt: iso(message.createdAt),
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
) => ({
  user: toUserJson(summary.peer, isOnline(summary.peer), summary.peer.lastSeen),
  lastMessage: toMessageJson(summary.last, viewerId),
  unreadCount: summary.unreadCount,
})
