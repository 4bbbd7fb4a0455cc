import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'

/** An event as it came, with its first argument. */
export interface HeardEvent {
  readonly event: string
  readonly body: Body
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks at what came without declaring it
type Body = any

type Matches = (body: Body) => boolean

interface Waiter {
  readonly event: string
  readonly matches: Matches
  readonly resolve: (body: Body) => void
}

/** How long an event or an acknowledgement may take before the test fails (ms): generous, as machines are noisy. */
const PATIENCE = 15_000

/** A Socket.IO client that knows no protocol. What came and was not asked for stays in `pending`. */
export class SocketClient {
  readonly socket: Socket
  /** Events in order of arrival that no `next` took yet. */
  readonly pending: HeardEvent[] = []
  /** Every event, in order of arrival. */
  readonly all: HeardEvent[] = []
  readonly #waiters: Waiter[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    socket.onAny((event: string, body: unknown) => this.#onEvent({ event, body }))
  }

  /** Resolves when the server took the handshake; rejects with its `connect_error`. Does not reconnect unless told to. */
  static connect(
    url: string,
    auth: Readonly<Record<string, unknown>>,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<SocketClient> {
    const socket = io(url, {
      auth: { ...auth },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      ...options,
    })
    const client = new SocketClient(socket)
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(client))
      socket.once('connect_error', (error) => {
        socket.disconnect()
        reject(error)
      })
    })
  }

  get id(): string {
    return this.socket.id ?? ''
  }

  emit(event: string, ...args: readonly unknown[]): void {
    this.socket.emit(event, ...args)
  }

  /** Emits and resolves to the acknowledgement. */
  ask(event: string, payload?: unknown): Promise<Body> {
    const asking = this.socket.timeout(PATIENCE)
    return payload === undefined ? asking.emitWithAck(event) : asking.emitWithAck(event, payload)
  }

  /** The first event of this name that was not taken yet, now or within the patience of a test. */
  next(event: string, matches: Matches = () => true): Promise<Body> {
    const index = this.pending.findIndex((heard) => heard.event === event && matches(heard.body))
    if (index >= 0) return Promise.resolve(this.pending.splice(index, 1)[0]!.body)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        event,
        matches,
        resolve: (body) => {
          clearTimeout(timer)
          resolve(body)
        },
      }
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        const seen = this.all.map((heard) => heard.event).slice(-20)
        reject(new Error(`no ${event} came; the last events were: ${seen.join(', ') || 'none'}`))
      }, PATIENCE)
      this.#waiters.push(waiter)
    })
  }

  /** Everything that came under this name, taken or not. */
  of(event: string): Body[] {
    return this.all.filter((heard) => heard.event === event).map(({ body }) => body)
  }

  close(): void {
    this.socket.disconnect()
  }

  #onEvent(heard: HeardEvent): void {
    this.all.push(heard)
    const index = this.#waiters.findIndex(
      ({ event, matches }) => event === heard.event && matches(heard.body),
    )
    if (index < 0) this.pending.push(heard)
    else this.#waiters.splice(index, 1)[0]!.resolve(heard.body)
  }
}
