import {
  type Clock,
  type HeldLease,
  type Lease,
  type LeaseAnswer,
  type LeaseChange,
  type LeaseKind,
  type LeaseRequest,
  type Leases,
  LeaseTable,
  LeaseWatchers,
} from '@parley/core'

/** How often expired leases are looked for (ms): "gone within one further second". */
const SWEEP_INTERVAL = 500

/** Leases of a single process, or of several cores in one process (tests), with the same rules as over nodes. */
export class MemoryLeases implements Leases {
  readonly #clock: Clock
  readonly #table = new LeaseTable()
  readonly #watchers = new LeaseWatchers()
  #token = 0
  #sweep: { cancel(): void } | null = null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#schedule()
  }

  async take(request: LeaseRequest): Promise<LeaseAnswer> {
    const answer = this.#table.take(request, { token: this.#token + 1, now: this.#clock.now() })
    if (answer.kind === 'full') return answer
    this.#token += 1
    this.#watchers.tellTaken(answer)
    return answer
  }

  async renew(nodeId: string): Promise<readonly Lease[]> {
    const now = this.#clock.now()
    for (const held of this.#table.all()) {
      if (held.lease.nodeId === nodeId) held.expiresAt = now + held.terms.ttl
    }
    return []
  }

  async release(lease: Lease): Promise<{ readonly last: boolean }> {
    return { last: this.#end(lease) }
  }

  async holders(kind: LeaseKind, key: string): Promise<readonly Lease[]> {
    return this.#table.holders(kind, key)
  }

  async count(kind: LeaseKind): Promise<number> {
    return this.#table.count(kind)
  }

  async list(kind: LeaseKind, query: { after?: string; limit: number }): Promise<readonly Lease[]> {
    return this.#table.list(kind, query)
  }

  watch(kind: LeaseKind, listener: (change: LeaseChange) => void): () => void {
    return this.#watchers.add(kind, listener)
  }

  onGap(): () => void {
    return () => {}
  }

  async close(): Promise<void> {
    this.#sweep?.cancel()
    this.#sweep = null
    this.#watchers.clear()
  }

  /** Ends every lease of a node now, as if it had expired: its process is gone. */
  endNode(nodeId: string): void {
    this.#expire(({ lease }) => lease.nodeId === nodeId)
  }

  #expire(isOver: (held: HeldLease) => boolean): void {
    for (const { lease } of [...this.#table.all()].filter(isOver)) {
      this.#watchers.tell({ type: 'lost', lease })
      this.#end(lease)
    }
  }

  /** True when nobody holds the key any more. */
  #end(lease: Lease): boolean {
    const isLast = this.#table.end(lease)?.last === true
    if (isLast) this.#watchers.tell({ type: 'last', lease })
    return isLast
  }

  #schedule(): void {
    this.#sweep = this.#clock.after(SWEEP_INTERVAL, () => {
      const now = this.#clock.now()
      this.#expire((held) => held.expiresAt <= now)
      if (this.#sweep !== null) this.#schedule()
    })
  }
}
