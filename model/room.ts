import { z } from 'zod'
import { isStorableText, UNSTORABLE } from './text.ts'

export const MAX_ROOM_NAME = 50
export const MAX_ROOM_CODE = 64

/** A room's code as everyone means it, however they typed it (document 004, "Room Code Normalization"). Null: it is none. */
export const normalizeRoomCode = (code: unknown): string | null => {
  if (typeof code !== 'string') return null
  const normal = code.trim().toUpperCase()
  return normal.length >= 1 && normal.length <= MAX_ROOM_CODE && isStorableText(normal) ? normal : null
}

export const CreateRoom = z.object({
  name: z.string().trim().min(1).max(MAX_ROOM_NAME).refine(isStorableText, UNSTORABLE),
  pin: z.string().regex(/^\d{4}$/, 'Must be 4 digits'),
})
export type CreateRoom = z.infer<typeof CreateRoom>

/**
 * What is known of a whisper room besides who is in it. What is said in it is nowhere.
 * A room that went is kept as its code alone when it had a PIN: it must not reopen without one.
 */
export interface Room {
  readonly code: string
  readonly name: string
  readonly creatorId: string
  /** Null: open to everyone who knows the code. */
  readonly pinHash: string | null
  /** Epoch ms. */
  readonly createdAt: number
  /** Has anybody ever had a seat? One nobody entered goes after a day. */
  readonly wasEntered: boolean
}
