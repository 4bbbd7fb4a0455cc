import type { CoreEvent } from './events.ts'
import type { Bus, Envelope, Topic } from './ports/bus.ts'
import type { Observer } from './ports/observer.ts'

/**
 * Where a dialect takes events. It is called once per event and dialect, encodes once, and reaches its own sockets as
 * it likes. `except` is a connection that must not be told. Must not throw and must not wait.
 */
export interface DialectSink {
  readonly dialect: string
  deliver(topic: Topic, event: CoreEvent, except: string | null): void
}

/** Stands between the bus and the dialects of this node. */
export interface HubFilter {
  /** The topic is subscribed to from now on. Must not reject. */
  opened(topic: Topic): Promise<void>
  closed(topic: Topic): void
  /** True: it is dispatched by the filter, now or later or never. */
  accept(topic: Topic, envelope: Envelope): boolean
}

interface Interest {
  readonly sink: DialectSink
  count: number
}

/**
 * Joins the bus with the dialects of this node: a topic is subscribed to while at least one local connection needs it,
 * and each dialect that needs it is told once.
 */
export class EventHub {
  readonly #bus: Bus
  readonly #observer: Observer
  readonly #interests = new Map<Topic, Interest[]>()
  readonly #subscribing = new Map<Topic, Promise<void>>()
  #filter: HubFilter | null = null

  constructor(bus: Bus, observer: Observer) {
    this.#bus = bus
    this.#observer = observer
  }

  /** To be set before anything is retained. */
  filter(filter: HubFilter): void {
    this.#filter = filter
  }

  /** Resolves when events published from then on reach the sink. Counted: each `retain` needs its `release`. */
  retain(topic: Topic, sink: DialectSink): Promise<void> {
    const interests = this.#interests.get(topic)
    if (interests === undefined) {
      this.#interests.set(topic, [{ sink, count: 1 }])
      const subscribing = this.#open(topic)
      this.#subscribing.set(topic, subscribing)
      return subscribing.finally(() => {
        if (this.#subscribing.get(topic) === subscribing) this.#subscribing.delete(topic)
      })
    }
    const interest = interests.find((candidate) => candidate.sink === sink)
    if (interest === undefined) interests.push({ sink, count: 1 })
    else interest.count += 1
    return this.#subscribing.get(topic) ?? Promise.resolve()
  }

  release(topic: Topic, sink: DialectSink): void {
    const interests = this.#interests.get(topic)
    const index = interests?.findIndex((candidate) => candidate.sink === sink) ?? -1
    if (interests === undefined || index < 0) return
    const interest = interests[index]!
    interest.count -= 1
    if (interest.count > 0) return
    interests.splice(index, 1)
    if (interests.length > 0) return
    this.#interests.delete(topic)
    this.#bus.unsubscribe(topic, this.#onBus)
    this.#filter?.closed(topic)
  }

  /** To every node, this one included. At most once; never waits. */
  publish(topic: Topic, event: CoreEvent, except: string | null = null): void {
    this.#bus.publish(topic, { event, except })
  }

  /** To the dialects of this node alone, at once: for what every node learns by itself (leases). */
  dispatch(topic: Topic, event: CoreEvent, except: string | null = null): void {
    const interests = this.#interests.get(topic)
    if (interests === undefined) return
    for (const interest of interests) {
      try {
        interest.sink.deliver(topic, event, except)
      } catch (error) {
        this.#observer.error('a dialect failed to deliver', error, {
          dialect: interest.sink.dialect,
          event: event.type,
        })
      }
    }
  }

  /** How many topics this node is subscribed to. */
  get topics(): number {
    return this.#interests.size
  }

  async #open(topic: Topic): Promise<void> {
    await this.#bus.subscribe(topic, this.#onBus)
    await this.#filter?.opened(topic)
  }

  readonly #onBus = (topic: Topic, envelope: Envelope): void => {
    if (this.#filter?.accept(topic, envelope) === true) return
    this.dispatch(topic, envelope.event, envelope.except)
  }
}
