import type { Authenticator, Directory } from '@parley/core'

/** Tokens are ids of users; `gone` is the token of an account that was removed, every other one is no good. */
export const userIdAuthenticator = (directory: Pick<Directory, 'find'>, gone: string): Authenticator => ({
  byToken: async (token) => {
    if (token === null) return { ok: false, reason: 'missing' }
    const user = await directory.find(token)
    if (user === null) return { ok: false, reason: token === gone ? 'user-not-found' : 'invalid' }
    const { id: userId, username, avatar, email, role } = user
    return { ok: true, identity: { userId, username, avatar, email, role, sessionId: null, expiresAt: null } }
  },
  byHeaders: async () => ({ ok: false, reason: 'missing' }),
  isValid: async () => true,
})
