import {
  DeleteMessage,
  EditMessage,
  Id,
  MAX_CHANNELS_PER_USER,
  ReactToMessage,
  SendToChannel,
} from '@parley/model'
import { z } from 'zod'

/** Events of document 003, "Message Events". */
export const MESSAGE_EVENT = {
  send: 'message:send',
  new: 'message:new',
  sent: 'message:sent',
  typingStart: 'message:typing:start',
  typingStop: 'message:typing:stop',
  delivered: 'message:delivered',
  read: 'message:read',
  error: 'message:error',
} as const

/** Document 003, `MessageDeliveryStatus`. */
export const DELIVERY_STATUS = ['SENT', 'DELIVERED', 'READ', 'FAILED'] as const
export type WireStatus = (typeof DELIVERY_STATUS)[number]

/** Most users whose presence one socket follows. */
export const MAX_WATCHED = 1_000

const Channel = z.object({ channelId: Id })

/** `room:join` and `room:leave` also take a bare id. */
export const RoomRequest = z.union([Channel, Id.transform((channelId) => ({ channelId }))])
export const SendRequest = SendToChannel
export const TypingRequest = Channel
/** The event's name decides; `status` and `channelId` are not compared. */
export const ReceiptRequest = z.object({ messageId: Id })
export const EditRequest = EditMessage
export const DeleteRequest = DeleteMessage
export const ReactRequest = ReactToMessage
const Revision = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
export const SyncRequestBody = z
  .object({
    epoch: z.string().max(100).nullish(),
    cursors: z
      .record(Id, Revision)
      .refine((cursors) => Object.keys(cursors).length <= MAX_CHANNELS_PER_USER)
      .default({}),
  })
  .default({ cursors: {} })
export const PresenceRequest = z.object({ userIds: z.array(Id).min(1).max(MAX_WATCHED) })

const Time = z.string().meta({ format: 'date-time' })

export const ReactionJson = z.object({
  emoji: z.string(),
  count: z.number().int(),
  userIds: z.array(z.string()).describe('Who reacted, oldest first: at most 20'),
})

/** A message as `message:new` and every list show it. */
export const ChannelMessageJson = z.object({
  id: z.string(),
  content: z.string().describe('As it was typed, without what a browser would run'),
  source: z.string().describe('As it was typed'),
  contentHtml: z.string().describe('`source` as Markdown, sanitised'),
  messageType: z.string(),
  channelId: z.string(),
  userId: z.string(),
  parentId: z.string().optional(),
  createdAt: Time,
  updatedAt: Time,
  editedAt: Time.nullable(),
  deletedAt: Time.nullable(),
  deliveryStatus: z.enum(DELIVERY_STATUS),
  seq: z.number().int(),
  rev: z.number().int(),
  clientMessageId: z.string().optional(),
  user: z.object({ id: z.string(), name: z.string(), avatar: z.string().nullable() }),
  deliveredTo: z.number().int().optional().describe('Members besides the author who took it; in lists'),
  readBy: z.number().int().optional().describe('Members besides the author who read it; in lists'),
  reactions: z.array(ReactionJson).optional().describe('In lists, and when the message changed'),
})
export type ChannelMessageJson = z.infer<typeof ChannelMessageJson>

/**
 * A channel as all of its members see it; `role` of the one who is told, where it is known. No positions: what is told late
 * must not lead back.
 */
export const ChannelJson = z.object({
  id: z.string(),
  name: z.string().nullable(),
  kind: z.enum(['direct', 'channel']),
  isPrivate: z.boolean(),
  role: z.enum(['owner', 'moderator', 'member']).nullable().optional(),
  memberCount: z.number().int(),
  createdAt: Time,
  archivedAt: Time.nullable(),
})
export type ChannelJson = z.infer<typeof ChannelJson>

/** A channel as one of its members, or a visitor of a public one, sees it. */
export const OwnChannelJson = ChannelJson.extend({
  role: z.enum(['owner', 'moderator', 'member']).nullable(),
  seq: z.number().int(),
  rev: z.number().int(),
  readSeq: z.number().int(),
  deliveredSeq: z.number().int(),
  unreadCount: z.number().int(),
  mentionCount: z.number().int(),
  peer: z
    .object({ id: z.string(), username: z.string(), avatar: z.string().nullable() })
    .optional()
    .describe('The other one of a direct conversation'),
})
export type OwnChannelJson = z.infer<typeof OwnChannelJson>

/** What a client may emit: the argument of each event. Fields it does not know are ignored. */
export const channelsClientEvents = {
  'room:join': RoomRequest,
  'room:leave': RoomRequest,
  'message:send': SendRequest,
  'message:typing:start': TypingRequest,
  'message:typing:stop': TypingRequest,
  'message:delivered': ReceiptRequest,
  'message:read': ReceiptRequest,
  'message:edit': EditRequest,
  'message:delete': DeleteRequest,
  'message:react': ReactRequest,
  sync: SyncRequestBody,
  'presence:subscribe': PresenceRequest,
  'presence:unsubscribe': PresenceRequest,
} as const

