import { WebSocket } from 'ws'

const PATIENCE = 15_000

/** engine.io packets as they are, over one WebSocket. */
export class RawSocket {
  readonly socket: WebSocket
  /** Every text frame, in order of arrival. */
  readonly frames: string[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  readonly #waiters = new Set<() => void>()

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => {
      this.frames.push(isBinary ? '(binary)' : String(data))
      for (const waiter of [...this.#waiters]) waiter()
    })
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }))
    })
  }

  /** Rejects with `HTTP STATUS` when the upgrade is refused. */
  static open(port: number, query: string, headers: Record<string, string> = {}): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const url = `ws://127.0.0.1:${port}/socket.io/?transport=websocket&${query}`
      const socket = new WebSocket(url, { headers })
      const raw = new RawSocket(socket)
      socket.once('open', () => resolve(raw))
      socket.once('error', reject)
      socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`HTTP ${response.statusCode}`))
        socket.terminate()
      })
    })
  }

  /** Speaks protocol 4 and is connected to `/` as this user. */
  static async connect(port: number, user: string): Promise<RawSocket> {
    const raw = await RawSocket.open(port, 'EIO=4')
    raw.send(`40${JSON.stringify({ token: user })}`)
    await raw.next('40')
    return raw
  }

  send(frame: string | Uint8Array): void {
    this.socket.send(frame)
  }

  /** The first frame that begins so, now or within the patience of a test. */
  next(prefix: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const found = this.frames.find((frame) => frame.startsWith(prefix))
        if (found === undefined) return false
        clearTimeout(timer)
        this.#waiters.delete(look)
        resolve(found)
        return true
      }
      const timer = setTimeout(() => {
        this.#waiters.delete(look)
        reject(new Error(`no ${prefix} came; the last frames were: ${this.frames.slice(-5).join(' ')}`))
      }, PATIENCE)
      if (!look()) this.#waiters.add(look)
    })
  }
}

/** One engine.io session over HTTP polling. */
export class RawPolling {
  readonly #base: string
  sid = ''

  constructor(port: number, query: string) {
    this.#base = `http://127.0.0.1:${port}/socket.io/?transport=polling&${query}`
  }

  /** Speaks protocol 4 and is connected to `/` as this user. */
  static async connect(port: number, user: string): Promise<RawPolling> {
    const raw = new RawPolling(port, 'EIO=4')
    const opened = await raw.get()
    raw.sid = (JSON.parse(opened.text.slice(1)) as { sid: string }).sid
    await raw.post(`40${JSON.stringify({ token: user })}`)
    const connected = await raw.get()
    if (!connected.text.startsWith('40')) throw new Error(`not connected: ${connected.text}`)
    return raw
  }

  async get(headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
    const response = await fetch(this.#url, { headers })
    return { status: response.status, text: await response.text() }
  }

  async post(body: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
    const response = await fetch(this.#url, { method: 'POST', body, headers })
    return { status: response.status, text: await response.text() }
  }

  get #url(): string {
    return this.sid === '' ? this.#base : `${this.#base}&sid=${encodeURIComponent(this.sid)}`
  }
}
