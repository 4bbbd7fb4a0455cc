import type { Answer, ClientEvents, ServerEvents } from './wire.ts'

/** What everything here needs of the connection. Nothing is queued in it: what must not be lost waits where it belongs. */
export interface SocketPort {
  isConnected(): boolean
  /** Without an answer; lost while there is no connection. */
  emit<E extends keyof ClientEvents>(event: E, argument: ClientEvents[E]): void
  /** Resolves to what was acknowledged. Rejects with a `ParleyError`: the server's code, `OFFLINE` or `TIMEOUT`. */
  request<E extends keyof ClientEvents>(event: E, argument: ClientEvents[E]): Promise<Answer<E>>
  on<E extends keyof ServerEvents>(event: E, listener: (argument: ServerEvents[E]) => void): () => void
  onConnected(listener: () => void): () => void
  onDisconnected(listener: () => void): () => void
}
