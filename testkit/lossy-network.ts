import { type Bus, type BusListener, type Clock, type Envelope, type Topic, TopicFanOut } from '@parley/core'

/** What becomes of an event on its way to one other node: after so many ms each; none: it is lost. */
export type Fate = readonly number[]

/** Buses of several nodes in one process, between which events are lost, late, doubled or overtaken, as the test says. */
export class LossyNetwork {
  readonly #clock: Clock
  readonly #nodes: LossyBus[] = []
  fate: (topic: Topic, envelope: Envelope) => Fate = () => [0]

  constructor(clock: Clock) {
    this.#clock = clock
  }

  newNode(options: { onError: (error: unknown) => void }): LossyBus {
    const node = new LossyBus(options, (topic, envelope) => {
      for (const other of this.#nodes) {
        if (other === node || !node.isUp || !other.isUp) continue
        for (const ms of this.fate(topic, envelope)) {
          if (ms === 0) other.receive(topic, envelope)
          else this.#clock.after(ms, () => other.receive(topic, envelope))
        }
      }
    })
    this.#nodes.push(node)
    return node
  }
}

/** The bus of one node. */
export class LossyBus implements Bus {
  readonly reach = 'nodes'
  readonly #fanOut: TopicFanOut
  readonly #send: (topic: Topic, envelope: Envelope) => void
  readonly #restored = new Set<() => void>()
  #isUp = true

  constructor(
    options: { onError: (error: unknown) => void },
    send: (topic: Topic, envelope: Envelope) => void,
  ) {
    this.#fanOut = new TopicFanOut(options.onError)
    this.#send = send
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** Cuts the node off, or brings it back. */
  setUp(isUp: boolean): void {
    const isBack = isUp && !this.#isUp
    this.#isUp = isUp
    if (isBack) for (const listener of this.#restored) listener()
  }

  /** What came from another node: over the wire, so that nothing is shared. */
  receive(topic: Topic, envelope: Envelope): void {
    if (this.#isUp) this.#fanOut.push(topic, structuredClone(envelope))
  }

  publish(topic: Topic, envelope: Envelope): void {
    this.#fanOut.push(topic, envelope)
    this.#send(topic, envelope)
  }

  subscribe(topic: Topic, listener: BusListener): Promise<void> {
    this.#fanOut.add(topic, listener)
    return Promise.resolve()
  }

  unsubscribe(topic: Topic, listener: BusListener): void {
    this.#fanOut.remove(topic, listener)
  }

  onRestored(listener: () => void): () => void {
    this.#restored.add(listener)
    return () => this.#restored.delete(listener)
  }

  close(): Promise<void> {
    this.#fanOut.clear()
    return Promise.resolve()
  }
}
