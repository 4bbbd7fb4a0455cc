/** An error as it crosses between threads. */
export interface CarriedError {
  readonly message: string
  readonly code: string | null
  /** The disk or the file is at fault, not the request: the same one may succeed later. */
  readonly isAway: boolean
}

const AWAY = /^SQLITE_(FULL|BUSY|LOCKED|IOERR|READONLY|CANTOPEN|NOMEM|CORRUPT|NOTADB|PROTOCOL|PERM|INTERRUPT)/
const UNTRUSTED = /^SQLITE_(IOERR|CORRUPT|NOTADB|CANTOPEN|NOMEM|PROTOCOL)/

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

export function carry(error: unknown): CarriedError {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  return { message, code, isAway: code !== null && AWAY.test(code) }
}

/** After these a connection is not to be trusted: it is closed and opened again. */
export function isConnectionLost(error: CarriedError): boolean {
  return error.code !== null && UNTRUSTED.test(error.code)
}
