import { type Bus, type BusListener, type Envelope, type Topic, TopicFanOut } from '@parley/core'
import type { Link } from './link.ts'
import { type CarriedEvent, decodeEnvelope, encodeEnvelope, WIRE } from './wire.ts'

/** Bytes that the primary has not taken, above which events are dropped. */
const MAX_UNSENT = 16 * 1_048_576

/** Counters since the start. */
export interface IpcBusStats {
  readonly published: number
  readonly received: number
  /** Not sent, as the primary did not read. */
  readonly dropped: number
}

/**
 * The bus of one of several processes of a machine. This process's listeners are told directly; of the others only what
 * is needed here arrives. Two processes may publish what one commit wrote in another order than it was written, and one may die
 * in between: that is why it reaches `nodes`, as one over a network does.
 */
export class IpcBus implements Bus {
  readonly reach = 'nodes'
  readonly #link: Link
  readonly #fanOut: TopicFanOut
  /** What the primary was asked for. */
  readonly #live = new Map<Topic, Promise<unknown>>()
  readonly #counts = { published: 0, received: 0, dropped: 0 }

  constructor(dependencies: { link: Link; onError: (error: unknown) => void }) {
    this.#link = dependencies.link
    this.#fanOut = new TopicFanOut(dependencies.onError)
    this.#link.handle(WIRE.event, (payload) => this.#receive(payload as CarriedEvent))
  }

  get isUp(): boolean {
    return !this.#link.hasEnded
  }

  get stats(): IpcBusStats {
    return { ...this.#counts }
  }

  publish(topic: Topic, envelope: Envelope): void {
    this.#fanOut.push(topic, envelope)
    if (this.#link.hasEnded || this.#link.backlog > MAX_UNSENT) {
      this.#counts.dropped += 1
      return
    }
    this.#counts.published += 1
    this.#link.say(WIRE.publish, [topic, encodeEnvelope(envelope)] satisfies CarriedEvent)
  }

  async subscribe(topic: Topic, listener: BusListener): Promise<void> {
    if (this.#fanOut.add(topic, listener)) {
      // The link may end meanwhile; this process ends with it.
      this.#live.set(
        topic,
        this.#link.call(WIRE.subscribe, topic).catch(() => {}),
      )
    }
    await this.#live.get(topic)
  }

  unsubscribe(topic: Topic, listener: BusListener): void {
    if (!this.#fanOut.remove(topic, listener)) return
    this.#live.delete(topic)
    this.#link.say(WIRE.unsubscribe, topic)
  }

  /** The primary is there for as long as this process is. */
  onRestored(): () => void {
    return () => {}
  }

  close(): Promise<void> {
    this.#fanOut.clear()
    return Promise.resolve()
  }

  #receive([topic, text]: CarriedEvent): void {
    this.#counts.received += 1
    this.#fanOut.push(topic, decodeEnvelope(text))
  }
}
