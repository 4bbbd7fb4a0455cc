import { ParleyError } from './api/error.ts'

export const offline = (): ParleyError =>
  new ParleyError('OFFLINE', 'The server cannot be reached.', { canRetry: true })

export const closed = (): ParleyError => new ParleyError('CLOSED', 'This client is closed.')

export const signedOut = (): ParleyError => new ParleyError('UNAUTHENTICATED', 'Sign in again.')
