import { WebSocket } from 'ws'
import type { TestUser } from './test-server.ts'

/** How long an answer may take before the test fails (ms). */
const PATIENCE = 15_000

/** One Socket.IO connection over WebSocket, engine.io packets as they are: it breaks their rules as it likes. */
export class SocketIoPeer {
  readonly socket: WebSocket
  /** Every text frame, in order of arrival. */
  readonly frames: string[] = []
  /** The code of the end. */
  readonly closed: Promise<number>

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('message', (data) => this.frames.push(String(data)))
    this.closed = new Promise((resolve) => socket.once('close', resolve))
  }

  /** Rejects with `HTTP STATUS` when the upgrade is refused. */
  static open(url: string, query: string, headers: Record<string, string> = {}): Promise<SocketIoPeer> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?transport=websocket&${query}`, {
      headers,
    })
    const peer = new SocketIoPeer(socket)
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(peer))
      socket.once('error', reject)
      socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`HTTP ${response.statusCode}`))
        socket.terminate()
      })
    })
  }

  /** Connected to `/` as this user, by protocol 4 or 3. */
  static async connect(url: string, { token }: Pick<TestUser, 'token'>, protocol: 3 | 4 = 4) {
    const peer = await SocketIoPeer.open(url, protocol === 4 ? 'EIO=4' : `EIO=3&token=${token}`)
    if (protocol === 4) peer.send(`40${JSON.stringify({ token })}`)
    await peer.next('40')
    return peer
  }

  send(frame: string | Uint8Array): void {
    this.socket.send(frame)
  }

  emit(event: unknown, ...args: readonly unknown[]): void {
    this.send(`42${JSON.stringify([event, ...args])}`)
  }

  /** The first frame that begins so, and was not taken before. */
  async next(beginning: string): Promise<string> {
    for (let waited = 0; waited < PATIENCE; waited += 5) {
      const index = this.frames.findIndex((frame) => frame.startsWith(beginning))
      if (index >= 0) return this.frames.splice(index, 1)[0]!
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error(`no ${beginning} came; the last frames were: ${this.frames.slice(-5).join(' ')}`)
  }

  close(): void {
    this.socket.terminate()
  }
}
