import type { MessageCreated, MessageView, OnlineSnapshot, SentMessage } from '@parley/core'
import {
  ClientMessageId,
  Fault,
  type FaultCode,
  Id,
  isoTime,
  isStorableText,
  MAX_DIRECT_CONTENT,
  MESSAGE_TYPES,
  type Message,
  type SendableType,
  type SendDirect,
  type User,
} from '@parley/model'
import { type Frame, parseJson, textFrame } from '@parley/sockets'
import type { ServerFrameData, ServerFrameType } from './wire.ts'

/** What a frame of a client asks for. */
export type ChatCommand =
  | { readonly type: 'chat_message'; readonly send: SendDirect }
  | { readonly type: 'typing_start' | 'typing_stop'; readonly receiverId: string }
  | { readonly type: 'mark_read'; readonly senderId: string }
  | { readonly type: 'get_online_users' }

export type ErrorCode = FaultCode | 'INVALID_JSON' | 'UNKNOWN_TYPE' | 'MISSING_FIELDS' | 'SERVER_ERROR'

export type Decoded =
  | { readonly ok: true; readonly command: ChatCommand }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string }

type Fields = Readonly<Record<string, unknown>>

const ParentId = Id.optional()

/** Longest type that an error repeats. */
const MAX_ECHO = 64

/** One frame's text to a command, or to the sentence that document 001 answers with. Never throws. */
export const decode = (text: string): Decoded => {
  const parsed = parseJson(text)
  if (!parsed.ok || !isObject(parsed.value)) {
    return refuse('INVALID_JSON', 'Invalid message format. Please send valid JSON.')
  }
  const { type } = parsed.value
  const data = isObject(parsed.value['data']) ? parsed.value['data'] : {}
  switch (type) {
    case 'chat_message':
      return decodeSend(data)
    case 'typing_start':
    case 'typing_stop': {
      const receiverId = nonEmpty(data['receiverId'])
      if (receiverId === null) return refuse('MISSING_FIELDS', 'Missing required fields: receiverId')
      const id = Id.safeParse(receiverId)
      if (!id.success) return refuse('RECEIVER_NOT_FOUND', 'Receiver not found')
      return { ok: true, command: { type, receiverId: id.data } }
    }
    case 'mark_read': {
      const senderId = nonEmpty(data['senderId'])
      if (senderId === null) return refuse('MISSING_FIELDS', 'Missing required fields: senderId')
      return { ok: true, command: { type, senderId: senderId.toLowerCase() } }
    }
    case 'get_online_users':
      return { ok: true, command: { type } }
    default:
      return refuse('UNKNOWN_TYPE', `Unknown message type: ${nameOf(type)}`)
  }
}

const decodeSend = (data: Fields): Decoded => {
  const receiverId = nonEmpty(data['receiverId'])
  const content = nonEmpty(data['content'])
  if (receiverId === null || content === null) {
    return refuse('MISSING_FIELDS', 'Missing required fields: receiverId and content')
  }
  if (content.length > MAX_DIRECT_CONTENT) {
    return refuse('TOO_LONG', `Message too long (max ${MAX_DIRECT_CONTENT} characters)`)
  }
  if (!isStorableText(content)) {
    return refuse(
      'INVALID',
      'The content holds a character that cannot be stored (NUL or half a surrogate pair)',
    )
  }
  const receiver = Id.safeParse(receiverId)
  if (!receiver.success) return refuse('RECEIVER_NOT_FOUND', 'Receiver not found')
  const messageType = data['messageType'] ?? 'text'
  if (!isSendableType(messageType)) {
    return refuse('INVALID', `messageType must be one of ${MESSAGE_TYPES.join(', ')}`)
  }
  const clientMessageId = data['clientMessageId'] ?? undefined
  if (clientMessageId !== undefined && !isClientMessageId(clientMessageId)) {
    return refuse('INVALID', 'clientMessageId must be a text of 1 to 64 characters')
  }
  const parent = ParentId.safeParse(data['parentId'] ?? undefined)
  if (!parent.success) return refuse('INVALID', 'parentId must be a message id')
  return {
    ok: true,
    command: {
      type: 'chat_message',
      send: { receiverId: receiver.data, content, messageType, clientMessageId, parentId: parent.data },
    },
  }
}

