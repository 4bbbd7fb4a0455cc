import type { RawSocket } from '../../connection.ts'

type Listener = (...args: readonly never[]) => void

/** A socket of socket.io-client of which a test is the network. */
export class FakeRawSocket implements RawSocket {
  auth: unknown = null
  connected = false
  /** Between `connect` and its outcome. */
  isConnecting = false
  /** The token of each try. */
  readonly tries: unknown[] = []
  /** Tries that began while another was under way, or done. */
  doubled = 0
  readonly requests: { event: string; argument: unknown; answer(answer: unknown): void; fail(): void }[] = []
  readonly #listeners = new Map<string, Set<Listener>>()

  connect(): void {
    if (this.connected || this.isConnecting) this.doubled += 1
    this.isConnecting = true
    this.tries.push((this.auth as { token: unknown }).token)
  }

  disconnect(): void {
    this.isConnecting = false
    if (this.connected) this.lose()
  }

  emit(): void {}

  timeout(): ReturnType<RawSocket['timeout']> {
    return {
      emitWithAck: (event, argument) =>
        new Promise((resolve, reject) => {
          this.requests.push({ event, argument, answer: resolve, fail: () => reject(new Error('timed out')) })
        }),
    }
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener))
  }

  off(event: string, listener: Listener): void {
    this.#listeners.get(event)?.delete(listener)
  }

  open(): void {
    this.isConnecting = false
    this.connected = true
    this.tell('connect')
  }

  lose(): void {
    this.connected = false
    this.tell('disconnect')
    for (const { fail } of this.requests.splice(0)) fail()
  }

  refuse(message: string, code?: string): void {
    this.isConnecting = false
    this.tell(
      'connect_error',
      Object.assign(new Error(message), code === undefined ? {} : { data: { code } }),
    )
  }

  tell(event: string, argument?: unknown): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(argument as never)
  }
}
