/** What goes over a connection, one packet of Socket.IO each. */
export type Packet =
  | { readonly kind: 'connect'; readonly auth: Readonly<Record<string, unknown>> }
  | { readonly kind: 'connected' }
  | { readonly kind: 'refused'; readonly message: string; readonly data?: unknown }
  | {
      readonly kind: 'event'
      readonly name: string
      readonly args: readonly unknown[]
      readonly ack: number | null
    }
  | { readonly kind: 'ack'; readonly ack: number; readonly answer: unknown }

/** One end of a line: takes packets one at a time, and hears of the break once. */
export interface LineEnd {
  take(packet: Packet): void
  broken(): void
}

/** As JSON would bring it to the other side: nothing is shared. */
const copied = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T))

/** One connection between a client and a server: two queues of packets, flushed by hand. */
export class Line {
  readonly toServer: Packet[] = []
  readonly toClient: Packet[] = []
  readonly #client: LineEnd
  #server: LineEnd | null
  #isClientGone = false

  constructor(client: LineEnd, server: LineEnd | null) {
    this.#client = client
    this.#server = server
  }

  get isOver(): boolean {
    return this.#isClientGone && this.#server === null
  }

  /** The client's side is gone; the server may not know yet. */
  get isClientGone(): boolean {
    return this.#isClientGone
  }

  /** The server's side is gone; the client may not know yet. */
  get isServerGone(): boolean {
    return this.#server === null
  }

  /** Whoever takes what the client sends; null: nobody listens there. */
  set server(server: LineEnd) {
    this.#server = server
  }

  sendToServer(packet: Packet): void {
    if (!this.#isClientGone) this.toServer.push(copied(packet))
  }

  sendToClient(packet: Packet): void {
    if (!this.#isClientGone && this.#server !== null) this.toClient.push(copied(packet))
  }

  /** Hands one packet on; false when there is none. */
  flushToServer(): boolean {
    const packet = this.#server === null ? undefined : this.toServer.shift()
    if (packet !== undefined) this.#server?.take(packet)
    return packet !== undefined
  }

  flushToClient(): boolean {
    const packet = this.#isClientGone ? undefined : this.toClient.shift()
    if (packet !== undefined) this.#client.take(packet)
    return packet !== undefined
  }

  /** What is on its way to the client is lost with it. What is on its way to the server may still arrive. */
  breakForClient(): void {
    if (this.#isClientGone) return
    this.#isClientGone = true
    this.toClient.length = 0
    this.#client.broken()
  }

  /** What has not arrived is lost. */
  breakForServer(): void {
    this.toServer.length = 0
    const server = this.#server
    this.#server = null
    server?.broken()
  }

  /** Both sides know at once. */
  cut(): void {
    this.breakForServer()
    this.breakForClient()
  }
}