const refuse = (code: ErrorCode, message: string): Decoded => ({ ok: false, code, message })

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSendableType = (value: unknown): value is SendableType =>
  (MESSAGE_TYPES as readonly unknown[]).includes(value)

const isClientMessageId = (value: unknown): value is string =>
  ClientMessageId.safeParse(value).success && isStorableText(value as string)

/** Trimmed; null when there is nothing left or it is no text. */
const nonEmpty = (value: unknown): string | null => {
  if (typeof value !== 'string') return null
  const trimmed = value.trim()
  return trimmed === '' ? null : trimmed
}

const nameOf = (type: unknown): string => {
  const name = typeof type === 'string' ? type : type === null ? 'null' : typeof type
  return name.length > MAX_ECHO ? `${name.slice(0, MAX_ECHO)}…` : name
}

const frame = <T extends ServerFrameType>(type: T, data: ServerFrameData<T>): Frame =>
  textFrame(JSON.stringify({ type, data }))

export const connectionEstablished = (user: User, at: number): Frame =>
  frame('connection_established', { userId: user.id, username: user.username, timestamp: isoTime(at) })

export const newMessage = ({ message, sender }: MessageCreated | MessageView): Frame =>
  frame('new_message', {
    messageId: message.id,
    senderId: sender.id,
    senderUsername: sender.username,
    content: message.content,
    messageType: message.type,
    createdAt: isoTime(message.createdAt),
    seq: message.seq,
  })

export const messageSent = ({ message }: SentMessage, receiverId: string): Frame =>
  frame('message_sent', sentData(message, receiverId))

const sentData = (message: Message, receiverId: string): ServerFrameData<'message_sent'> => ({
  messageId: message.id,
  receiverId,
  content: message.content,
  messageType: message.type,
  createdAt: isoTime(message.createdAt),
  status: 'sent',
  ...(message.clientMessageId === null ? {} : { clientMessageId: message.clientMessageId }),
  seq: message.seq,
})

export const messageDelivered = (messageId: string, at: number): Frame =>
  frame('message_delivered', { messageId, deliveredAt: isoTime(at) })

export const messagesRead = (reader: User, at: number): Frame =>
  frame('messages_read', { readBy: reader.id, readByUsername: reader.username, readAt: isoTime(at) })

export const markReadSuccess = (senderId: string, markedCount: number): Frame =>
  frame('mark_read_success', { senderId, markedCount })

export const typingIndicator = (user: User, isTyping: boolean): Frame =>
  frame('typing_indicator', { userId: user.id, username: user.username, isTyping })

export const userPresence = (user: User, isOnline: boolean): Frame =>
  frame(isOnline ? 'user_online' : 'user_offline', { userId: user.id, username: user.username })

export const serverDrain = (reconnectInMs: number): Frame => frame('server_drain', { reconnectInMs })

export const errorFrame = (code: ErrorCode, message: string, at: number): Frame =>
  frame('error', { message, timestamp: isoTime(at), code })

/** A fault of the core in the words of document 001. What is not a fault is never shown. */
export const faultFrame = (error: unknown, at: number): Frame => {
  if (!(error instanceof Fault)) return errorFrame('SERVER_ERROR', 'Server error', at)
  // The document's sentence for "nothing was stored; try again".
  const message = error.code === 'UNAVAILABLE' ? 'Server error' : error.message
  return errorFrame(error.code, message, at)
}

/** JSON of a list of users, made once for as long as the list stays the same. */
const usersJson = new WeakMap<readonly User[], string>()

export const onlineUsers = ({ users, totalOnline }: OnlineSnapshot, at: number): Frame => {
  let json = usersJson.get(users)
  if (json === undefined) {
    json = JSON.stringify(users.map(({ id, username, avatar }) => ({ _id: id, username, avatar })))
    usersJson.set(users, json)
  }
  return textFrame(
    `{"type":"online_users","data":{"users":${json},"totalOnline":${totalOnline},"timestamp":"${isoTime(at)}"}}`,
  )
}
