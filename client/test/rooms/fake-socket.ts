import { ParleyError } from '../../api/error.ts'
import type { SocketPort } from '../../socket-port.ts'
import type { ServerEvents } from '../../wire.ts'

interface Asked {
  readonly event: string
  readonly argument: unknown
  readonly resolve: (answer: Readonly<Record<string, unknown>>) => void
  readonly reject: (error: ParleyError) => void
}

/** A connection of which a test is the server. */
export class FakeSocket implements SocketPort {
  /** What was emitted without an answer: event and argument. */
  readonly emitted: [event: string, argument: unknown][] = []
  /** Requests that wait for their answer. */
  readonly asked: Asked[] = []
  readonly #listeners = new Map<string, Set<(argument: never) => void>>()
  readonly #connected = new Set<() => void>()
  readonly #disconnected = new Set<() => void>()
  #isConnected = false

  isConnected(): boolean {
    return this.#isConnected
  }

  emit: SocketPort['emit'] = (event, argument) => void this.emitted.push([event, argument])

  // The answer of a test is what it says it is.
  request = ((event: string, argument: unknown) =>
    new Promise((resolve, reject) => {
      if (this.#isConnected)
        this.asked.push({ event, argument, resolve: resolve as Asked['resolve'], reject })
      else reject(new ParleyError('OFFLINE', 'Offline', { canRetry: true }))
    })) as SocketPort['request']

  on: SocketPort['on'] = (event, listener) => {
    const known = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, known.add(listener))
    return () => known.delete(listener)
  }

  onConnected(listener: () => void): () => void {
    this.#connected.add(listener)
    return () => this.#connected.delete(listener)
  }

  onDisconnected(listener: () => void): () => void {
    this.#disconnected.add(listener)
    return () => this.#disconnected.delete(listener)
  }

  connect(): void {
    this.#isConnected = true
    for (const listener of this.#connected) listener()
  }

  disconnect(): void {
    this.#isConnected = false
    for (const { reject } of this.asked.splice(0)) {
      reject(new ParleyError('OFFLINE', 'Offline', { canRetry: true }))
    }
    for (const listener of this.#disconnected) listener()
  }

  hear<E extends keyof ServerEvents>(event: E, argument: ServerEvents[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(argument as never)
  }

  /** The oldest request of this name; it is answered once. */
  take(event: string): Asked {
    const index = this.asked.findIndex((one) => one.event === event)
    if (index < 0) throw new Error(`${event} was not asked for`)
    return this.asked.splice(index, 1)[0] as Asked
  }
}

/** Lets every promise that is settled go on. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}
