import type { AuthAnswer, Authenticator, AuthFailure, Clock, Identity, Observer } from '@parley/core'
import type { RecordSource } from './record-cache.ts'
import { readSessionCookie, type SessionSigner } from './session-cookie.ts'
import type { Tokens } from './tokens.ts'

export interface AuthenticatorDependencies {
  readonly tokens: Tokens
  readonly signer: SessionSigner
  readonly records: RecordSource
  readonly clock: Clock
  readonly observer: Observer
}

const BEARER = /^bearer +(\S+)$/i

const refuse = (reason: AuthFailure): AuthAnswer => ({ ok: false, reason })

/** Who a request or connection speaks for. Costs an HMAC and two look-ups in memory when seen in the last 30 s. */
export const createAuthenticator = (dependencies: AuthenticatorDependencies): Authenticator => {
  const { tokens, signer, records, clock, observer } = dependencies

  /** The account decides last: a good session of a disabled account is `user-not-found`. */
  const identify = async (
    userId: string,
    sessionId: string | null,
    expiresAt: number | null,
  ): Promise<AuthAnswer> => {
    const account = await records.accountById(userId)
    if (account === null || account.disabled) return refuse('user-not-found')
    const { id, username, avatar, email, role } = account
    return { ok: true, identity: { userId: id, username, avatar, email, role, sessionId, expiresAt } }
  }

  const isLiveSession = async (sessionId: string, userId: string): Promise<boolean> => {
    const session = await records.sessionById(sessionId)
    return session !== null && session.userId === userId && session.expiresAt > clock.now()
  }

  const byJwt = async (token: string): Promise<AuthAnswer> => {
    const answer = tokens.verify(token)
    if (!answer.ok) return refuse('invalid')
    const { userId, sessionId, expiresAt } = answer.claims
    if (sessionId !== null && !(await isLiveSession(sessionId, userId))) {
      // Removing an account removes its sessions: its tokens' holders hear that the user is gone.
      return (await records.accountById(userId)) === null ? refuse('user-not-found') : refuse('invalid')
    }
    return identify(userId, sessionId, expiresAt)
  }

  const bySigned = async (signed: string): Promise<AuthAnswer> => {
    const sessionToken = signer.unsign(signed)
    if (sessionToken === null) return refuse('invalid')
    const session = await records.sessionByToken(sessionToken)
    if (session === null || session.expiresAt <= clock.now()) return refuse('invalid')
    return identify(session.userId, session.id, session.expiresAt)
  }

  /** Whatever fails below the checks is the database being away. */
  const guarded = async (attempt: () => Promise<AuthAnswer>): Promise<AuthAnswer> => {
    try {
      return await attempt()
    } catch (error) {
      observer.error('authentication failed', error)
      return refuse('unavailable')
    }
  }

  return {
    byToken: async (token) => {
      if (token === null || token === '') return refuse('missing')
      return guarded(() => byJwt(token))
    },
    byHeaders: async ({ cookie, authorization }) => {
      // A bearer that is given counts alone: falling back to the cookie would hide that it is bad.
      if (authorization !== undefined) {
        const token = BEARER.exec(authorization)?.[1]
        if (token === undefined) return refuse('invalid')
        return guarded(() => (isJwt(token) ? byJwt(token) : bySigned(decode(token))))
      }
      const signed = readSessionCookie(cookie)
      return signed === null ? refuse('missing') : guarded(() => bySigned(signed))
    },
    isValid: async (identity: Identity) => {
      if (identity.expiresAt !== null && identity.expiresAt <= clock.now()) return false
      if (identity.sessionId !== null && !(await isLiveSession(identity.sessionId, identity.userId)))
        return false
      const account = await records.accountById(identity.userId)
      return account !== null && !account.disabled
    },
  }
}

const isJwt = (token: string): boolean => token.split('.').length === 3

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
