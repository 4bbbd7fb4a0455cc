import type { ServerMessage } from './types.ts'

/** Encodes what the server says; the compiler checks that it is a frame of the protocol. */
export function encode(message: ServerMessage): string {
  return JSON.stringify(message)
}

/** The answer to a message that was refused. */
export function errorFrame(code: string, message: string): string {
  return encode({ type: 'error', code, message })
}

/** Now, as frames show it. */
export function timestamp(): string {
  return new Date().toISOString()
}
