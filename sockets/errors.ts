/** Why a frame was refused; the `code` of an error frame. */
export type RefusalCode =
  | 'FORBIDDEN'
  | 'INTERNAL'
  | 'INVALID_MESSAGE'
  | 'OVERLOADED'
  | 'RATE_LIMITED'
  | 'UNKNOWN_TYPE'

/** Something that a peer did wrong, with a code for machines and a sentence for people. */
export class WebSocketError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'WebSocketError'
    this.code = code
  }
}

/** A user opened one connection more than `maxConnectionsPerUser`. */
export class ConnectionLimitError extends WebSocketError {
  readonly userId: string
  readonly limit: number

  constructor(userId: string, limit: number) {
    super('CONNECTION_LIMIT', `User ${userId} already has ${limit} connections`)
    this.name = 'ConnectionLimitError'
    this.userId = userId
    this.limit = limit
  }
}
