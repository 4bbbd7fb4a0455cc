import type { Clock } from './ports/clock.ts'
import type { Lease, LeaseAnswer, LeaseKind, Leases, LeaseValue } from './ports/leases.ts'
import type { Observer } from './ports/observer.ts'

/** A lease ends this long after its node was last heard of (ms): a killed node's users are gone within 35 s. */
export const LEASE_TTL = 30_000
/** How often a node renews what it holds (ms): two renewals may be lost. */
export const RENEW_INTERVAL = 10_000

/** The name of no node. */
const NOBODY = 'nobody'

/** Takes leases in the name of this node and keeps them alive until they are released. */
export class LeaseKeeper {
  readonly leases: Leases
  readonly #nodeId: string
  readonly #observer: Observer
  readonly #clock: Clock
  #timer: { cancel(): void } | null = null

  constructor(dependencies: { leases: Leases; nodeId: string; clock: Clock; observer: Observer }) {
    this.leases = dependencies.leases
    this.#nodeId = dependencies.nodeId
    this.#clock = dependencies.clock
    this.#observer = dependencies.observer
    this.#schedule()
  }

  /** `capacity` 0: no bound. At capacity the newcomer is refused or the oldest holder evicted, as `whenFull` says. */
  take(request: {
    kind: LeaseKind
    key: string
    holder: string
    value: LeaseValue
    capacity: number
    whenFull: 'refuse' | 'evict'
  }): Promise<LeaseAnswer> {
    return this.leases.take({ ...request, nodeId: this.#nodeId, ttl: LEASE_TTL })
  }

  /** A lease in nobody's name: not renewed, so that it ends by itself after `ttl` ms (1 at least), whatever becomes of this node. */
  takeUnrenewed(request: {
    kind: LeaseKind
    key: string
    holder: string
    value: LeaseValue
    ttl: number
  }): Promise<LeaseAnswer> {
    const ttl = Math.max(1, request.ttl)
    return this.leases.take({ ...request, ttl, nodeId: NOBODY, capacity: 0, whenFull: 'refuse' })
  }

  /** Never rejects: a lease that cannot be released now ends by itself. */
  async release(lease: Lease): Promise<{ last: boolean }> {
    try {
      return await this.leases.release(lease)
    } catch (error) {
      this.#observer.error('lease not released', error, { kind: lease.kind })
      return { last: false }
    }
  }

  isOwn(lease: Lease): boolean {
    return lease.nodeId === this.#nodeId
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #schedule(): void {
    this.#timer = this.#clock.after(RENEW_INTERVAL, () => {
      this.#schedule()
      this.leases
        .renew(this.#nodeId)
        .catch((error: unknown) => this.#observer.error('leases not renewed', error))
    })
  }
}
