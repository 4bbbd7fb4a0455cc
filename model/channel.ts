import { z } from 'zod'
import type { ConversationKind } from './conversation.ts'
import { Id } from './ids.ts'
import { isStorableText, UNSTORABLE } from './text.ts'

/** From most to least: an owner may do what a moderator may, and a moderator what a member may. */
export const CHANNEL_ROLES = ['owner', 'moderator', 'member'] as const
export type ChannelRole = (typeof CHANNEL_ROLES)[number]

export const MAX_CHANNEL_NAME = 100
/** Most members of one channel. */
export const MAX_CHANNEL_MEMBERS = 20_000
/** Most accounts that one request invites. */
export const MAX_INVITED = 100
/** Most channels one account may be in. */
export const MAX_CHANNELS_PER_USER = 1_000

/** A conversation as all of its members see it. */
export interface Channel {
  readonly id: string
  readonly kind: ConversationKind
  /** Null for a direct conversation: to each of the two it is called after the other. */
  readonly name: string | null
  readonly isPrivate: boolean
  readonly memberCount: number
  /** Position of the newest message; 0: none. */
  readonly seq: number
  /** Counts messages and every change of one. */
  readonly rev: number
  /** Epoch ms. */
  readonly createdAt: number
  /** Epoch ms since when nothing can be written to it; null: it is in use. */
  readonly archivedAt: number | null
}

export const ChannelName = z.string().trim().min(1).max(MAX_CHANNEL_NAME).refine(isStorableText, UNSTORABLE)

export const CreateChannel = z.object({
  name: ChannelName,
  isPrivate: z.boolean().default(false),
  /** Accounts that are members from the beginning, besides the owner. */
  memberIds: z.array(Id).max(MAX_INVITED).default([]),
})
export type CreateChannel = z.infer<typeof CreateChannel>

export const UpdateChannel = z
  .object({
    name: ChannelName.optional(),
    isPrivate: z.boolean().optional(),
    archived: z.boolean().optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'Nothing to change')
export type UpdateChannel = z.infer<typeof UpdateChannel>
