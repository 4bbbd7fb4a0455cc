import { ParleyError } from './api/error.ts'

export const offline = (): ParleyError =>
  new ParleyError('OFFLINE', 'The server cannot be reached at the moment.', { canRetry: true })

export const closed = (): ParleyError =>
  new ParleyError('CLOSED', 'This client was closed. What waits is sent by the next one.')

export const signedOut = (): ParleyError =>
  new ParleyError('UNAUTHENTICATED', 'The server does not know who this is. Sign in again.')
