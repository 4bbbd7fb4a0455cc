import { createSigner, createVerifier, TOKEN_ERROR_CODES, TokenError } from 'fast-jwt'

/** How long a token, and the session behind it, lives (seconds). */
export const TOKEN_LIFETIME = 7 * 24 * 60 * 60

/** What a token says. */
export interface TokenClaims {
  readonly userId: string
  /** Null for a token that names no session. */
  readonly sessionId: string | null
  /** Epoch ms; null: does not expire by itself. */
  readonly expiresAt: number | null
}

export type TokenAnswer =
  | { readonly ok: true; readonly claims: TokenClaims }
  /** `unsigned`: not a token of ours; `expired`: was one; `unnamed`: ours, but says not whose. */
  | { readonly ok: false; readonly reason: 'unsigned' | 'expired' | 'unnamed' }

/** Makes and checks HS256 tokens (wire, "Tokens"). */
export interface Tokens {
  make(of: { userId: string; username: string; sessionId: string }): string
  /** Never throws. Any other `alg` than HS256, `none` too, is `unsigned`. */
  verify(token: string): TokenAnswer
}

const USER_CLAIMS = ['userId', 'sub', 'id', '_id'] as const

export const createTokens = (secret: string): Tokens => {
  const sign = createSigner({ key: secret, algorithm: 'HS256', expiresIn: TOKEN_LIFETIME * 1_000 })
  // On this thread: an HMAC costs less than a way to another one and back.
  const verify = createVerifier({ key: secret, algorithms: ['HS256'], cache: false })
  return {
    make: ({ userId, username, sessionId }) => sign({ userId, username, sid: sessionId, sub: userId }),
    verify: (token) => {
      try {
        return toClaims(verify(token))
      } catch (error) {
        return { ok: false, reason: isExpired(error) ? 'expired' : 'unsigned' }
      }
    },
  }
}

const isExpired = (error: unknown): boolean =>
  error instanceof TokenError && error.code === TOKEN_ERROR_CODES.expired

const toClaims = (payload: Readonly<Record<string, unknown>>): TokenAnswer => {
  const userId = USER_CLAIMS.map((name) => payload[name]).find(
    (value) => typeof value === 'string' && value !== '',
  )
  if (typeof userId !== 'string') return { ok: false, reason: 'unnamed' }
  const { sid, exp } = payload
  return {
    ok: true,
    claims: {
      userId,
      sessionId: typeof sid === 'string' && sid !== '' ? sid : null,
      expiresAt: typeof exp === 'number' ? exp * 1_000 : null,
    },
  }
}
