import type { Lease, LeaseAnswer, LeaseKind, LeaseRequest } from './ports/leases.ts'

/** What is needed to hold a lease again elsewhere. */
export type LeaseTerms = Pick<LeaseRequest, 'ttl' | 'capacity' | 'whenFull'>

export interface HeldLease {
  readonly lease: Lease
  readonly terms: LeaseTerms
  /** On the clock of whoever asks, ms. */
  expiresAt: number
}

type Holders = Map<string, HeldLease>

/** Who holds what, in memory: the rules of `Leases` without time, watchers or nodes. */
export class LeaseTable {
  readonly #kinds = new Map<LeaseKind, Map<string, Holders>>()

  /** `token` must be above every one before. */
  take(request: LeaseRequest, { token, now }: { token: number; now: number }): LeaseAnswer {
    const { kind, key, holder, nodeId, value, ttl, capacity, whenFull } = request
    const before = this.#holdersOf(kind, key)
    const others = [...(before?.values() ?? [])].filter(({ lease }) => lease.holder !== holder)
    const surplus = capacity > 0 ? others.length - capacity + 1 : 0
    if (surplus > 0 && whenFull === 'refuse') return { kind: 'full' }
    const evicted = surplus > 0 ? others.slice(0, surplus).map((held) => held.lease) : []
    for (const lease of evicted) before?.delete(lease.holder)
    const lease: Lease = { kind, key, holder, nodeId, value, token }
    this.put(lease, { ttl, capacity, whenFull }, now + ttl)
    return { kind: 'taken', lease, first: before === undefined, evicted }
  }

  /** Holds a lease that was taken elsewhere, in the place of one of the same holder. */
  put(lease: Lease, terms: LeaseTerms, expiresAt: number): void {
    const keys = this.#kinds.get(lease.kind) ?? new Map<string, Holders>()
    this.#kinds.set(lease.kind, keys)
    const holders = keys.get(lease.key) ?? new Map<string, HeldLease>()
    keys.set(lease.key, holders)
    // Holders are in the order of their tokens.
    holders.delete(lease.holder)
    holders.set(lease.holder, { lease, terms, expiresAt })
  }

  /** Undefined when this very lease, by its token, is not held. */
  find({ kind, key, holder, token }: Lease): HeldLease | undefined {
    const held = this.#holdersOf(kind, key)?.get(holder)
    return held?.lease.token === token ? held : undefined
  }

  /** Undefined when it was not held. */
  end(lease: Lease): { readonly last: boolean } | undefined {
    if (this.find(lease) === undefined) return undefined
    const { kind, key, holder } = lease
    const holders = this.#holdersOf(kind, key)
    holders?.delete(holder)
    if (holders?.size !== 0) return { last: false }
    this.#kinds.get(kind)?.delete(key)
    return { last: true }
  }

  /** Oldest first. */
  holders(kind: LeaseKind, key: string): readonly Lease[] {
    return [...(this.#holdersOf(kind, key)?.values() ?? [])].map(({ lease }) => lease)
  }

  count(kind: LeaseKind): number {
    return this.#kinds.get(kind)?.size ?? 0
  }

  /** As `Leases.list`. */
  list(kind: LeaseKind, { after, limit }: { after?: string; limit: number }): readonly Lease[] {
    const keys = this.#kinds.get(kind) ?? new Map<string, Holders>()
    return [...keys.keys()]
      .filter((key) => after === undefined || key > after)
      .sort()
      .slice(0, limit)
      .map((key) => keys.get(key)!.values().next().value!.lease)
  }

  *all(): Iterable<HeldLease> {
    for (const keys of this.#kinds.values()) for (const holders of keys.values()) yield* holders.values()
  }

  #holdersOf(kind: LeaseKind, key: string): Holders | undefined {
    return this.#kinds.get(kind)?.get(key)
  }
}
