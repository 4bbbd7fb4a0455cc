import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A frame that the server sent. */
export interface ServerFrame {
  readonly opcode: number
  readonly payload: Buffer
}

export const TEXT = 0x81
export const PING = 0x89
/** How long an answer may take before the test fails (ms). */
const PATIENCE = 15_000

/** A TCP peer that speaks HTTP and WebSocket by hand, and breaks their rules as it likes. */
export class RawTcp {
  readonly socket: Socket
  /** Resolves when the connection is gone, however it ended. */
  readonly gone: Promise<void>
  #chunks: Buffer[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()))
  }

  /** A connection on which nothing was said yet. */
  static async connect(url: string): Promise<RawTcp> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const peer = new RawTcp(socket)
    await once(socket, 'connect')
    return peer
  }

  /** An upgraded connection. Rejects with the status line when there was no upgrade. */
  static async webSocket(url: string, path: string, headers: readonly string[] = []): Promise<RawTcp> {
    const peer = await RawTcp.connect(url)
    peer.write(upgradeRequest(path, headers))
    const status = await peer.status()
    if (!status.includes(' 101 ')) throw new Error(status)
    peer.#chunks = [peer.received.subarray(peer.received.indexOf('\r\n\r\n') + 4)]
    return peer
  }

  /** Everything that came (after the handshake of an upgraded connection). */
  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] ?? Buffer.alloc(0)
  }

  get frames(): readonly ServerFrame[] {
    return framesIn(this.received)
  }

  write(bytes: Buffer | string): void {
    this.socket.write(bytes)
  }

  /** The status line of the answer to an HTTP request; '' when the connection ended without one. */
  async status(): Promise<string> {
    await this.#until(() => this.received.includes('\r\n\r\n') || this.socket.closed)
    return this.received.toString('latin1').split('\r\n', 1)[0] ?? ''
  }

  /** The first JSON frame that matches, parsed. */
  async json(matches: (frame: Readonly<Record<string, unknown>>) => boolean): Promise<object> {
    let found: object | undefined
    await this.#until(() => {
      found = this.frames
        .filter(({ opcode }) => opcode === 1)
        .map(({ payload }) => JSON.parse(payload.toString()) as Readonly<Record<string, unknown>>)
        .find(matches)
      return found !== undefined || this.socket.closed
    })
    if (found === undefined) throw new Error('the connection ended without the frame')
    return found
  }

  /** The code of the server's close frame; null when the connection ended without one. */
  async closeCode(): Promise<number | null> {
    let code: number | null = null
    await this.#until(() => {
      const frame = this.frames.find(({ opcode }) => opcode === 8)
      if (frame !== undefined) code = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005
      return frame !== undefined || this.socket.closed
    })
    return code
  }

  /** Ends the connection without a word. */
  destroy(): void {
    this.socket.destroy()
  }

  async #until(met: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE
    while (!met()) {
      if (Date.now() > deadline) {
        const end = this.received.subarray(-200).toString('latin1')
        throw new Error(`nothing such came; the last bytes were ${JSON.stringify(end)}`)
      }
      await sleep(5)
    }
  }
}

/** An upgrade request as a browser makes it, with more header lines. */
export const upgradeRequest = (path: string, headers: readonly string[] = []): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
    '\r\n',
  ].join('\r\n')

/** A frame as a client sends it. The mask is zero, so that the payload is on the wire as it is. */
export const clientFrame = (firstByte: number, payload: Uint8Array | string = ''): Buffer => {
  const body = Buffer.from(payload)
  return Buffer.concat([header(firstByte, body.length), Buffer.alloc(4), body])
}

/** The header of a frame that announces `length` bytes, mask bit set, without the mask itself. */
export const header = (firstByte: number, length: number | bigint): Buffer => {
  if (length < 126) return Buffer.from([firstByte, 0x80 | Number(length)])
  if (length < 65_536) {
    const bytes = Buffer.from([firstByte, 0x80 | 126, 0, 0])
    bytes.writeUInt16BE(Number(length), 2)
    return bytes
  }
  const bytes = Buffer.alloc(10)
  bytes.set([firstByte, 0x80 | 127])
  bytes.writeBigUInt64BE(BigInt(length), 2)
  return bytes
}

/** The whole frames in these bytes; what is cut off at their end is left out. */
const framesIn = (bytes: Buffer): readonly ServerFrame[] => {
  const frames: ServerFrame[] = []
  for (let at = 0; at + 2 <= bytes.length; ) {
    const opcode = bytes[at]! & 0x0f
    const short = bytes[at + 1]!
    const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2)
    if (start > bytes.length) break
    const length =
      short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(at + 2))
          : short
    if (start + length > bytes.length) break
    frames.push({ opcode, payload: bytes.subarray(start, start + length) })
    at = start + length
  }
  return frames
}
