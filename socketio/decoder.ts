import { Decoder } from 'socket.io-parser'

/** A connection needs one CONNECT, and a few more while its user gets a token right; a flood ends it. */
const MAX_CONNECTS = 8
const MAX_ATTACHMENTS = 10
const CONNECT = '0'
const BINARY_EVENT = '5'
const BINARY_ACK = '6'
/** Type, number of attachments, namespace, acknowledgement, JSON. */
const BINARY_PACKET = /^[56](\d{1,10})-(\/[^,]*,)?(\d*)(\[.*)$/s

/**
 * Reads packets of one connection. An event with attachments arrives as an event whose only argument is null, so that
 * its handler refuses it as it refuses any invalid argument; the attachments are passed over as they come, and none is
 * kept. What is malformed throws, which closes the connection.
 */
export class AttachmentRefusingDecoder extends Decoder {
  #connects = 0
  /** Attachments of the last packet that are still to come. */
  #toSkip = 0

  override add(data: unknown): void {
    if (typeof data !== 'string') {
      if (this.#toSkip === 0) throw new Error('an attachment without its event')
      this.#toSkip -= 1
      return
    }
    if (this.#toSkip > 0) throw new Error('an event in place of an attachment')
    const type = data.charAt(0)
    if (type === BINARY_EVENT || type === BINARY_ACK) {
      this.#addBinary(data, type)
      return
    }
    if (type === CONNECT) {
      this.#connects += 1
      if (this.#connects > MAX_CONNECTS) throw new Error('too many CONNECT packets')
    }
    super.add(data)
  }

  #addBinary(data: string, type: string): void {
    const parts = BINARY_PACKET.exec(data)
    const attachments = Number(parts?.[1] ?? 0)
    if (parts === null || attachments < 1 || attachments > MAX_ATTACHMENTS)
      throw new Error('illegal attachments')
    const [, , namespace = '', acknowledgement = '', json = ''] = parts
    const args: unknown = JSON.parse(json)
    this.#toSkip = attachments
    // Nothing here asks a client for an acknowledgement.
    if (type === BINARY_ACK) return
    const name = Array.isArray(args) ? (args[0] as unknown) : undefined
    super.add(`2${namespace}${acknowledgement}${JSON.stringify([name, null])}`)
  }
}
