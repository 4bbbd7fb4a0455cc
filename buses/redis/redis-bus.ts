import { type Bus, type BusListener, type Envelope, type Topic, TopicFanOut } from '@parley/core'
import { decodeEnvelope, encodeEnvelope } from './envelope-codec.ts'
import type { RedisLink } from './redis-link.ts'
import type { Sealer } from './sealer.ts'

/** Most events that wait for a connection, and how long they are worth sending (ms). */
const MAX_WAITING = 1_000
const WAITING_TTL = 5_000
/** Most events that were sent and are not answered, and bytes that the socket has not taken: above it they are dropped. */
const MAX_IN_FLIGHT = 20_000
const MAX_UNSENT = 16 * 1_048_576
/** Channels in one SUBSCRIBE. */
const CHANNELS_AT_ONCE = 500

/** Counters since the start. */
export interface RedisBusStats {
  readonly published: number
  readonly received: number
  /** Not sent, as too many waited or Redis was away too long. */
  readonly dropped: number
  /** Came over Redis and was not ours to read. */
  readonly invalid: number
  readonly reconnects: number
}

interface Outgoing {
  readonly channel: string
  readonly body: Buffer
  /** Monotonic ms. */
  readonly at: number
}

/**
 * The bus over Redis pub/sub, sharded where the server has it. This node's listeners are told directly, so that Redis
 * may be away; of other nodes only what this node's listeners need arrives. Redis sees neither topics nor events.
 */
export class RedisBus implements Bus {
  readonly reach = 'nodes'
  readonly #link: RedisLink
  readonly #sealer: Sealer
  readonly #onError: (error: unknown) => void
  readonly #fanOut: TopicFanOut
  /** What this node's listeners need, by channel. */
  readonly #wanted = new Map<string, Topic>()
  /** What Redis was asked for over this connection; settles when it has answered. */
  readonly #live = new Map<string, Promise<unknown>>()
  readonly #dirty = new Set<string>()
  #flushing: Promise<void> | null = null
  #outgoing: Outgoing[] = []
  #inFlight = 0
  #isSharded = false
  readonly #counts = { published: 0, received: 0, dropped: 0, invalid: 0 }

