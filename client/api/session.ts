import type { OwnUserJson } from '@parley/dialect-rest'

/** Who signed in, and the token that says so. In a browser of the same origin a session cookie is set as well. */
export interface Session {
  readonly token: string
  readonly user: OwnUserJson
}

export interface Registration {
  /** 2 to 50 of `A-Za-z0-9_.-`. */
  readonly username: string
  readonly email: string
  /** 8 to 128 characters. */
  readonly password: string
}

/** Signing up, in and out. Everything rejects with a `ParleyError` that holds the server's own sentence. */
export interface Sessions {
  register(account: Registration): Promise<Session>
  /** `name`: username, or email address (it holds an `@`). */
  signIn(name: string, password: string): Promise<Session>
  /** A guest for whisper rooms, calls and public channels. */
  continueAsGuest(username: string): Promise<Session>
  /** A fresh token, by `token` or, in a browser of the same origin, by the session cookie. `UNAUTHENTICATED`: sign in again. */
  renew(token?: string): Promise<Session>
  signOut(token?: string): Promise<void>
}
