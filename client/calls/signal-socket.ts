import { ParleyError } from '../api/error.ts'
import { Backoff } from '../backoff.ts'
import type { CallEnvironment } from './call-environment.ts'
import type { SendFrame, ServerFrame } from './frames.ts'

/** The server takes 50 frames a second: so many at once, then one each `PACE` ms. */
const BURST = 8
const PACE = 25
const MAX_WAITING = 1_000
const CONNECT_TIMEOUT = 10_000
/** After so much silence the server is asked for a word; without one in `PATIENCE` the connection is dead (ms). */
const SILENCE = 30_000
const PATIENCE = 10_000
const LASTING = 5_000
const INVALID_TOKEN = 4002

export interface SignalSocketOptions {
  /** Of the server. */
  readonly url: string
  /** Asked before each try; `isRefused`: the last one was no good. Without it one is a guest. */
  readonly getToken: ((isRefused: boolean) => Promise<string>) | undefined
  readonly environment: CallEnvironment
  readonly onOpen: () => void
  readonly onFrame: (frame: ServerFrame) => void
  /** `isFinal`: it is not tried again. */
  readonly onDown: (isFinal: boolean) => void
  /** Makes the server say something. */
  readonly knock: () => void
}

/** One WebSocket to `/signal` that comes back by itself while it is wanted. */
export class SignalSocket {
  readonly #with: SignalSocketOptions
  readonly #backoff: Backoff
  readonly #waiting: string[] = []
  #socket: WebSocket | null = null
  #isWanted = false
  #isRefused = false
  /** Epoch ms; infinity: not open. */
  #openedAt = Number.POSITIVE_INFINITY
  #credit = BURST
  #cancelRetry: (() => void) | null = null
  #cancelPace: (() => void) | null = null
  #cancelWatch: (() => void) | null = null
  /** Of the try under way: an older one that comes to something late is dropped. */
  #turn = 0

  constructor(options: SignalSocketOptions) {
    this.#with = options
    this.#backoff = new Backoff(options.environment, 500, 15_000)
    options.environment.on('online', () => this.retryNow())
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === 1
  }

  open(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    void this.#connect()
  }

  close(): void {
    this.#isWanted = false
    // Goodbyes first, past the pace.
    for (const text of this.#waiting.splice(0, BURST * 5)) if (this.isOpen) this.#socket?.send(text)
    this.#drop()
  }

  /** Waits no longer for the next try. */
  retryNow(): void {
    if (this.#cancelRetry === null) return
    this.#backoff.reset()
    void this.#connect()
  }

  /** Gives the connection up for a new one. */
  restart(): void {
    if (!this.#isWanted) return
    this.#drop()
    // One that lasted was of use: this is the first try after it.
    if (this.#with.environment.now() - this.#openedAt > LASTING) this.#backoff.reset()
    this.#openedAt = Number.POSITIVE_INFINITY
    this.#with.onDown(false)
    this.#later(this.#backoff.next())
  }

  send: SendFrame = (type, payload) => {
    if (!this.isOpen || this.#waiting.length >= MAX_WAITING) return false
    this.#waiting.push(JSON.stringify({ type, payload }))
    this.#flush()
    return true
  }

  #flush(): void {
    while (this.#credit > 0 && this.#waiting.length > 0) {
      this.#credit -= 1
      this.#socket?.send(this.#waiting.shift() as string)
    }
    if (this.#credit >= BURST) return
    this.#cancelPace ??= this.#with.environment.after(PACE, () => {
      this.#cancelPace = null
      this.#credit += 1
      this.#flush()
    })
  }

  async #connect(): Promise<void> {
    this.#drop()
    const turn = this.#turn
    const { getToken, environment, url } = this.#with
    try {
      const address = new URL('/signal', url)
      address.protocol = address.protocol.replace('http', 'ws')
      if (getToken !== undefined) address.searchParams.set('token', await getToken(this.#isRefused))
      if (turn !== this.#turn) return
      this.#listen(environment.openSocket(address.href))
    } catch (error) {
      if (turn !== this.#turn) return
      const isFinal = error instanceof ParleyError && !error.canRetry
      if (isFinal) this.#isWanted = false
      else this.#later(this.#backoff.next())
      this.#with.onDown(isFinal)
    }
  }

  #listen(socket: WebSocket): void {
    this.#socket = socket
    this.#watch(CONNECT_TIMEOUT, () => this.restart())
    socket.onopen = () => {
      this.#openedAt = this.#with.environment.now()
      this.#hear()
      this.#with.onOpen()
    }
    socket.onmessage = ({ data }) => {
      this.#hear()
      const frame = parse(data)
      if (frame?.type === 'server-drain') this.#drain(frame.payload.reconnectInMs)
      else if (frame !== null) this.#with.onFrame(frame)
    }
    socket.onclose = ({ code }) => {
      this.#isRefused = code === INVALID_TOKEN
      this.restart()
    }
  }

  /** Something came: the connection lives. */
  #hear(): void {
    this.#watch(SILENCE, () => {
      this.#with.knock()
      this.#watch(PATIENCE, () => this.restart())
    })
  }

  #watch(ms: number, run: () => void): void {
    this.#cancelWatch?.()
    this.#cancelWatch = this.#with.environment.after(ms, run)
  }

  /** The server goes: each client has a moment of its own to come back in. */
  #drain(ms: number): void {
    this.#cancelRetry?.()
    this.#cancelRetry = this.#with.environment.after(ms, () => {
      this.#with.onDown(false)
      void this.#connect()
    })
  }

  #later(ms: number): void {
    this.#cancelRetry?.()
    this.#cancelRetry = this.#with.environment.after(ms, () => void this.#connect())
  }

  #drop(): void {
    this.#turn += 1
    this.#cancelRetry?.()
    this.#cancelWatch?.()
    this.#cancelPace?.()
    this.#cancelRetry = this.#cancelWatch = this.#cancelPace = null
    this.#waiting.length = 0
    this.#credit = BURST
    const socket = this.#socket
    this.#socket = null
    if (socket === null) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }
}

const parse = (data: unknown): ServerFrame | null => {
  try {
    const frame = JSON.parse(String(data)) as ServerFrame
    return typeof frame.payload === 'object' && frame.payload !== null ? frame : null
  } catch {
    return null
  }
}
