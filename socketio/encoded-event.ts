import { type Frame, textFrame } from '@parley/sockets'
import { Encoder, PacketType } from 'socket.io-parser'

const encoder = new Encoder()
/** What engine.io puts before a message. */
const MESSAGE = '4'

/** An event of namespace `/`, encoded once for however many connections. */
export interface EncodedEvent {
  /** As engine.io takes it. */
  readonly packet: string
  /** As a WebSocket takes it. */
  readonly frame: Frame
  /** For engine.io: the same frame, so that it encodes none. */
  readonly options: { readonly compress: boolean; readonly wsPreEncodedFrame: readonly Uint8Array[] }
}

/** Arguments are plain JSON. */
export const encodeEvent = (event: string, args: readonly unknown[]): EncodedEvent => {
  const [packet] = encoder.encode({ type: PacketType.EVENT, nsp: '/', data: [event, ...args] }) as [string]
  const frame = textFrame(MESSAGE + packet)
  return {
    packet,
    frame,
    get options() {
      return { compress: true, wsPreEncodedFrame: [frame.bytes] }
    },
  }
}
