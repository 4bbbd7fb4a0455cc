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
    // What is read of it is ASCII.
    const claims = JSON.parse(atob(body.replace(/-/g, '+').replace(/_/g, '/'))) as Record<string, unknown>
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
  async get(): Promise<string> {
    const { renewAt } = this
    if (this.#token !== null && (renewAt === null || this.#environment.now() < renewAt)) return this.#token
    if (this.#getToken === null) throw signedOut()
    this.#asking ??= this.#getToken().finally(() => {
      this.#asking = null
    })
    this.#token = await this.#asking
    return this.#token
  }

  /** The server did not take it. */
  refuse(token: string | null): void {
    if (this.#token === token && this.#getToken !== null) this.#token = null
  }
}
