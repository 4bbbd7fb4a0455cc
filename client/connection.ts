import type { ConnectionState, ConnectionStatus } from './api/connection.ts'
import { ParleyError, type ParleyErrorInfo } from './api/error.ts'
import { Backoff } from './backoff.ts'
import type { Environment } from './environment.ts'
import { offline, signedOut } from './errors.ts'
import type { SocketPort } from './socket-port.ts'
import { Timer } from './timer.ts'
import type { Tokens } from './tokens.ts'
import { Value } from './value.ts'
import type { Answer, ClientEvents, ServerEvents } from './wire.ts'

/** How long an acknowledgement may take (ms): after that it is not known whether the server did it. */
export const ACK_TIMEOUT = 10_000
/** Least time between two renewals of a token (ms). */
const MIN_RENEWAL = 5_000

type Listener = (...args: readonly never[]) => void

/** What is used of a socket of socket.io-client; it must not reconnect by itself. */
export interface RawSocket {
  auth: unknown
  readonly connected: boolean
  connect(): unknown
  disconnect(): unknown
  emit(event: string, ...args: unknown[]): unknown
  on(event: string, listener: Listener): unknown
  off(event: string, listener: Listener): unknown
  timeout(ms: number): { emitWithAck(event: string, ...args: unknown[]): Promise<unknown> }
}

interface Dependencies {
  readonly tokens: Tokens
  readonly environment: Environment
  readonly socket: RawSocket
  /** Hears the token of every try that is about to be made; the try waits for the answer. Must not reject. */
  readonly onToken: (token: string) => Promise<void>
}

/**
 * The one Socket.IO connection. It comes back by itself with full jitter, at the moment that a server which goes down named,
 * and at once when the network or somebody's attention comes back. A token is renewed before it ends, on the same socket.
 */
