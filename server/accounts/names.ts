import { randomBytes } from 'node:crypto'
import { isStorableText } from '@parley/model'
import { z } from 'zod'

/** A username: unique whatever the case (wire, "REST common to all"). */
export const USERNAME = { min: 2, max: 50, pattern: /^[A-Za-z0-9_.-]{2,50}$/ } as const

export const Username = z.string().trim().regex(USERNAME.pattern, 'Must be 2 to 50 of A-Z a-z 0-9 _ . -')

const MAX_AVATAR = 2_048

/** http(s), or a path on this server: never `javascript:` or `data:`. */
export const isAvatar = (text: string): boolean => {
  if (text.length > MAX_AVATAR || !isStorableText(text)) return false
  if (/^\/(?![/\\])/.test(text)) return true
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

export const Avatar = z.string().trim().refine(isAvatar, 'Must be an http(s) URL of at most 2048 characters')

/** For accounts made without a username: by OAuth, or by Better Auth's own routes. */
export const makeUsername = (prefix: 'user' | 'guest'): string =>
  `${prefix}-${randomBytes(6).toString('hex')}`
