import { Fault } from '@parley/model'
import { z } from 'zod'

/** Lists that page; a cursor of one is refused by the others. */
export type ListName =
  | 'users'
  | 'online'
  | 'conversations'
  | 'messages'
  | 'search'
  | 'channels'
  | 'public-channels'
  | 'members'
  | 'channel-messages'
  | 'channel-messages-after'

const MAX_CURSOR = 1_024
const Parts = z.tuple([z.string(), z.union([z.string().min(1).max(512), z.number().int().min(1)])])

/** Opaque to clients: base64url of the list's name and where the page ended. Null at the end of the list. */
export const encodeCursor = (list: ListName, next: string | number | null): string | null =>
  next === null ? null : Buffer.from(JSON.stringify([list, next])).toString('base64url')

/** Throws a `Fault` `INVALID` for anything that this list did not make. */
export const decodeCursor = <T extends 'string' | 'number'>(
  list: ListName,
  type: T,
  cursor: string | undefined,
): (T extends 'string' ? string : number) | undefined => {
  if (cursor === undefined) return undefined
  const parsed = Parts.safeParse(parse(cursor))
  if (!parsed.success || parsed.data[0] !== list || typeof parsed.data[1] !== type) {
    throw new Fault('INVALID', 'cursor must be a nextCursor that this list answered with')
  }
  return parsed.data[1] as T extends 'string' ? string : number
}

const parse = (cursor: string): unknown => {
  if (cursor.length > MAX_CURSOR) return null
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

/** `limit` and `cursor` of every list. */
export const PageQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'Must be a whole number from 1 to 100')
    .transform(Number)
    .pipe(z.number().min(1).max(100))
    .default(50),
  cursor: z.string().optional(),
})
