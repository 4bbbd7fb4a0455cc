import { newId } from '@parley/model'
import type { DialectSink, EventHub } from './event-hub.ts'
import type { CoreEvent, PeerProbed, PeerRelayed } from './events.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { Topic } from './ports/bus.ts'
import type { Clock } from './ports/clock.ts'
import type { Lease, LeaseChange, LeaseValue } from './ports/leases.ts'
import type { Observer } from './ports/observer.ts'

/** How long the holder of a peer id has to show that it lives (ms; wire, "signal"). */
export const PROBE_TIMEOUT = 2_000

/**
 * Ids of `signal` and ids of the PeerJS broker never meet: a client of document 000 holds the same string in both.
 * Also the lease kind, and the beginning of the topic that reaches the holder.
 */
export type PeerSpace = 'peer' | 'peerjs'

export interface ClaimRequest {
  readonly space: PeerSpace
  readonly id: string
  readonly connectionId: string
  /** What others may see of the holder. */
  readonly value: LeaseValue
  /**
   * Is told of what is sent to the id, on the topic `SPACE:ID`, from before the claim until its end. Also while the claim is
   * under way, of what is for the present holder: it must look whether the id is held by a connection of its own.
   */
  readonly sink: DialectSink
  /** Asks the connection itself: true when its peer answered. May take long, may reject; then it counts as dead. */
  readonly isAlive: () => Promise<boolean>
  /** Somebody else got the id, or its lease ended. Called at most once, never after `release`; the claim is over by then. */
  readonly onLost: () => void
  /** Is the present holder the same peer as this one, come back? Then it is put out without being asked. */
  readonly takesOver?: (holder: Lease) => boolean
}

/** An id that a connection of this node holds. */
export interface PeerClaim {
  readonly space: PeerSpace
  readonly id: string
  readonly lease: Lease
}

interface Live extends PeerClaim {
  readonly request: ClaimRequest
}

const KINDS: readonly PeerSpace[] = ['peer', 'peerjs']

/**
 * Who holds which peer id: leases, so that over all nodes an id has one holder, and one that dies frees it. An id that is
 * held is given away only when its holder, asked, does not answer within `PROBE_TIMEOUT`.
 */
export class PeerIds implements DialectSink {
  readonly dialect = 'peer ids'
  readonly #keeper: LeaseKeeper
  readonly #hub: EventHub
  readonly #clock: Clock
  readonly #observer: Observer
  /** By topic: what connections of this node hold. */
  readonly #live = new Map<Topic, Live>()
  /** By topic: leases that ended while a claim was under way, which may be the very one it got. */
  readonly #claiming = new Map<Topic, Set<Set<number>>>()
  /** By topic and token: questions under way. Who asks the same of the same holder shares the answer. */
  readonly #asking = new Map<string, Promise<boolean>>()
  /** By probe id: what to do when the holder answers. */
  readonly #waiting = new Map<string, () => void>()
  readonly #unwatch: readonly (() => void)[]

  constructor(dependencies: { keeper: LeaseKeeper; hub: EventHub; clock: Clock; observer: Observer }) {
    this.#keeper = dependencies.keeper
    this.#hub = dependencies.hub
    this.#clock = dependencies.clock
    this.#observer = dependencies.observer
    this.#unwatch = KINDS.map((kind) => this.#keeper.leases.watch(kind, (change) => this.#onLease(change)))
  }

