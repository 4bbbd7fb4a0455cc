/**
 * What a caller should do after a fault.
 * `never`: the same request fails again; `retry`: send the same request (same client id) again, after
 * `retryAfterMs` where it is given; `reconnect`: open a new connection first.
 */
export type RetryAdvice = 'never' | 'retry' | 'reconnect'

/** Every refusal of the core, with the HTTP status it has on REST and whether to try again. */
const FAULTS = {
  INVALID: { status: 400, retry: 'never' },
  UNAUTHENTICATED: { status: 401, retry: 'reconnect' },
  FORBIDDEN: { status: 403, retry: 'never' },
  NOT_FOUND: { status: 404, retry: 'never' },
  /** Not a member, or there is no such channel: who asks must not learn which. */
  NOT_A_MEMBER: { status: 404, retry: 'never' },
  ARCHIVED: { status: 409, retry: 'never' },
  LIMIT_REACHED: { status: 409, retry: 'never' },
  WRONG_PIN: { status: 401, retry: 'never' },
  PIN_REQUIRED: { status: 403, retry: 'never' },
  RECEIVER_NOT_FOUND: { status: 404, retry: 'never' },
  GROUP_NOT_FOUND: { status: 404, retry: 'never' },
  GROUP_FULL: { status: 409, retry: 'never' },
  USER_NOT_FOUND: { status: 404, retry: 'never' },
  PEER_NOT_FOUND: { status: 404, retry: 'never' },
  PEER_ID_TAKEN: { status: 409, retry: 'never' },
  SELF_MESSAGE: { status: 400, retry: 'never' },
  TOO_LONG: { status: 400, retry: 'never' },
  CLIENT_ID_REUSED: { status: 409, retry: 'never' },
  CONFLICT: { status: 409, retry: 'never' },
  RATE_LIMITED: { status: 429, retry: 'retry' },
  UNAVAILABLE: { status: 503, retry: 'retry' },
} as const satisfies Record<string, { status: number; retry: RetryAdvice }>

export type FaultCode = keyof typeof FAULTS

/** A refusal that is safe to show to the sender: a code for machines, a sentence a person can act on. */
export class Fault extends Error {
  readonly code: FaultCode
  /** Milliseconds after which a retry can succeed; absent when unknown. */
  readonly retryAfterMs: number | undefined

  constructor(code: FaultCode, message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }

  get status(): number {
    return FAULTS[this.code].status
  }

  get retry(): RetryAdvice {
    return FAULTS[this.code].retry
  }
}
