import type { Me } from '@parley/client'
import { kept } from '../settings/kept.ts'

/** Who is signed in. */
export interface SessionUser extends Me {
  /** A guest has whisper rooms, calls and public channels, and no direct messages. */
  readonly isGuest: boolean
}

/** Never a token: only who it is, so that the app opens offline with what is kept. */
export const USER_KEY = 'parley.user'
/** Signed out here while the server could not be told. */
const LEFT_KEY = 'parley.left'

export const parseUser = (json: string | null): SessionUser | null => {
  try {
    const { id, username, avatar, isGuest } = JSON.parse(json ?? '{}') as Partial<SessionUser>
    if (typeof id !== 'string' || typeof username !== 'string') return null
    return { id, username, avatar: typeof avatar === 'string' ? avatar : null, isGuest: isGuest === true }
  } catch {
    return null
  }
}

export const readUser = (): SessionUser | null => parseUser(kept.read(USER_KEY))
export const keepUser = (user: SessionUser | null): void =>
  kept.write(USER_KEY, user === null ? null : JSON.stringify(user))

export const hasLeft = (): boolean => kept.read(LEFT_KEY) !== null
export const keepLeft = (isLeft: boolean): void => kept.write(LEFT_KEY, isLeft ? 'yes' : null)
