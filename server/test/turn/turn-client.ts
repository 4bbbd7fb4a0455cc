import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import {
  ATTRIBUTE,
  type Attribute,
  address,
  addressIn,
  attributeOf,
  CLASS,
  decode,
  encode,
  errorOf,
  keyOf,
  METHOD,
  newTransactionId,
  type PeerAddress,
  type StunMessage,
  text,
  word,
} from './stun-message.ts'

const PATIENCE = 10_000
/** UDP loses datagrams. */
const RETRANSMIT = 500
const UDP = 17
const FAMILY = { ipv4: 1, ipv6: 2 }

export interface TurnCredentials {
  readonly username: string
  readonly credential: string
}

/** The TURN server said no: 401, 403 … */
export class TurnRefusal extends Error {
  readonly code: number

  constructor(code: number) {
    super(`the TURN server refused: ${code}`)
    this.code = code
  }
}

/** One client of a TURN server over UDP, with at most one allocation. */
export class TurnClient {
  readonly #socket: Socket
  readonly #server: PeerAddress
  readonly #credentials: TurnCredentials
  readonly #answers = new Map<string, (message: StunMessage) => void>()
  readonly #received: { from: PeerAddress; data: string }[] = []
  #wake = () => {}
  #challenge: { readonly realm: string; readonly nonce: string } | null = null

  private constructor(socket: Socket, server: PeerAddress, credentials: TurnCredentials) {
    this.#socket = socket
    this.#server = server
    this.#credentials = credentials
    socket.on('message', (bytes) => this.#take(bytes))
  }

  static async open(
    server: { host: string; port: number },
    credentials: TurnCredentials,
  ): Promise<TurnClient> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new TurnClient(socket, { address: server.host, port: server.port }, credentials)
  }

  /** Resolves to the relayed address; rejects with `TurnRefusal`. */
  async allocate(family: keyof typeof FAMILY = 'ipv4'): Promise<PeerAddress> {
    const attributes = [word(ATTRIBUTE.transport, UDP << 24), word(ATTRIBUTE.family, FAMILY[family] << 24)]
    const answer = await this.#ask(METHOD.allocate, () => attributes)
    return addressIn(answer, ATTRIBUTE.relayed)!
  }

  /** May `peer` and this allocation exchange datagrams? Rejects with `TurnRefusal`. */
  async permit(peer: string): Promise<void> {
    await this.#ask(METHOD.permission, (id) => [address(ATTRIBUTE.peer, { address: peer, port: 0 }, id)])
  }

  /** Through the relay; nothing says whether it arrives. */
  send(to: PeerAddress, data: string): void {
    const id = newTransactionId()
    const attributes = [address(ATTRIBUTE.peer, to, id), text(ATTRIBUTE.data, data)]
    this.#write(encode({ type: METHOD.send | CLASS.indication, id, attributes }))
  }

  /** The next datagram that came through the relay. */
  async next(): Promise<{ from: PeerAddress; data: string }> {
    const until = Date.now() + PATIENCE
    while (this.#received.length === 0) {
      if (Date.now() > until) throw new Error('nothing came through the relay')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        setTimeout(resolve, RETRANSMIT).unref()
      })
    }
    return this.#received.shift()!
  }

  /** Gives the allocation back. */
  async close(): Promise<void> {
    if (this.#challenge !== null) {
      await this.#ask(METHOD.refresh, () => [word(ATTRIBUTE.lifetime, 0)]).catch(() => {})
    }
    this.#socket.close()
  }

  /** The first request of a client is refused with what it must sign; then it is asked again. */
  async #ask(method: number, attributesFor: (id: Buffer) => readonly Attribute[]): Promise<StunMessage> {
    if (this.#challenge === null) {
      const refusal = await this.#exchange(method, attributesFor)
      const nonce = attributeOf(refusal, ATTRIBUTE.nonce)
      const realm = attributeOf(refusal, ATTRIBUTE.realm)
      if (nonce === null || realm === null) throw new Error('the TURN server asked for no credentials')
      this.#challenge = { nonce: nonce.toString(), realm: realm.toString() }
    }
    const answer = await this.#exchange(method, attributesFor)
    const code = errorOf(answer)
    if (code !== null) throw new TurnRefusal(code)
    return answer
  }

  async #exchange(method: number, attributesFor: (id: Buffer) => readonly Attribute[]): Promise<StunMessage> {
    const id = newTransactionId()
    const attributes = [...attributesFor(id), ...this.#signature()]
    const bytes = encode({ type: method | CLASS.request, id, attributes }, this.#key())
    const answer = new Promise<StunMessage>((resolve, reject) => {
      const failing = setTimeout(() => reject(new Error('the TURN server is silent')), PATIENCE)
      this.#answers.set(id.toString('hex'), (message) => {
        clearTimeout(failing)
        resolve(message)
      })
    })
    const again = setInterval(() => this.#write(bytes), RETRANSMIT)
    this.#write(bytes)
    try {
      return await answer
    } finally {
      clearInterval(again)
      this.#answers.delete(id.toString('hex'))
    }
  }

  #signature(): readonly Attribute[] {
    if (this.#challenge === null) return []
    return [
      text(ATTRIBUTE.username, this.#credentials.username),
      text(ATTRIBUTE.realm, this.#challenge.realm),
      text(ATTRIBUTE.nonce, this.#challenge.nonce),
    ]
  }

  #key(): Buffer | null {
    const { username, credential: password } = this.#credentials
    return this.#challenge === null ? null : keyOf({ username, password, realm: this.#challenge.realm })
  }

  #write(bytes: Buffer): void {
    this.#socket.send(bytes, this.#server.port, this.#server.address)
  }

  #take(bytes: Buffer): void {
    const message = decode(bytes)
    if (message === null) return
    if (message.type !== (METHOD.data | CLASS.indication)) {
      this.#answers.get(message.id.toString('hex'))?.(message)
      return
    }
    const [from, data] = [addressIn(message, ATTRIBUTE.peer), attributeOf(message, ATTRIBUTE.data)]
    if (from !== null && data !== null) this.#received.push({ from, data: data.toString() })
    this.#wake()
  }
}
