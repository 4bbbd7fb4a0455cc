import { z } from 'zod'
import { ClientMessageId, Id } from './ids.ts'
import { isStorableText, UNSTORABLE } from './text.ts'

/** Longest content of a channel message, in UTF-16 units after trimming (document 003, "Data Validation"). */
export const MAX_CHANNEL_CONTENT = 2_000
/** Longest name of a reaction: an emoji of several code points, or a short word. */
export const MAX_EMOJI = 32
/** Most different reactions to one message; the next one is refused. */
export const MAX_REACTIONS = 20

const Content = z
  .string()
  .trim()
  .min(1, 'Must not be empty')
  .max(MAX_CHANNEL_CONTENT, `Must have at most ${MAX_CHANNEL_CONTENT} characters`)
  .refine(isStorableText, UNSTORABLE)

/** `Send this text to that channel`: the command behind `message:send`. */
export const SendToChannel = z.object({
  content: Content,
  channelId: Id,
  parentId: Id.nullish().transform((id) => id ?? undefined),
  clientMessageId: ClientMessageId.refine(isStorableText, UNSTORABLE)
    .nullish()
    .transform((id) => id ?? undefined),
})
export interface SendToChannel {
  readonly content: string
  readonly channelId: string
  readonly parentId?: string | undefined
  readonly clientMessageId?: string | undefined
}

export const EditMessage = z.object({ messageId: Id, content: Content })
export type EditMessage = z.infer<typeof EditMessage>

export const DeleteMessage = z.object({ messageId: Id })

export const ReactToMessage = z.object({
  messageId: Id,
  /** Nothing that HTML or a query would read as its own. */
  emoji: z
    .string()
    .min(1)
    .max(MAX_EMOJI)
    .regex(/^[^\s<>&"'`=\\/]+$/u, 'Must be an emoji or a short word')
    .refine(isStorableText, UNSTORABLE),
  on: z.boolean(),
})
export type ReactToMessage = z.infer<typeof ReactToMessage>
