import type { Bus, BusListener, Envelope, Topic } from '@parley/core'

/**
 * The bus of a single process. Events are handed on after the publisher's turn, in the order of their publication,
 * and none is lost.
 */
export class MemoryBus implements Bus {
  readonly isUp = true
  readonly #listeners = new Map<Topic, Set<BusListener>>()
  readonly #onError: (error: unknown) => void
  #queue: { topic: Topic; envelope: Envelope }[] = []

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError
  }

  publish(topic: Topic, envelope: Envelope): void {
    if (!this.#listeners.has(topic)) return
    this.#queue.push({ topic, envelope })
    if (this.#queue.length === 1) queueMicrotask(() => this.#flush())
  }

  subscribe(topic: Topic, listener: BusListener): Promise<void> {
    const listeners = this.#listeners.get(topic)
    if (listeners === undefined) this.#listeners.set(topic, new Set([listener]))
    else listeners.add(listener)
    return Promise.resolve()
  }

  unsubscribe(topic: Topic, listener: BusListener): void {
    const listeners = this.#listeners.get(topic)
    if (listeners?.delete(listener) === true && listeners.size === 0) this.#listeners.delete(topic)
  }

  close(): Promise<void> {
    this.#listeners.clear()
    return Promise.resolve()
  }

  #flush(): void {
    // What a listener publishes meanwhile is appended and handed on in the same pass.
    for (let index = 0; index < this.#queue.length; index += 1) {
      const { topic, envelope } = this.#queue[index]!
      for (const listener of this.#listeners.get(topic) ?? []) {
        try {
          listener(topic, envelope)
        } catch (error) {
          this.#onError(error)
        }
      }
    }
    this.#queue = []
  }
}
