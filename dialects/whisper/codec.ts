import type { Seated, Whispered } from '@parley/core'
import {
  Fault,
  type FaultCode,
  isoTime,
  isStorableText,
  MAX_ROOM_CODE,
  normalizeRoomCode,
  type User,
} from '@parley/model'
import type { Refusal, RefusalReason } from '@parley/socketio'
import { MAX_CONTENT, type ServerEventArgument } from './wire.ts'

export type ErrorCode = FaultCode | 'MISSING_FIELDS' | 'SERVER_ERROR'

/** What an event asks for, or the sentence that document 004 answers with. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string }

export interface Said {
  readonly room: string
  /** Trimmed. */
  readonly content: string
}

const refuse = (code: ErrorCode, message: string): Decoded<never> => ({ ok: false, code, message })

/** The argument of `join_room` and `leave_room`: a bare code. */
export const decodeCode = (payload: unknown): Decoded<string> => codeOf(payload, 'Room code is required')

/** The argument of the typing events. */
export const decodeTyping = (payload: unknown): Decoded<string> =>
  codeOf(fieldsOf(payload)['room'], 'Room required')

/** The argument of `send_message`, in the order in which document 004 checks it. The type is not looked at: all is text. */
export const decodeSaid = (payload: unknown): Decoded<Said> => {
  const { content, room } = fieldsOf(payload)
  if (typeof content !== 'string' || content === '' || !isStorableText(content)) {
    return refuse('INVALID', 'Invalid content')
  }
  const trimmed = content.trim()
  if (trimmed === '') return refuse('MISSING_FIELDS', 'Message required')
  if (trimmed.length > MAX_CONTENT) return refuse('TOO_LONG', `Message too long (max ${MAX_CONTENT} chars)`)
  const code = codeOf(room, 'Room required')
  return code.ok ? { ok: true, value: { room: code.value, content: trimmed } } : code
}

const codeOf = (value: unknown, missing: string): Decoded<string> => {
  const code = normalizeRoomCode(value)
  if (code !== null) return { ok: true, value: code }
  const isMissing = typeof value !== 'string' || value.trim() === ''
  return isMissing
    ? refuse('MISSING_FIELDS', missing)
    : refuse('INVALID', `A room code has 1 to ${MAX_ROOM_CODE} characters`)
}

const fieldsOf = (payload: unknown): Readonly<Record<string, unknown>> =>
  typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {}

export const newMessage = (event: Whispered): ServerEventArgument<'new_message'> => ({
  _id: event.id,
  content: event.content,
  sender: { _id: event.sender.id, username: event.sender.username, isOnline: true },
  room: event.code,
  messageType: 'text',
  createdAt: isoTime(event.createdAt),
  isEdited: false,
})

/** A socket may sit in several rooms: `room` says which list this is. */
export const usersOnline = (present: readonly Seated[], room: string): ServerEventArgument<'users_online'> =>
  present.map(({ connectionId, username, userId }) => ({ socketId: connectionId, username, userId, room }))

export const typist = ({ username, id }: User, room: string): ServerEventArgument<'user_typing'> => ({
  username,
  userId: id,
  room,
})

/** A fault of the core in the words of document 004. What is not a fault is never shown. */
export const toError = (error: unknown, sentence: string): ServerEventArgument<'error'> => {
  if (!(error instanceof Fault)) return { message: sentence, code: 'SERVER_ERROR' }
  // Nothing is wrong with what was asked for: the document has a sentence of its own for that.
  return { message: error.code === 'UNAVAILABLE' ? sentence : error.message, code: error.code }
}

/** Document 004 knows two refusals. */
export const refusal = (reason: RefusalReason): Refusal => ({
  message: reason === 'user-not-found' ? 'User not found' : 'Authentication error',
})
