import { ChannelMessageJson, OwnChannelJson } from '@parley/dialect-channels'
import { CHANNEL_ROLES } from '@parley/model'
import { z } from 'zod'

/** Shapes of REST (wire, "REST common to all"): what the routes answer with, and what clients get their types from. */

const Time = z.string().meta({ format: 'date-time' })
const NextCursor = z.string().nullable().describe('For the next page; null at the end')

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
export type OwnUserJson = z.infer<typeof OwnUserJson>

/** Answers signing up, signing in and renewing a token. */
export const SessionJson = z.object({ message: z.string(), token: z.string(), user: OwnUserJson })
export type SessionJson = z.infer<typeof SessionJson>

export const ProfileJson = z.object({ user: OwnUserJson })
export type ProfileJson = z.infer<typeof ProfileJson>

export const UsersJson = z.object({ users: z.array(UserJson), nextCursor: NextCursor })
export type UsersJson = z.infer<typeof UsersJson>

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

export const MessagesJson = z.object({ messages: z.array(MessageJson), nextCursor: NextCursor })
export type MessagesJson = z.infer<typeof MessagesJson>

export const ConversationJson = z.object({
  user: UserJson,
  lastMessage: MessageJson,
  unreadCount: z.number().int(),
})
export type ConversationJson = z.infer<typeof ConversationJson>

export const ChannelAnswerJson = z.object({ channel: OwnChannelJson })
export type ChannelAnswerJson = z.infer<typeof ChannelAnswerJson>

export const ChannelsJson = z.object({ channels: z.array(OwnChannelJson), nextCursor: NextCursor })
export type ChannelsJson = z.infer<typeof ChannelsJson>

export const ChannelMessagesJson = z.object({ messages: z.array(ChannelMessageJson), nextCursor: NextCursor })
export type ChannelMessagesJson = z.infer<typeof ChannelMessagesJson>

export const MemberJson = z.object({
  user: z.object({ id: z.string(), username: z.string(), avatar: z.string().nullable() }),
  role: z.enum(CHANNEL_ROLES),
  readSeq: z.number().int(),
  deliveredSeq: z.number().int(),
  joinedAt: Time,
})
export type MemberJson = z.infer<typeof MemberJson>

export const MembersJson = z.object({ members: z.array(MemberJson), nextCursor: NextCursor })
export type MembersJson = z.infer<typeof MembersJson>

const Person = z.object({ _id: z.string(), username: z.string() })

/** Answers making, entering and leaving a whisper room. */
export const RoomToldJson = z.object({ message: z.string(), roomCode: z.string(), roomName: z.string() })
export type RoomToldJson = z.infer<typeof RoomToldJson>

export const RoomJson = z.object({
  roomCode: z.string(),
  roomName: z.string(),
  creator: Person,
  members: z.array(Person).describe('Oldest member first, at most 1,000'),
  isActive: z.boolean(),
  emptyAt: Time.nullable().describe('Since when nobody is there but somebody may come back; else null'),
  createdAt: Time,
})
export type RoomJson = z.infer<typeof RoomJson>

export const GroupJson = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: Time,
  memberCount: z.number().int().describe('0: it goes when nobody comes back in time'),
  exists: z.literal(true),
})
export type GroupJson = z.infer<typeof GroupJson>

export const IceServersJson = z.object({
  iceServers: z
    .array(
      z.object({
        urls: z.array(z.string()).readonly(),
        username: z.string().optional(),
        credential: z.string().optional(),
      }),
    )
    .readonly()
    .describe('For RTCPeerConnection as it is'),
  ttl: z.number().optional().describe('Ms for which the credentials begin relays; ask again after that'),
})
export type IceServersJson = z.infer<typeof IceServersJson>
