import { APIError, createAuthMiddleware } from 'better-auth/api'
import { isAvatar, makeUsername } from './names.ts'

interface Listeners {
  readonly onIdentityEnded: (userId: string, sessionId: string | null) => void
  readonly onAccountChanged: (userId: string) => void
  readonly onAccountRemoved: (userId: string) => void
}

type Row = Readonly<Record<string, unknown>>

/**
 * What holds for every row that Better Auth writes, by whatever route, plugin or call of ours: every account has a
 * username, avatars are web addresses, and the end of every session is told.
 */
export const accountHooks = ({ onIdentityEnded, onAccountChanged, onAccountRemoved }: Listeners) => ({
  user: {
    create: {
      before: async (user: Row) => {
        checkAvatar(user)
        const isGuest = user['isAnonymous'] === true
        const name =
          typeof user['username'] === 'string' && user['username'] !== ''
            ? null
            : makeUsername(isGuest ? 'guest' : 'user')
        return {
          data: {
            ...user,
            ...(name === null ? {} : { username: name, displayUsername: name }),
            ...(isGuest ? { role: 'guest' } : {}),
          } as never,
        }
      },
    },
    update: {
      before: async (change: Row) => {
        checkAvatar(change)
      },
      after: async (user: Row | null) => {
        if (user === null) return
        const userId = String(user['id'])
        onAccountChanged(userId)
        if (user['banned'] === true) onIdentityEnded(userId, null)
      },
    },
    delete: {
      after: async (user: Row) => {
        const userId = String(user['id'])
        onIdentityEnded(userId, null)
        onAccountRemoved(userId)
      },
    },
  },
  session: {
    delete: {
      after: async (session: Row) => onIdentityEnded(String(session['userId']), String(session['id'])),
    },
  },
})

const checkAvatar = ({ image }: Row): void => {
  if (typeof image !== 'string' || isAvatar(image)) return
  throw new APIError('BAD_REQUEST', { code: 'INVALID_AVATAR', message: 'image must be an http(s) URL' })
}

/** Where a body names a user: in itself, or (the admin plugin) in `data`. */
const NAMING_PATHS: Readonly<Record<string, 'body' | 'data'>> = {
  '/sign-up/email': 'body',
  '/update-user': 'body',
  '/admin/create-user': 'data',
  '/admin/update-user': 'data',
}

/** Others see `displayUsername`: it may differ from `username` in case only, or anyone could take anyone's name. */
export const nameHooks = ({ onIdentityEnded }: Listeners) => ({
  before: createAuthMiddleware(async (context) => {
    const where = NAMING_PATHS[context.path]
    if (where === undefined) return
    const body = context.body as Record<string, unknown> | undefined
    const fields = where === 'body' ? body : (body?.['data'] as Record<string, unknown> | undefined)
    if (typeof fields !== 'object' || fields === null) return
    const { username, displayUsername } = fields
    if (typeof username === 'string' && displayUsername === undefined) fields['displayUsername'] = username
    else if (displayUsername !== undefined && !isSameName(username, displayUsername)) {
      throw new APIError('BAD_REQUEST', {
        code: 'INVALID_DISPLAY_USERNAME',
        message: 'displayUsername must be the username, in any case',
      })
    }
  }),
  after: createAuthMiddleware(async (context) => {
    // Sessions are told one by one as they go; a user with more than a query's bound of them is told whole.
    if (context.path !== '/admin/revoke-user-sessions') return
    const { userId } = (context.body ?? {}) as { userId?: unknown }
    if (typeof userId === 'string' && !(context.context.returned instanceof Error))
      onIdentityEnded(userId, null)
  }),
})

const isSameName = (username: unknown, displayUsername: unknown): boolean =>
  typeof username === 'string' &&
  typeof displayUsername === 'string' &&
  username.toLowerCase() === displayUsername.toLowerCase()
