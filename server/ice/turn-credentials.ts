import { createHmac } from 'node:crypto'

export interface TurnCredentials {
  readonly username: string
  readonly credential: string
}

/**
 * The convention of the TURN REST API, which coturn calls `use-auth-secret`: the name says until when it is good and
 * whose it is, and the password proves that somebody with the secret wrote the name. Nothing is kept anywhere.
 * `expiresAt` is epoch ms; whole seconds are what the convention knows, so up to one more is given.
 */
export const createTurnCredentials = (secret: string, holder: string, expiresAt: number): TurnCredentials => {
  const username = `${Math.ceil(expiresAt / 1_000)}:${holder}`
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}
