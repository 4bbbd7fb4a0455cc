import { Fault } from '@parley/model'
import { APIError } from 'better-auth/api'

export const unavailable = (cause?: unknown): Fault =>
  new Fault('UNAVAILABLE', 'Accounts are out of reach for the moment. Try again.', { cause })

/**
 * Runs a call of Better Auth and turns what it throws into `Fault`s. `isTaken` is asked after a refusal: was it that
 * the name or the address belongs to somebody? (It says so in several codes, and not at all when two register at once.)
 */
export const withFaults = async <T>(
  call: () => Promise<T>,
  isTaken?: () => Promise<boolean>,
): Promise<NonNullable<T>> => {
  try {
    const answer = await call()
    if (answer === null && isTaken !== undefined) throw unavailable()
    return answer as NonNullable<T>
  } catch (error) {
    if (error instanceof Fault) throw error
    if (isTaken !== undefined && (await isTaken())) {
      throw new Fault('CONFLICT', 'That username or e-mail address is already in use', { cause: error })
    }
    throw error instanceof APIError ? toFault(error) : unavailable(error)
  }
}

const toFault = (error: APIError): Fault => {
  const { statusCode } = error
  if (statusCode === 401) return new Fault('UNAUTHENTICATED', 'Invalid credentials', { cause: error })
  if (statusCode === 403) return new Fault('FORBIDDEN', 'This account is disabled', { cause: error })
  // Better Auth answers 422 when its own insert fails.
  if (statusCode >= 500 || error.body?.code === 'FAILED_TO_CREATE_USER') return unavailable(error)
  return new Fault('INVALID', error.message === '' ? 'Invalid request' : error.message, { cause: error })
}
