import { z } from 'zod'

/** Events of document 004 as the wire page, "whisper (004)", settles them. `ext` fields are ours and can be ignored. */

const time = z.iso.datetime()
const code = z
  .string()
  .meta({ description: 'A room code: trimmed, then upper-cased, then 1 to 64 characters' })
const typist = z.object({
  username: z.string(),
  userId: z.string(),
  room: z.string().meta({ description: 'ext: where they type' }),
})
const inRoom = z.object({ room: code })

/** Longest content, after trimming. */
export const MAX_CONTENT = 5_000

/** What a client may emit: the argument of each event. Fields it does not know are ignored. */
export const whisperClientEvents = {
  join_room: code,
  leave_room: code,
  send_message: z.object({
    content: z.string().meta({ description: `1 to ${MAX_CONTENT} characters after trimming` }),
    room: code,
    messageType: z.string().optional().meta({ description: 'Whatever it is, it becomes `text`' }),
  }),
  typing_start: inRoom,
  typing_stop: inRoom,
} as const

/** What the server emits: the argument of each event. */
export const whisperServerEvents = {
  joined_room: z.string(),
  left_room: z.string(),
  users_online: z.array(
    z.object({
      socketId: z.string(),
      username: z.string(),
      userId: z.string(),
      room: z.string().meta({ description: 'ext: the room of the list, the same in every entry' }),
    }),
  ),
  new_message: z.object({
    _id: z.string(),
    content: z.string(),
    sender: z.object({ _id: z.string(), username: z.string(), isOnline: z.literal(true) }),
    room: z.string(),
    messageType: z.literal('text'),
    createdAt: time,
    isEdited: z.literal(false),
  }),
  user_typing: typist,
  user_stop_typing: typist,
  error: z.object({ message: z.string(), code: z.string().meta({ description: 'ext: for machines' }) }),
} as const

export type ServerEvent = keyof typeof whisperServerEvents
export type ServerEventArgument<E extends ServerEvent> = z.infer<(typeof whisperServerEvents)[E]>

/** For clients: the argument of what they emit, by event. */
export type WhisperRequests = {
  readonly [E in keyof typeof whisperClientEvents]: z.input<(typeof whisperClientEvents)[E]>
}
export type WhisperEvents = { readonly [E in ServerEvent]: ServerEventArgument<E> }