  stop(): void {
    for (const unwatch of this.#unwatch) unwatch()
  }

  /**
   * Null: somebody else holds it and lives. To be released; a connection that ended meanwhile releases at once. A connection
   * that holds the id already gets a new claim, and the old one is over without a word.
   */
  async claim(request: ClaimRequest): Promise<PeerClaim | null> {
    const topic = topicOf(request)
    const ended = new Set<number>()
    const claiming = this.#claiming.get(topic) ?? new Set<Set<number>>()
    this.#claiming.set(topic, claiming.add(ended))
    let claim: PeerClaim | null = null
    try {
      // Before the lease is: who holds an id can be asked and reached.
      await Promise.all([this.#hub.retain(topic, this), this.#hub.retain(topic, request.sink)])
      const lease = await this.#take(request)
      if (lease !== null && !ended.has(lease.token)) claim = this.#hold(topic, lease, request)
      return claim
    } finally {
      claiming.delete(ended)
      if (claiming.size === 0) this.#claiming.delete(topic)
      if (claim === null) this.#releaseTopic(topic, request.sink)
    }
  }

  /** Idempotent; never rejects. */
  async release(claim: PeerClaim): Promise<void> {
    const topic = topicOf(claim)
    const live = this.#live.get(topic)
    if (live?.lease.token !== claim.lease.token) return
    this.#forget(topic, live)
    await this.#keeper.release(claim.lease)
  }

  /** The holder's lease, wherever it is connected; null: nobody holds the id. */
  async holder(space: PeerSpace, id: string): Promise<Lease | null> {
    return (await this.#keeper.leases.holders(space, id))[0] ?? null
  }

  /** To whoever holds `to`, on whatever node. The sender's id must have been checked. */
  relay(space: PeerSpace, message: Omit<PeerRelayed, 'type'>): void {
    this.#hub.publish(`${space}:${message.to}`, { type: 'peer.relayed', ...message })
  }

  /** Ids held by connections of this node. */
  get size(): number {
    return this.#live.size
  }

  deliver(topic: Topic, event: CoreEvent): void {
    if (event.type === 'peer.alive') this.#waiting.get(event.probeId)?.()
    else if (event.type === 'peer.probed') void this.#answer(topic, event)
  }

  async #take(request: ClaimRequest): Promise<Lease | null> {
    const lease = await this.#takeFree(request)
    if (lease !== null) return lease
    const holder = await this.holder(request.space, request.id)
    const keeps = holder !== null && request.takesOver?.(holder) !== true && (await this.#ask(holder))
    if (keeps) return null
    // By its token: who took the id meanwhile is left alone, and of two who come at once one gets it.
    if (holder !== null) await this.#keeper.leases.release(holder)
    return this.#takeFree(request)
  }

  async #takeFree({ space, id, connectionId, value }: ClaimRequest): Promise<Lease | null> {
    const answer = await this.#keeper.take({
      kind: space,
      key: id,
      holder: connectionId,
      value,
      capacity: 1,
      whenFull: 'refuse',
    })
    return answer.kind === 'taken' ? answer.lease : null
  }

  #hold(topic: Topic, lease: Lease, request: ClaimRequest): PeerClaim {
    const live: Live = { space: request.space, id: request.id, lease, request }
    const before = this.#live.get(topic)
    if (before !== undefined) {
      this.#forget(topic, before)
      if (before.lease.holder !== live.lease.holder) before.request.onLost()
    }
    this.#live.set(topic, live)
    return live
  }

  #forget(topic: Topic, { request }: Live): void {
    this.#live.delete(topic)
    this.#releaseTopic(topic, request.sink)
  }

  #releaseTopic(topic: Topic, sink: DialectSink): void {
    this.#hub.release(topic, this)
    this.#hub.release(topic, sink)
  }

  /** False when the holder did not answer in time. */
  #ask(holder: Lease): Promise<boolean> {
    const key = `${holder.kind}:${holder.key} ${holder.token}`
    const asking = this.#asking.get(key) ?? this.#probe(holder).finally(() => this.#asking.delete(key))
    this.#asking.set(key, asking)
    return asking
  }

  async #probe({ kind, key, holder, token }: Lease): Promise<boolean> {
    const probeId = newId()
    const topic: Topic = `probe:${probeId}`
    await this.#hub.retain(topic, this)
    try {
      return await new Promise<boolean>((resolve) => {
        const timer = this.#clock.after(PROBE_TIMEOUT, () => resolve(false))
        this.#waiting.set(probeId, () => {
          timer.cancel()
          resolve(true)
        })
        this.#hub.publish(topicOf({ space: kind as PeerSpace, id: key }), {
          type: 'peer.probed',
          probeId,
          holder,
          token,
        })
      })
    } finally {
      this.#waiting.delete(probeId)
      this.#hub.release(topic, this)
    }
  }

  async #answer(topic: Topic, { probeId, holder, token }: PeerProbed): Promise<void> {
    const live = this.#live.get(topic)
    if (live === undefined || live.lease.holder !== holder || live.lease.token !== token) return
    try {
      if (!(await live.request.isAlive())) return
    } catch (error) {
      this.#observer.error('peer not asked whether it lives', error, { connectionId: holder })
      return
    }
    this.#hub.publish(`probe:${probeId}`, { type: 'peer.alive', probeId })
  }

  /** The lease is gone though its connection did not give it back. */
  #onLease({ type, lease }: LeaseChange): void {
    if (type === 'first') return
    const topic = topicOf({ space: lease.kind as PeerSpace, id: lease.key })
    for (const ended of this.#claiming.get(topic) ?? []) ended.add(lease.token)
    const live = this.#live.get(topic)
    if (live?.lease.token !== lease.token) return
    this.#forget(topic, live)
    live.request.onLost()
  }
}

const topicOf = ({ space, id }: { readonly space: PeerSpace; readonly id: string }): Topic => `${space}:${id}`
