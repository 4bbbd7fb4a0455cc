const FIN_TEXT = 0x81
const LENGTH_16 = 126
const LENGTH_64 = 127

/** One message as it goes over the wire. It never changes, so any number of connections may share it. */
export interface EncodedFrame {
  /** Bytes of the payload, without the frame header. */
  readonly byteLength: number
  /** Header and unmasked payload. */
  readonly bytes: Uint8Array
}

/**
 * One encoded text message. It never changes, so any number of connections may share it: the bytes are made
 * once, when the first transport asks for them.
 */
export class Frame implements EncodedFrame {
  readonly text: string
  #byteLength = -1
  #bytes: Uint8Array | undefined

  constructor(text: string) {
    this.text = text
  }

  /** Bytes of the text in UTF-8, without the frame header. */
  get byteLength(): number {
    if (this.#byteLength < 0) this.#byteLength = Buffer.byteLength(this.text)
    return this.#byteLength
  }

  /** The whole frame as a server sends it: header and unmasked payload in one buffer. */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) this.#bytes = encode(this.text, this.byteLength)
    return this.#bytes
  }
}

/** Makes a frame of a text. Lone surrogates become U+FFFD, as everywhere in UTF-8. */
export function textFrame(text: string): Frame {
  return new Frame(text)
}

function encode(text: string, length: number): Uint8Array {
  const header = length < LENGTH_16 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(header + length)
  bytes[0] = FIN_TEXT
  if (header === 2) {
    bytes[1] = length
  } else if (header === 4) {
    bytes[1] = LENGTH_16
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = LENGTH_64
    bytes.writeUInt32BE(Math.floor(length / 2 ** 32), 2)
    bytes.writeUInt32BE(length >>> 0, 6)
  }
  bytes.write(text, header, 'utf8')
  return bytes
}
