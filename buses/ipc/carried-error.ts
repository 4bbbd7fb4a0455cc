import { Fault, type FaultCode } from '@parley/model'

/** An error as it crosses between processes. */
export interface CarriedError {
  readonly message: string
  /** Of a system or a database. */
  readonly code: string | null
  /** A refusal in the words of the core; null: it was another error. */
  readonly fault: { readonly code: FaultCode; readonly retryAfterMs: number | null } | null
}

export const carryError = (error: unknown): CarriedError => {
  if (!(error instanceof Error)) return { message: String(error), code: null, fault: null }
  const { message } = error
  if (error instanceof Fault) {
    return { message, code: null, fault: { code: error.code, retryAfterMs: error.retryAfterMs ?? null } }
  }
  const { code } = error as { code?: unknown }
  return { message, code: typeof code === 'string' ? code : null, fault: null }
}

/** The same error on the other side: a fault stays one, with its advice. */
export const toError = ({ message, code, fault }: CarriedError): Error => {
  if (fault !== null) {
    const { retryAfterMs } = fault
    return new Fault(fault.code, message, retryAfterMs === null ? {} : { retryAfterMs })
  }
  return Object.assign(new Error(message), code === null ? {} : { code })
}
