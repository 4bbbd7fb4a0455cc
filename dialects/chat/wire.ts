import { z } from 'zod'

/** Frames of document 001 as the wire page, "chat (001)", settles them. `ext` fields are ours and can be ignored. */

const time = z.iso.datetime()
const user = z.object({ _id: z.string(), username: z.string(), avatar: z.string().nullable() })

/** What a client may send: the `data` of each type. Fields it does not know are ignored. */
export const clientFrames = {
  chat_message: z.object({
    receiverId: z.string(),
    content: z.string(),
    messageType: z.enum(['text', 'image', 'file', 'audio', 'video']).optional(),
    clientMessageId: z.string().min(1).max(64).optional().meta({ description: 'ext: makes a retry safe' }),
    parentId: z.string().optional().meta({ description: 'ext: the message this one answers' }),
  }),
  typing_start: z.object({ receiverId: z.string() }),
  typing_stop: z.object({ receiverId: z.string() }),
  mark_read: z.object({ senderId: z.string() }),
  get_online_users: z.object({}),
} as const

/** What the server sends: the `data` of each type. */
export const serverFrames = {
  connection_established: z.object({ userId: z.string(), username: z.string(), timestamp: time }),
  online_users: z.object({ users: z.array(user), totalOnline: z.int(), timestamp: time }),
  user_online: z.object({ userId: z.string(), username: z.string() }),
  user_offline: z.object({ userId: z.string(), username: z.string() }),
  new_message: z.object({
    messageId: z.string(),
    senderId: z.string(),
    senderUsername: z.string(),
    content: z.string(),
    messageType: z.string(),
    createdAt: time,
    seq: z.int().meta({ description: 'ext: position in the conversation' }),
  }),
  message_sent: z.object({
    messageId: z.string(),
    receiverId: z.string(),
    content: z.string(),
    messageType: z.string(),
    createdAt: time,
    status: z.literal('sent'),
    clientMessageId: z.string().optional(),
    seq: z.int().meta({ description: 'ext: position in the conversation' }),
  }),
  message_delivered: z.object({ messageId: z.string(), deliveredAt: time }),
  messages_read: z.object({ readBy: z.string(), readByUsername: z.string(), readAt: time }),
  mark_read_success: z.object({ senderId: z.string(), markedCount: z.int() }),
  typing_indicator: z.object({ userId: z.string(), username: z.string(), isTyping: z.boolean() }),
  error: z.object({
    message: z.string(),
    timestamp: time,
    code: z.string().meta({ description: 'ext: for machines' }),
  }),
  server_drain: z
    .object({ reconnectInMs: z.int() })
    .meta({ description: 'ext: the server goes; come back in so many ms' }),
} as const

export type ClientFrameType = keyof typeof clientFrames
export type ServerFrameType = keyof typeof serverFrames
export type ServerFrameData<T extends ServerFrameType> = z.infer<(typeof serverFrames)[T]>

/** Closing codes, always after a completed upgrade, so that a browser can read them. */
export const CLOSE = {
  authenticationRequired: [4001, 'Authentication required'],
  invalidToken: [4002, 'Invalid token'],
  userNotFound: [4003, 'User not found'],
  serverError: [4004, 'Server error'],
  newConnection: [4005, 'New connection established'],
} as const
