import { type Bus, type BusListener, type Envelope, type Topic, TopicFanOut } from '@parley/core'

/** The bus of a single process: none of its events is lost. */
export class MemoryBus implements Bus {
  readonly reach = 'process'
  readonly isUp = true
  readonly #fanOut: TopicFanOut

  constructor(options: { onError: (error: unknown) => void }) {
    this.#fanOut = new TopicFanOut(options.onError)
  }

  publish(topic: Topic, envelope: Envelope): void {
    this.#fanOut.push(topic, envelope)
  }

  subscribe(topic: Topic, listener: BusListener): Promise<void> {
    this.#fanOut.add(topic, listener)
    return Promise.resolve()
  }

  unsubscribe(topic: Topic, listener: BusListener): void {
    this.#fanOut.remove(topic, listener)
  }

  onRestored(): () => void {
    return () => {}
  }

  close(): Promise<void> {
    this.#fanOut.clear()
    return Promise.resolve()
  }
}
