/** Who a connection speaks for, as verified at its start. */
export interface Identity {
  readonly userId: string
  readonly username: string
  readonly avatar: string | null
  readonly email: string
  readonly role: 'user' | 'admin' | 'guest'
  /** The session behind the token; null for a token that names none. */
  readonly sessionId: string | null
  /** Epoch ms; null: does not expire by itself. */
  readonly expiresAt: number | null
}

export type AuthFailure = 'missing' | 'invalid' | 'user-not-found' | 'unavailable'

export type AuthAnswer =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: AuthFailure }

/** Turns credentials into an identity. Costs an HMAC and a cached row, not a query, when seen before. */
export interface Authenticator {
  /** Our JWT (wire, "Tokens"). */
  byToken(token: string | null): Promise<AuthAnswer>
  /** A session cookie, or an `Authorization: Bearer` of ours, or a signed session bearer. */
  byHeaders(headers: { readonly cookie?: string; readonly authorization?: string }): Promise<AuthAnswer>
  /** Is this identity still good (session not revoked, account there and not disabled, not expired)? At most 60 s stale. */
  isValid(identity: Identity): Promise<boolean>
}
