import { connect, type Socket } from 'node:net'

/** A peer that writes bytes as it likes. */
export interface RawPeer {
  readonly socket: Socket
  /** Everything that came after the handshake. */
  received(): Buffer
  /** The code of the first close frame that came, if any. */
  closeCode(): number | undefined
}

/** Opens a WebSocket by hand. */
export async function rawPeer(port: number): Promise<RawPeer> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('error', () => undefined)
  socket.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  await new Promise<void>((open) => {
    let head = ''
    const onData = (chunk: Buffer) => {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      socket.off('data', onData)
      socket.on('data', (more: Buffer) => chunks.push(more))
      chunks.push(Buffer.from(head.slice(end + 4), 'latin1'))
      open()
    }
    socket.on('data', onData)
  })
  const received = () => Buffer.concat(chunks)
  return { socket, received, closeCode: () => closeCodeIn(received()) }
}

/** A frame as a client sends it, with a mask of zeros. */
export function clientFrame(firstByte: number, payload: Uint8Array | string = ''): Buffer {
  const body = Buffer.from(payload)
  const mask = Buffer.alloc(4)
  if (body.length < 126) return Buffer.concat([Buffer.from([firstByte, 0x80 | body.length]), mask, body])
  const header = Buffer.from([firstByte, 0x80 | 126, 0, 0])
  header.writeUInt16BE(body.length, 2)
  return Buffer.concat([header, mask, body])
}

function closeCodeIn(bytes: Buffer): number | undefined {
  let at = 0
  while (at + 2 <= bytes.length) {
    const opcode = bytes[at]! & 0x0f
    let length = bytes[at + 1]!
    let header = 2
    if (length === 126) {
      length = bytes.readUInt16BE(at + 2)
      header = 4
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at + 2))
      header = 10
    }
    if (opcode === 8) return length >= 2 ? bytes.readUInt16BE(at + header) : 1005
    at += header + length
  }
  return undefined
}
