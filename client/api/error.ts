/** What went wrong, for a person and for a program. */
export interface ParleyErrorInfo {
  /** The server's code (`RATE_LIMITED`, `NOT_A_MEMBER` …), or one of this library: `OFFLINE`, `TIMEOUT`, `CLOSED`. */
  readonly code: string
  /** A sentence that says what happened. */
  readonly message: string
  /** The same again can succeed. */
  readonly canRetry: boolean
  /** Milliseconds to wait before that, where the server said so. */
  readonly retryAfterMs: number | null
}

/** Rejection of everything here that talks to a server. */
export class ParleyError extends Error implements ParleyErrorInfo {
  readonly code: string
  readonly canRetry: boolean
  readonly retryAfterMs: number | null

  constructor(
    code: string,
    message: string,
    options: { canRetry?: boolean; retryAfterMs?: number | null } = {},
  ) {
    super(message)
    this.name = 'ParleyError'
    this.code = code
    this.canRetry = options.canRetry ?? false
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}
