import type { DialectSink, EventHub } from './event-hub.ts'
import type { CoreEvent } from './events.ts'
import type { Topic } from './ports/bus.ts'

/** One of several on this node that hear what is told on a topic. */
export interface TopicListener {
  readonly connectionId: string
  /** Must not throw and must not wait. */
  hear(topic: Topic, event: CoreEvent): void
}

/** Who on this node listens to which topic, each connection to topics of its own. */
export class TopicListeners implements DialectSink {
  readonly dialect: string
  readonly #hub: EventHub
  readonly #byTopic = new Map<Topic, Set<TopicListener>>()

  constructor(hub: EventHub, dialect: string) {
    this.#hub = hub
    this.dialect = dialect
  }

  /** Without the topic, which somebody else keeps for this sink. */
  attach(topic: Topic, listener: TopicListener): void {
    const listeners = this.#byTopic.get(topic) ?? new Set<TopicListener>()
    this.#byTopic.set(topic, listeners.add(listener))
  }

  detach(topic: Topic, listener: TopicListener): void {
    const listeners = this.#byTopic.get(topic)
    if (listeners?.delete(listener) === true && listeners.size === 0) this.#byTopic.delete(topic)
  }

  /** Resolves when what is published from then on is heard. Each needs its `release`. */
  async retain(topic: Topic, listener: TopicListener): Promise<void> {
    this.attach(topic, listener)
    await this.#hub.retain(topic, this)
  }

  release(topic: Topic, listener: TopicListener): void {
    this.detach(topic, listener)
    this.#hub.release(topic, this)
  }

  deliver(topic: Topic, event: CoreEvent, except: string | null): void {
    for (const listener of [...(this.#byTopic.get(topic) ?? [])]) {
      if (listener.connectionId !== except) listener.hear(topic, event)
    }
  }
}