const Typing = z.object({
  userId: z.string(),
  channelId: z.string(),
  isTyping: z.boolean(),
  name: z.string().meta({ description: 'ext' }),
})
const Receipt = z.object({
  messageId: z.string(),
  channelId: z.string(),
  status: z.enum(DELIVERY_STATUS),
  userId: z.string().meta({ description: 'ext: who took or read it' }),
})

/** What the server emits: the argument of each event. */
export const channelsServerEvents = {
  'message:sent': z.object({
    messageId: z.string(),
    channelId: z.string(),
    status: z.literal('SENT'),
    clientMessageId: z.string().optional().meta({ description: 'ext' }),
    seq: z.number().int().meta({ description: 'ext' }),
  }),
  'message:new': ChannelMessageJson,
  'message:typing:start': Typing,
  'message:typing:stop': Typing,
  'message:delivered': Receipt,
  'message:read': Receipt,
  'message:error': z.object({
    error: z.string(),
    code: z.string().meta({ description: 'ext: for machines' }),
    clientMessageId: z.string().optional().meta({ description: 'ext: of the message that was refused' }),
    issues: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'ext: what is wrong where' }),
  }),
  'message:updated': z.object({ message: ChannelMessageJson }),
  'message:deleted': z.object({ messageId: z.string(), channelId: z.string(), rev: z.number().int() }),
  'message:reaction': z.object({
    messageId: z.string(),
    channelId: z.string(),
    userId: z.string(),
    emoji: z.string(),
    on: z.boolean(),
    rev: z.number().int(),
  }),
  'channel:updated': z.object({ channel: ChannelJson }),
  'channel:removed': z.object({ channelId: z.string(), reason: z.enum(['left', 'removed']) }),
  'channel:activity': z.object({ channelId: z.string(), seq: z.number().int(), mention: z.boolean() }),
  'channel:read': z.object({ channelId: z.string(), readSeq: z.number().int() }),
  presence: z.object({
    userId: z.string(),
    status: z.enum(['online', 'offline']),
    lastSeen: Time.nullable(),
  }),
  'server:drain': z.object({ reconnectInMs: z.number().int() }),
} as const

/** How far a member of a small conversation came; in the answer to `sync`. */
const MemberCursorsJson = z.object({
  userId: z.string(),
  deliveredSeq: z.number().int(),
  readSeq: z.number().int(),
})

/** What one conversation of the answer to `sync` holds. */
const SyncedChannelJson = z.union([
  z.object({ channelId: z.string(), resync: z.literal(true), channel: OwnChannelJson }),
  z.object({
    channelId: z.string(),
    resync: z.undefined().optional(),
    channel: OwnChannelJson,
    events: z.array(
      z.object({
        rev: z.number().int(),
        message: ChannelMessageJson.omit({ deliveredTo: true, readBy: true }),
      }),
    ),
    readBy: z.array(MemberCursorsJson),
    rev: z.number().int(),
    more: z.boolean(),
  }),
])
export type SyncedChannelJson = z.infer<typeof SyncedChannelJson>

const Changed = z.object({ messageId: z.string(), rev: z.number().int() })
const Entered = z.object({ channelId: z.string() })
const Done = z.object({})

/** What the acknowledgement of each event holds besides `ok: true`. */
export const channelsAnswers = {
  'room:join': Entered,
  'room:leave': Entered,
  'message:send': channelsServerEvents['message:sent'].extend({
    rev: z.number().int(),
    createdAt: Time,
    contentHtml: z.string().optional().describe('To sockets with `inbox: true`'),
  }),
  'message:typing:start': Done,
  'message:typing:stop': Done,
  'message:delivered': Done,
  'message:read': Done,
  'message:edit': Changed,
  'message:delete': Changed,
  'message:react': Changed,
  sync: z.object({
    epoch: z.string(),
    channels: z.array(SyncedChannelJson),
    removed: z.array(z.string()),
  }),
  'presence:subscribe': Done,
  'presence:unsubscribe': Done,
} as const satisfies Record<keyof typeof channelsClientEvents, z.ZodType>

/** For clients: the argument of what they emit, what they get for it, and what they hear, by event. */
export type ChannelsRequests = {
  readonly [E in keyof typeof channelsClientEvents]: z.input<(typeof channelsClientEvents)[E]>
}
export type ChannelsAnswers = {
  readonly [E in keyof typeof channelsAnswers]: z.infer<(typeof channelsAnswers)[E]>
}
export type ChannelsEvents = {
  readonly [E in keyof typeof channelsServerEvents]: z.infer<(typeof channelsServerEvents)[E]>
}
