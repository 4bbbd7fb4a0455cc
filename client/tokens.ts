import type { Me } from './api/parley.ts'
import type { Environment } from './environment.ts'
import { signedOut } from './errors.ts'

/** A token is renewed this long before it ends (ms). */
export const RENEW_BEFORE = 60_000

export interface Claims {
  readonly user: Me | null
  /** Epoch ms; null: it never ends. */
  readonly expiresAt: number | null
}

/** What a token says of itself; nothing is verified here, the server does. Null: it is no JWT. */
export const claimsOf = (token: string): Claims | null => {
  try {
    const body = token.split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(body.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    // The names that the server accepts (wire, "Tokens").
    const id = claims['userId'] ?? claims['sub'] ?? claims['id'] ?? claims['_id']
    const { username, exp } = claims
    const name = typeof username === 'string' ? username : ''
    return {
      user: typeof id === 'string' ? { id: id.toLowerCase(), username: name, avatar: null } : null,
      expiresAt: typeof exp === 'number' ? exp * 1_000 : null,
    }
  } catch {
    return null
  }
}

/** The token in use, and how to get the next one. */
export class Tokens {
  readonly #environment: Environment
  readonly #getToken: (() => Promise<string>) | null
  #token: string | null
  #asking: Promise<string> | null = null

  constructor(
    options: { readonly token?: string | undefined; readonly getToken?: (() => Promise<string>) | undefined },
    environment: Environment,
  ) {
    this.#token = options.token ?? null
    this.#getToken = options.getToken ?? null
    this.#environment = environment
  }

  get current(): string | null {
    return this.#token
  }

  get canRenew(): boolean {
    return this.#getToken !== null
  }

  /** Epoch ms at which the current one should be renewed; null: never, or it cannot be. */
  get renewAt(): number | null {
    const expiresAt = this.#token === null ? null : (claimsOf(this.#token)?.expiresAt ?? null)
    return expiresAt === null || this.#getToken === null ? null : expiresAt - RENEW_BEFORE
  }

  /** A token that is good for a while. Asks once for all who wait. */
  get(): Promise<string> {
    const { renewAt } = this
    const isFresh = this.#token !== null && (renewAt === null || this.#environment.now() < renewAt)
    return isFresh ? Promise.resolve(this.#token as string) : this.renew()
  }

  renew(): Promise<string> {
    const getToken = this.#getToken
    if (getToken === null) {
      const known = this.#token
      return known === null ? Promise.reject(signedOut()) : Promise.resolve(known)
    }
    this.#asking ??= getToken()
      .then((token) => {
        this.#token = token
        return token
      })
      .finally(() => {
        this.#asking = null
      })
    return this.#asking
  }

  /** The server did not take it. */
  refuse(token: string | null): void {
    if (this.#token === token && this.#getToken !== null) this.#token = null
  }
}
