import type { RawSocket } from '../../../connection.ts'
import type { Environment } from '../../../environment.ts'
import { Line, type LineEnd, type Packet } from './line.ts'

type Listener = (...args: readonly never[]) => void

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
  readonly cancel: () => void
}

/** Behaves as a socket of socket.io-client that does not reconnect by itself, over lines that a test flushes. */
export class LineSocket implements RawSocket, LineEnd {
  auth: unknown = {}
  connected = false
  /** The connection in use, or being made. */
  line: Line | null = null
  /** How many were made. */
  opened = 0
  readonly #open: (line: Line) => LineEnd | null
  readonly #environment: Environment
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #waiting = new Map<number, Waiting>()
  #acks = 0

  /** `open` joins a new line with a server. */
  constructor(open: (line: Line) => LineEnd | null, environment: Environment) {
    this.#open = open
    this.#environment = environment
  }

  connect(): void {
    if (this.line !== null) return
    const line: Line = new Line(
      this.#endOf(() => line),
      null,
    )
    this.line = line
    this.opened += 1
    const server = this.#open(line)
    if (server !== null) line.server = server
    line.sendToServer({ kind: 'connect', auth: (this.auth ?? {}) as Record<string, unknown> })
  }

  disconnect(): void {
    const { line, connected } = this
    this.line = null
    if (line === null) return
    line.breakForClient()
    if (connected) this.#lost()
  }

  emit(event: string, ...args: unknown[]): void {
    this.line?.sendToServer({ kind: 'event', name: event, args, ack: null })
  }

  timeout(ms: number): ReturnType<RawSocket['timeout']> {
    return {
      emitWithAck: (event, ...args) =>
        new Promise((resolve, reject) => {
          const ack = this.#acks++
          const cancel = this.#environment.after(ms, () => {
            this.#waiting.delete(ack)
            reject(new Error('operation has timed out'))
          })
          this.#waiting.set(ack, { resolve, reject, cancel })
          this.line?.sendToServer({ kind: 'event', name: event, args, ack })
        }),
    }
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener))
  }

  off(event: string, listener: Listener): void {
    this.#listeners.get(event)?.delete(listener)
  }

  take(packet: Packet): void {
    switch (packet.kind) {
      case 'connected':
        this.connected = true
        this.#tell('connect')
        break
      case 'refused':
        this.line?.breakForServer()
        this.line = null
        this.#tell('connect_error', Object.assign(new Error(packet.message), { data: packet.data }))
        break
      case 'event':
        this.#tell(packet.name, ...packet.args)
        break
      case 'ack': {
        const waiting = this.#waiting.get(packet.ack)
        this.#waiting.delete(packet.ack)
        waiting?.cancel()
        waiting?.resolve(packet.answer)
        break
      }
    }
  }

  /** Before the server answered it is an error, after that a break. */
  broken(): void {
    const wasConnected = this.connected
    this.line = null
    if (wasConnected) this.#lost()
    else this.#tell('connect_error', new Error('websocket error'))
  }

  #lost(): void {
    this.connected = false
    this.#tell('disconnect')
    for (const [ack, { reject, cancel }] of [...this.#waiting]) {
      this.#waiting.delete(ack)
      cancel()
      reject(new Error('socket has been disconnected'))
    }
  }

  /** What an earlier line still brings is nobody's. */
  #endOf(line: () => Line): LineEnd {
    return {
      take: (packet) => {
        if (this.line === line()) this.take(packet)
      },
      broken: () => {
        if (this.line === line()) this.broken()
      },
    }
  }

  #tell(event: string, ...args: readonly unknown[]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(...(args as never[]))
  }
}
