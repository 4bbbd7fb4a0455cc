import { WebSocket } from 'ws'
import { eventually, pause } from './eventually.ts'

export type Received = Readonly<Record<string, unknown>> & { readonly type: string }

/** A client that reads frames one after the other. */
export class HubClient {
  readonly socket: WebSocket
  readonly inbox: Received[] = []
  closed: { code: number; reason: string } | undefined

  constructor(url: string) {
    this.socket = new WebSocket(url)
    this.socket.on('message', (data) => this.inbox.push(JSON.parse(String(data)) as Received))
    this.socket.on('error', () => undefined)
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) }
    })
  }

  /** The next frame. */
  async next(): Promise<Received> {
    await eventually('a frame', () => this.inbox.length > 0)
    return this.inbox.shift()!
  }

  /** The next frame of a type; drops what comes before it. */
  async nextOf(type: string): Promise<Received> {
    for (;;) {
      const frame = await this.next()
      if (frame.type === type) return frame
    }
  }

  /** Nothing comes: a ping is answered first. */
  async nothing(): Promise<void> {
    this.say({ type: 'ping' })
    const frame = await this.next()
    if (frame.type !== 'pong') throw new Error(`Unexpected: ${JSON.stringify(frame)}`)
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  async end(): Promise<{ code: number; reason: string }> {
    await eventually('closed', () => this.closed !== undefined)
    return this.closed!
  }

  /** Reads away what is there and what comes within 30 ms. */
  async settle(): Promise<void> {
    await pause(30)
    this.inbox.length = 0
  }
}