export class Connection implements SocketPort {
  readonly status: Value<ConnectionStatus>
  readonly #with: Dependencies
  readonly #backoff: Backoff
  #isWanted = false
  #wasConnected = false
  /** Ms that a server which goes down asked to wait. */
  #slot: number | null = null
  /** The token of the last try was refused: the next one is fresh. */
  #wasRefused = false
  /** Tries are numbered, so that one that was overtaken by `disconnect` does nothing more. */
  #try = 0
  readonly #retry: Timer
  readonly #renewal: Timer

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    const { socket, environment } = dependencies
    this.#backoff = new Backoff(environment)
    this.#retry = new Timer(environment, () => void this.#open())
    this.#renewal = new Timer(environment, () => void this.#renew())
    this.status = new Value<ConnectionStatus>({
      state: 'disconnected',
      since: environment.now(),
      error: null,
      retryAt: null,
    })
    socket.on('connect', () => this.#opened())
    socket.on('disconnect', () => this.#lost())
    socket.on('connect_error', (error: Error & { data?: { code?: unknown } }) => this.#refused(error))
    socket.on('server:drain', ({ reconnectInMs }: { reconnectInMs: number }) => {
      this.#slot = reconnectInMs
    })
  }

  isConnected(): boolean {
    return this.#with.socket.connected
  }

  connect(): void {
    if (this.#isWanted) {
      this.retryNow()
      return
    }
    this.#isWanted = true
    void this.#open()
  }

  disconnect(): void {
    this.#isWanted = false
    this.#try += 1
    this.#retry.cancel()
    this.#with.socket.disconnect()
    this.#set('disconnected', null)
  }

  /** The network is back, or somebody looks: there is no reason to wait. */
  retryNow(): void {
    if (!this.#retry.isSet) return
    this.#retry.cancel()
    void this.#open()
  }

  emit<E extends keyof ClientEvents>(event: E, argument: ClientEvents[E]): void {
    if (this.isConnected()) this.#with.socket.emit(event, argument)
  }

  async request<E extends keyof ClientEvents>(event: E, argument: ClientEvents[E]): Promise<Answer<E>> {
    const { socket } = this.#with
    if (!socket.connected) throw offline()
    let answer: Acknowledgement
    try {
      answer = (await socket.timeout(ACK_TIMEOUT).emitWithAck(event, argument)) as Acknowledgement
    } catch {
      // socket.io-client tells a break and a timeout apart in words alone.
      throw socket.connected
        ? new ParleyError('TIMEOUT', 'The server did not answer in time.', { canRetry: true })
        : offline()
    }
    if (answer?.ok === true) return answer as unknown as Answer<E>
    throw faultOf(answer?.error)
  }

  on<E extends keyof ServerEvents>(event: E, listener: (argument: ServerEvents[E]) => void): () => void {
    return this.#listen(event, listener)
  }

  onConnected(listener: () => void): () => void {
    return this.#listen('connect', listener)
  }

  onDisconnected(listener: () => void): () => void {
    return this.#listen('disconnect', listener)
  }

  /** Listeners are called in their order, so that this connection has done its own before anybody else hears. */
  #listen(event: string, listener: Listener): () => void {
    const { socket } = this.#with
    socket.on(event, listener)
    return () => socket.off(event, listener)
  }

  async #open(): Promise<void> {
    const { tokens, socket, onToken } = this.#with
    this.#try += 1
    const own = this.#try
    this.#set(this.#wasConnected ? 'reconnecting' : 'connecting', this.status.get().error)
    try {
      const token = await tokens.get()
      await onToken(token)
      if (own !== this.#try) return
      socket.auth = { token, inbox: true }
      socket.connect()
    } catch (error) {
      if (own !== this.#try) return
      const reason = error instanceof ParleyError ? error : offline()
      if (reason.canRetry || reason.code === 'OFFLINE') this.#retryLater(reason)
      else this.#giveUp(reason)
    }
  }

  #opened(): void {
    this.#wasConnected = true
    this.#slot = null
    this.#wasRefused = false
    this.#backoff.reset()
    this.#set('connected', null)
    this.#scheduleRenewal()
  }

  #lost(): void {
    this.#renewal.cancel()
    if (this.#isWanted) this.#retryLater(null)
  }

  #refused(error: Error & { data?: { code?: unknown } }): void {
    const { tokens, socket } = this.#with
    // The transport stays open after a refusal of the handshake alone.
    socket.disconnect()
    if (!this.#isWanted) return
    const code = error.data?.code
    const isBadToken =
      code === 'TOKEN_INVALID' || code === 'TOKEN_MISSING' || error.message === 'Authentication error'
    // Asked for anew, now or when the app tries again.
    if (isBadToken) tokens.refuse(tokens.current)
    if (isBadToken && tokens.canRenew && !this.#wasRefused) {
      this.#wasRefused = true
      void this.#open()
    } else if (isBadToken || code === 'USER_NOT_FOUND' || error.message === 'User not found') {
      this.#giveUp(signedOut())
    } else {
      this.#retryLater(offline())
    }
  }

  #retryLater(error: ParleyErrorInfo | null): void {
    if (this.#retry.isSet) return
    const { environment } = this.#with
    const wait = this.#slot ?? this.#backoff.next()
    this.#slot = null
    this.#set(this.#wasConnected ? 'reconnecting' : 'connecting', error, environment.now() + wait)
    this.#retry.set(wait)
  }

  #giveUp(error: ParleyErrorInfo): void {
    this.#isWanted = false
    this.#wasRefused = false
    this.#set('disconnected', error)
  }

  #scheduleRenewal(): void {
    const { tokens, environment } = this.#with
    const { renewAt } = tokens
    // Timers hold 2^31 ms at most.
    if (renewAt !== null)
      this.#renewal.reset(Math.min(Math.max(renewAt - environment.now(), MIN_RENEWAL), 2 ** 31 - 1))
  }

  /** A new token on the same socket; where the server does not take it, the socket is opened anew when it ends. */
  async #renew(): Promise<void> {
    try {
      await this.request('auth:renew', { token: await this.#with.tokens.get() })
    } catch {
      // Tried again below.
    }
    if (this.isConnected()) this.#scheduleRenewal()
  }

  #set(state: ConnectionState, error: ParleyErrorInfo | null, retryAt: number | null = null): void {
    const before = this.status.get()
    const isSame = (before.state === 'connected') === (state === 'connected')
    const since = isSame ? before.since : this.#with.environment.now()
    this.status.set({ state, since, error, retryAt })
  }
}

interface Fault {
  readonly code: string
  readonly message: string
  readonly retryAfterMs?: number | null
}

interface Acknowledgement {
  readonly ok?: boolean
  readonly error?: Fault
}

/** The server's codes after which the same again can succeed (dialects/channels/README.md). */
const RETRIABLE = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'CONFLICT', 'SERVER_ERROR'])

const UNEXPLAINED = { code: 'SERVER_ERROR', message: 'The server could not do that.' }

const faultOf = ({ code, message, retryAfterMs = null }: Fault = UNEXPLAINED): ParleyError =>
  new ParleyError(code, message, { canRetry: RETRIABLE.has(code), retryAfterMs })
