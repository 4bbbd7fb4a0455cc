import { createSecretKey } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'

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
  make(of: { userId: string; username: string; sessionId: string }): Promise<string>
  /** Never throws. Any other `alg` than HS256, `none` too, is `unsigned`. */
  verify(token: string): Promise<TokenAnswer>
}

const USER_CLAIMS = ['userId', 'sub', 'id', '_id'] as const

export const createTokens = (secret: string): Tokens => {
  const key = createSecretKey(Buffer.from(secret, 'utf8'))
  return {
    make: ({ userId, username, sessionId }) =>
      new SignJWT({ userId, username, sid: sessionId })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime(`${TOKEN_LIFETIME}s`)
        .sign(key),
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] })
        return toClaims(payload)
      } catch (error) {
        return { ok: false, reason: error instanceof errors.JWTExpired ? 'expired' : 'unsigned' }
      }
    },
  }
}

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