  constructor(dependencies: { link: RedisLink; sealer: Sealer; onError: (error: unknown) => void }) {
    this.#link = dependencies.link
    this.#sealer = dependencies.sealer
    this.#onError = dependencies.onError
    this.#fanOut = new TopicFanOut(dependencies.onError)
    this.#link.addResume(() => this.#resume())
    this.#link.onUp(() => this.#send())
    for (const name of ['messageBuffer', 'smessageBuffer']) {
      this.#link.subscriber.on(name, (channel: Buffer, body: Buffer) => {
        this.#receive(channel.toString('latin1'), body)
      })
    }
  }

  get isUp(): boolean {
    return this.#link.isUp
  }

  get stats(): RedisBusStats {
    return { ...this.#counts, reconnects: this.#link.reconnects }
  }

  publish(topic: Topic, envelope: Envelope): void {
    this.#fanOut.push(topic, envelope)
    if (this.#outgoing.length >= (this.#link.isUp ? MAX_IN_FLIGHT : MAX_WAITING)) {
      this.#counts.dropped += 1
      return
    }
    const channel = this.#channelOf(topic)
    let body: Buffer
    try {
      body = this.#sealer.seal(channel, encodeEnvelope(envelope))
    } catch (error) {
      this.#counts.dropped += 1
      this.#onError(error)
      return
    }
    this.#outgoing.push({ channel, body, at: performance.now() })
    if (this.#outgoing.length === 1) setImmediate(() => this.#send())
  }

  subscribe(topic: Topic, listener: BusListener): Promise<void> {
    const isFirst = this.#fanOut.add(topic, listener)
    const channel = this.#channelOf(topic)
    if (isFirst) this.#wanted.set(channel, topic)
    const live = this.#live.get(channel)
    if (live !== undefined) return live.then(() => {})
    return this.#touch(channel)
  }

  unsubscribe(topic: Topic, listener: BusListener): void {
    if (!this.#fanOut.remove(topic, listener)) return
    const channel = this.#channelOf(topic)
    this.#wanted.delete(channel)
    void this.#touch(channel)
  }

  onRestored(listener: () => void): () => void {
    return this.#link.onRestored(listener)
  }

  close(): Promise<void> {
    this.#fanOut.clear()
    this.#wanted.clear()
    return this.#link.close()
  }

  #channelOf(topic: Topic): string {
    return `parley:${this.#sealer.nameOf(topic)}`
  }

  /** Everything of one turn in one write. */
  #send(): void {
    if (!this.#link.isUp || this.#outgoing.length === 0) return
    const now = performance.now()
    const sent = this.#outgoing.filter(({ at }) => now - at <= WAITING_TTL)
    this.#counts.dropped += this.#outgoing.length - sent.length
    this.#outgoing = []
    const { commands } = this.#link
    if (this.#inFlight + sent.length > MAX_IN_FLIGHT || commands.stream.writableLength > MAX_UNSENT) {
      this.#counts.dropped += sent.length
      return
    }
    const pipeline = commands.pipeline()
    for (const { channel, body } of sent) {
      if (this.#isSharded) pipeline.spublish(channel, body)
      else pipeline.publish(channel, body)
    }
    this.#inFlight += sent.length
    this.#counts.published += sent.length
    // A break fails it: what was under way is lost, as a bus may lose it.
    pipeline
      .exec()
      .catch(() => {})
      .finally(() => {
        this.#inFlight -= sent.length
      })
  }

  #receive(channel: string, body: Buffer): void {
    const topic = this.#wanted.get(channel)
    // One's own, which was handed on already; or a topic that nobody here needs any more.
    if (topic === undefined || this.#sealer.isOwn(body)) return
    const text = this.#sealer.open(channel, body)
    const envelope = text === null ? null : decodeEnvelope(text)
    if (envelope === null) {
      this.#counts.invalid += 1
      if (this.#counts.invalid === 1)
        this.#onError(new Error('Redis delivered what no node of this version sent'))
      return
    }
    this.#counts.received += 1
    this.#fanOut.push(topic, envelope)
  }

  /** Resolves when Redis was asked for what is wanted now; at once while it is away, as a break ends with `#resume`. */
  #touch(channel: string): Promise<void> {
    if (this.#link.subscriber.status !== 'ready') return Promise.resolve()
    this.#dirty.add(channel)
    this.#flushing ??= new Promise((resolve) => {
      queueMicrotask(() => {
        this.#flushing = null
        const channels = [...this.#dirty]
        this.#dirty.clear()
        this.#ask(channels).then(resolve, resolve)
      })
    })
    return this.#flushing
  }

  /** Says what changed. Of one connection, what is said later holds. */
  async #ask(channels: readonly string[]): Promise<void> {
    const added = channels.filter((channel) => this.#wanted.has(channel) && !this.#live.has(channel))
    const removed = channels.filter((channel) => !this.#wanted.has(channel) && this.#live.has(channel))
    const { subscriber } = this.#link
    const asked: Promise<unknown>[] = []
    for (const some of chunks(removed)) {
      for (const channel of some) this.#live.delete(channel)
      asked.push(this.#isSharded ? subscriber.sunsubscribe(...some) : subscriber.unsubscribe(...some))
    }
    for (const some of chunks(added)) {
      const answer = this.#isSharded ? subscriber.ssubscribe(...some) : subscriber.subscribe(...some)
      // It may fail while nobody waits for it; then the connection is gone, or it is said again with the next break.
      answer.catch(() => {})
      for (const channel of some)
        this.#live.set(
          channel,
          answer.catch(() => {}),
        )
      asked.push(answer)
    }
    await Promise.all(asked)
  }

  async #resume(): Promise<void> {
    const info: unknown = await this.#link.commands.call('COMMAND', 'INFO', 'SPUBLISH')
    this.#isSharded = Array.isArray(info) && info[0] !== null && info.length > 0
    this.#live.clear()
    this.#dirty.clear()
    await this.#ask([...this.#wanted.keys()])
  }
}

const chunks = <T>(all: readonly T[]): T[][] => {
  const result: T[][] = []
  for (let from = 0; from < all.length; from += CHANNELS_AT_ONCE)
    result.push(all.slice(from, from + CHANNELS_AT_ONCE))
  return result
}
