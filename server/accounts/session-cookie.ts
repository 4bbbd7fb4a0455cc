import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { TOKEN_LIFETIME } from './tokens.ts'

/** Better Auth's own name; the same with and without https, so that a proxy in front changes nothing. */
export const SESSION_COOKIE = 'better-auth.session_token'

/** Better Auth's secret, derived so that neither it nor the tokens' secret gives away the other. */
export const deriveAuthSecret = (jwtSecret: string): string =>
  Buffer.from(hkdfSync('sha256', jwtSecret, '', 'parley better-auth', 32)).toString('base64url')

/** `TOKEN.SIGNATURE`, as Better Auth signs cookies and bearers. */
export class SessionSigner {
  readonly #secret: string

  constructor(authSecret: string) {
    this.#secret = authSecret
  }

  sign(sessionToken: string): string {
    return `${sessionToken}.${this.#hmac(sessionToken).toString('base64')}`
  }

  /** The session's token, or null when the signature is not ours. */
  unsign(signed: string): string | null {
    const dot = signed.lastIndexOf('.')
    if (dot < 1) return null
    const sessionToken = signed.slice(0, dot)
    // Buffer reads base64 and base64url alike: Better Auth's bearer has the second.
    const given = Buffer.from(signed.slice(dot + 1), 'base64')
    const own = this.#hmac(sessionToken)
    return given.length === own.length && timingSafeEqual(given, own) ? sessionToken : null
  }

  #hmac(text: string): Buffer {
    return createHmac('sha256', this.#secret).update(text).digest()
  }
}

/** A `Set-Cookie` value; null ends the session in the browser. */
export const serializeSessionCookie = (signed: string | null, isSecure: boolean): string => {
  const value = signed === null ? '' : encodeURIComponent(signed)
  const maxAge = signed === null ? 0 : TOKEN_LIFETIME
  return `${SESSION_COOKIE}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}

/** The session cookie in a `Cookie` header, decoded; the first when it comes twice. */
export const readSessionCookie = (header: string | undefined): string | null => {
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=')
    if (equals < 0 || part.slice(0, equals).trim() !== SESSION_COOKIE) continue
    try {
      return decodeURIComponent(part.slice(equals + 1).trim())
    } catch {
      return null
    }
  }
  return null
}
