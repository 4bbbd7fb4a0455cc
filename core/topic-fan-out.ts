import type { BusListener, Envelope, Topic } from './ports/bus.ts'

/**
 * Hands events to the listeners of this process: after the publisher's turn, in the order of their publication. A
 * listener that throws harms nobody else and is reported. What every bus does with what it has, from here or elsewhere.
 */
export class TopicFanOut {
  /** The arrays never change. Most topics have one listener, and there are several for each connection. */
  readonly #listeners = new Map<Topic, readonly BusListener[]>()
  readonly #onError: (error: unknown) => void
  #queue: { topic: Topic; envelope: Envelope }[] = []

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** True when it is the topic's first. */
  add(topic: Topic, listener: BusListener): boolean {
    const listeners = this.#listeners.get(topic)
    if (listeners === undefined) this.#listeners.set(topic, [listener])
    else if (!listeners.includes(listener)) this.#listeners.set(topic, [...listeners, listener])
    return listeners === undefined
  }

  /** True when it was the topic's last. */
  remove(topic: Topic, listener: BusListener): boolean {
    const listeners = this.#listeners.get(topic)
    if (listeners?.includes(listener) !== true) return false
    const others = listeners.filter((other) => other !== listener)
    if (others.length > 0) this.#listeners.set(topic, others)
    else this.#listeners.delete(topic)
    return others.length === 0
  }

  push(topic: Topic, envelope: Envelope): void {
    if (!this.#listeners.has(topic)) return
    this.#queue.push({ topic, envelope })
    if (this.#queue.length === 1) queueMicrotask(() => this.#flush())
  }

  clear(): void {
    this.#listeners.clear()
  }

  #flush(): void {
    // What a listener publishes meanwhile is appended and handed on in the same pass.
    for (let index = 0; index < this.#queue.length; index += 1) {
      const { topic, envelope } = this.#queue[index]!
      for (const listener of this.#listeners.get(topic) ?? []) {
        // One before it may have removed it.
        if (this.#listeners.get(topic)?.includes(listener) !== true) continue
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
