import { z } from 'zod'
import { ClientMessageId, Id } from './ids.ts'
import { MESSAGE_TYPES } from './message.ts'
import { isStorableText, UNSTORABLE } from './text.ts'

/** Longest content of a direct message, in UTF-16 units after trimming (wire, chat). */
export const MAX_DIRECT_CONTENT = 5_000

/** `Send this text to that user`: the command behind chat's `chat_message` and `POST /api/messages`. */
export const SendDirect = z.object({
  receiverId: Id,
  content: z.string().trim().min(1).max(MAX_DIRECT_CONTENT).refine(isStorableText, UNSTORABLE),
  messageType: z.enum(MESSAGE_TYPES).default('text'),
  clientMessageId: ClientMessageId.refine(isStorableText, UNSTORABLE).optional(),
  parentId: Id.optional(),
})
export type SendDirect = z.infer<typeof SendDirect>
