import type { CoreEvent } from '../events.ts'

/**
 * Who hears of an event: `user:ID` (every connection of a user), `conversation:ID` (those that show a channel; what happens
 * in a direct conversation goes to its two users), `room:CODE`, `group:ID`, `peer:ID` and `peerjs:ID` (who holds that peer
 * id), `probe:ID` (who asked whether a holder lives), `presence`, `hub`, …
 * A topic costs nothing while nobody subscribes to it.
 */
export type Topic =
  | `user:${string}`
  | `conversation:${string}`
  | `room:${string}`
  | `group:${string}`
  | `peer:${string}`
  | `peerjs:${string}`
  | `probe:${string}`
  | 'presence'
  | 'hub'
  | 'nodes'

/** An event as it travels between nodes. */
export interface Envelope {
  readonly event: CoreEvent
  /** A connection that must not be told, as it caused the event; null: everyone is told. */
  readonly except: string | null
}

export type BusListener = (topic: Topic, envelope: Envelope) => void

/**
 * Fan-out between nodes, this one included.
 *
 * - **At most once**: an event may be lost (and is, while the bus is away); nothing durable depends on it.
 * - **Order**: events that one node publishes on one topic arrive in that order.
 * - A publish reaches the publisher's own subscriptions too, after `publish` returned (never re-entrantly).
 * - Listeners must not throw; one that does harms nobody else and is reported.
 */
export interface Bus {
  /** Never throws, never waits: while the bus is away the event reaches this node alone. */
  publish(topic: Topic, envelope: Envelope): void
  /** Resolves when events published from then on arrive. Subscribing twice is counted once per listener. */
  subscribe(topic: Topic, listener: BusListener): Promise<void>
  unsubscribe(topic: Topic, listener: BusListener): void
  /** `process`: there are no other nodes, and nothing is lost. `nodes`: what comes from other nodes may have holes. */
  readonly reach: 'process' | 'nodes'
  /** False while other nodes cannot be reached. A bus without other nodes is always up. */
  readonly isUp: boolean
  /**
   * Called each time other nodes can be reached again after they could not: what they published meanwhile is lost. Every
   * subscription is in force again by then. The answer forgets the listener.
   */
  onRestored(listener: () => void): () => void
  close(): Promise<void>
}
