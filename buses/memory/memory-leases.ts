import type { Clock, Lease, LeaseAnswer, LeaseChange, LeaseKind, LeaseRequest, Leases } from '@parley/core'

interface Held {
  lease: Lease
  readonly ttl: number
  expiresAt: number
}

/** How often expired leases are looked for (ms): "gone within one further second". */
const SWEEP_INTERVAL = 500

/** Leases of a single process, or of several cores in one process (tests), with the same rules as over nodes. */
export class MemoryLeases implements Leases {
  readonly #clock: Clock
  readonly #kinds = new Map<LeaseKind, Map<string, Map<string, Held>>>()
  readonly #watchers = new Map<LeaseKind, Set<(change: LeaseChange) => void>>()
  #token = 0
  #sweep: { cancel(): void } | null = null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#schedule()
  }

  async take(request: LeaseRequest): Promise<LeaseAnswer> {
    const { kind, key, holder, nodeId, value, ttl, capacity } = request
    const keys = this.#keysOf(kind)
    const holders = keys.get(key) ?? new Map<string, Held>()
    const first = holders.size === 0
    const evicted: Lease[] = []
    holders.delete(holder)
    while (capacity > 0 && holders.size >= capacity) {
      if (request.whenFull === 'refuse') return { kind: 'full' }
      const oldest = holders.values().next().value!
      holders.delete(oldest.lease.holder)
      evicted.push(oldest.lease)
    }
    this.#token += 1
    const lease: Lease = { kind, key, holder, nodeId, value, token: this.#token }
    holders.set(holder, { lease, ttl, expiresAt: this.#clock.now() + ttl })
    keys.set(key, holders)
    for (const lost of evicted) this.#tell({ type: 'lost', lease: lost })
    if (first) this.#tell({ type: 'first', lease })
    return { kind: 'taken', lease, first, evicted }
  }

  async renew(nodeId: string): Promise<readonly Lease[]> {
    const now = this.#clock.now()
    for (const held of this.#all()) {
      if (held.lease.nodeId === nodeId) held.expiresAt = now + held.ttl
    }
    return []
  }

  async release(lease: Lease): Promise<{ readonly last: boolean }> {
    const held = this.#kinds.get(lease.kind)?.get(lease.key)?.get(lease.holder)
    if (held === undefined || held.lease.token !== lease.token) return { last: false }
    return { last: this.#end(held) }
  }

  async holders(kind: LeaseKind, key: string): Promise<readonly Lease[]> {
    return [...(this.#kinds.get(kind)?.get(key)?.values() ?? [])].map((held) => held.lease)
  }

  async count(kind: LeaseKind): Promise<number> {
    return this.#kinds.get(kind)?.size ?? 0
  }

  async list(kind: LeaseKind, query: { after?: string; limit: number }): Promise<readonly Lease[]> {
    const keys = this.#kinds.get(kind) ?? new Map<string, Map<string, Held>>()
    return [...keys.keys()]
      .filter((key) => query.after === undefined || key > query.after)
      .sort()
      .slice(0, query.limit)
      .map((key) => keys.get(key)!.values().next().value!.lease)
  }

  watch(kind: LeaseKind, listener: (change: LeaseChange) => void): () => void {
    const watchers = this.#watchers.get(kind) ?? new Set()
    watchers.add(listener)
    this.#watchers.set(kind, watchers)
    return () => watchers.delete(listener)
  }

  async close(): Promise<void> {
    this.#sweep?.cancel()
    this.#sweep = null
    this.#watchers.clear()
  }

  *#all(): Iterable<Held> {
    for (const keys of this.#kinds.values()) for (const holders of keys.values()) yield* holders.values()
  }

  /** True when nobody holds the key any more. */
  #end(held: Held): boolean {
    const { kind, key, holder } = held.lease
    const keys = this.#keysOf(kind)
    const holders = keys.get(key)
    if (holders === undefined) return false
    holders.delete(holder)
    if (holders.size > 0) return false
    keys.delete(key)
    this.#tell({ type: 'last', lease: held.lease })
    return true
  }

  #schedule(): void {
    this.#sweep = this.#clock.after(SWEEP_INTERVAL, () => {
      const now = this.#clock.now()
      const expired = [...this.#all()].filter((held) => held.expiresAt <= now)
      for (const held of expired) {
        this.#tell({ type: 'lost', lease: held.lease })
        this.#end(held)
      }
      if (this.#sweep !== null) this.#schedule()
    })
  }

  #keysOf(kind: LeaseKind): Map<string, Map<string, Held>> {
    const keys = this.#kinds.get(kind) ?? new Map<string, Map<string, Held>>()
    this.#kinds.set(kind, keys)
    return keys
  }

  #tell(change: LeaseChange): void {
    for (const watcher of this.#watchers.get(change.lease.kind) ?? []) watcher(change)
  }
}
