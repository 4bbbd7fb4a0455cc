import {
  type HeldLease,
  type Lease,
  type LeaseAnswer,
  type LeaseChange,
  type LeaseKind,
  type LeaseRequest,
  type Leases,
  LeaseTable,
  LeaseWatchers,
  type ListedKind,
} from '@parley/core'
import { type LeaseNews, LeaseRecords } from './lease-records.ts'
import { NewsFeed } from './news-feed.ts'
import type { RedisLink } from './redis-link.ts'
import type { Sealer } from './sealer.ts'
import { StoredLeases } from './stored-leases.ts'

/** How often expired leases are looked for (ms): "gone within one further second". */
const SWEEP_INTERVAL = 500
/** Most releases that wait for Redis to come back; above it those leases end by themselves. */
const MAX_ENDED = 10_000
/** A lease that nobody renews and that has no more than this left (ms) is not put back: it may have expired there. */
const NOT_PUT_BACK = 2_000
/** How long a lease that should have ended is remembered here without news of it (ms). */
const FORGOTTEN_AFTER = 5_000
/** Rounds in which what happened meanwhile is put back as well, before the rest has to wait for the next renewal. */
const RESUME_ROUNDS = 5

export interface RedisLeasesOptions {
  readonly link: RedisLink
  readonly sealer: Sealer
  readonly onError: (error: unknown) => void
  /** ms that are added to the clock of Redis: for tests. */
  readonly skew?: () => number
}

/**
 * Leases in Redis, and beside it a table of those of this node: it is what is put back when Redis lost them, and what
 * answers while Redis is away.
 */
export class RedisLeases implements Leases {
  readonly #link: RedisLink
  readonly #stored: StoredLeases
  readonly #news: NewsFeed
  readonly #onError: (error: unknown) => void
  /** Taken on this node; times are monotonic ms. */
  readonly #own = new LeaseTable()
  readonly #watchers = new LeaseWatchers()
  readonly #gaps = new Set<() => void>()
  /** Released while Redis was away, and by whom. */
  readonly #ended: { readonly lease: Lease; readonly by: 'own' | 'other' }[] = []
  /** Nodes whose leases are renewed here. */
  readonly #nodes = new Set<string>()
  readonly #sweep: NodeJS.Timeout
  /** The link's generation in which everything of this node is in Redis; before that, and after a break, it is away. */
  #resumed = -1
  /** Something was decided here alone since the last look. */
  #isDirty = false
  #token = 0
  #isSweeping = false
  #invalid = 0

  constructor({ link, sealer, onError, skew = () => 0 }: RedisLeasesOptions) {
    this.#link = link
    this.#onError = onError
    const records = new LeaseRecords(sealer)
    const prefix = `{parley:${sealer.nameOf('leases').slice(0, 10)}}`
    this.#stored = new StoredLeases({ link, records, prefix, skew })
    this.#news = new NewsFeed({
      link,
      records,
      channel: this.#stored.channel,
      onNews: (news) => this.#hear(news),
      onGap: () => this.#tellGap(),
      onInvalid: () => {
        this.#invalid += 1
        if (this.#invalid === 1) onError(new Error('Redis told of a lease what no node of this version told'))
      },
    })
    link.addResume(() => this.#resume())
    link.onUp(() => this.#tellGap())
    this.#sweep = setInterval(() => void this.sweep(), SWEEP_INTERVAL)
    this.#sweep.unref()
  }

  async take(request: LeaseRequest): Promise<LeaseAnswer> {
    const stored = await this.#ask(() => this.#stored.take(request, this.#token + 1))
    if (stored === null) return this.#takeHere(request)
    const { answer, told } = stored
    if (answer.kind === 'full') return answer
    this.#token = Math.max(this.#token, answer.lease.token)
    const { ttl, capacity, whenFull } = request
    this.#own.put(answer.lease, { ttl, capacity, whenFull }, performance.now() + ttl)
    await this.#heard(told)
    return answer
  }

  async renew(nodeId: string): Promise<readonly Lease[]> {
    this.#nodes.add(nodeId)
    const held = this.#heldBy((lease) => lease.nodeId === nodeId)
    for (const one of held) one.expiresAt = performance.now() + one.terms.ttl
    // Those that nobody renews are looked after as well: Redis may have forgotten them.
    const all = this.#heldBy((lease) => lease.nodeId === nodeId || !this.#nodes.has(lease.nodeId))
    return (await this.#ask(() => this.#putBack(all))) ?? []
  }

  async release(lease: Lease): Promise<{ readonly last: boolean }> {
    const by = this.#own.find(lease) === undefined ? 'other' : 'own'
    const stored = await this.#ask(() => this.#stored.release([lease], by))
    if (stored === null) return this.#releaseHere(lease, by)
    this.#own.end(lease)
    await this.#heard(stored.told)
    return { last: stored.answer[0] === true }
  }

  async holders(kind: LeaseKind, key: string): Promise<readonly Lease[]> {
    return (await this.#ask(() => this.#stored.holders(kind, key))) ?? this.#own.holders(kind, key)
  }

  async count(kind: LeaseKind): Promise<number> {
    return (await this.#ask(() => this.#stored.count(kind))) ?? this.#own.count(kind)
  }

  async list(kind: ListedKind, query: { after?: string; limit: number }): Promise<readonly Lease[]> {
    return (await this.#ask(() => this.#stored.list(kind, query))) ?? this.#own.list(kind, query)
  }

  watch(kind: LeaseKind, listener: (change: LeaseChange) => void): () => void {
    return this.#watchers.add(kind, listener)
  }

  onGap(listener: () => void): () => void {
    this.#gaps.add(listener)
    return () => this.#gaps.delete(listener)
  }

  /** Ends what expired, on whatever node; resolves when watchers here were told. Happens by itself twice a second. */
  async sweep(): Promise<void> {
    if (this.#isSweeping) return
    this.#isSweeping = true
    try {
      const stored = await this.#ask(() => this.#stored.reap())
      if (stored === null) this.#expireHere()
      else {
        this.#forgetLost()
        await this.#heard(stored.told)
      }
    } finally {
      this.#isSweeping = false
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep)
    this.#watchers.clear()
    this.#gaps.clear()
  }

  get #isAway(): boolean {
    return this.#resumed !== this.#link.generation || this.#link.commands.status !== 'ready'
  }

  /** Null: Redis is away, or went while it was asked. */
  async #ask<T>(question: () => Promise<T>): Promise<T | null> {
    if (this.#isAway) return null
    try {
      return await question()
    } catch (error) {
      // What fails though Redis is there is no outage: a script, memory, rights.
      if (!this.#isAway) this.#onError(error)
      return null
    }
  }

  async #heard(told: number): Promise<void> {
    if (told > 0 && !this.#isAway) await this.#news.heard(told)
  }

  #takeHere(request: LeaseRequest): LeaseAnswer {
    this.#isDirty = true
    // Above what Redis gave out, as its tokens are its time in µs; its clock may be ahead, and then its last one counts.
    const token = Math.max(this.#token + 1, Date.now() * 1_000)
    const answer = this.#own.take(request, { token, now: performance.now() })
    if (answer.kind === 'full') return answer
    this.#token = token
    for (const lease of answer.evicted) this.#endLater(lease, 'own')
    this.#watchers.tellTaken(answer)
    return answer
  }

  #releaseHere(lease: Lease, by: 'own' | 'other'): { readonly last: boolean } {
    this.#endLater(lease, by)
    const last = this.#own.end(lease)?.last === true
    if (last) this.#watchers.tell({ type: 'last', lease })
    return { last }
  }

  #endLater(lease: Lease, by: 'own' | 'other'): void {
    this.#isDirty = true
    if (this.#ended.length < MAX_ENDED) this.#ended.push({ lease, by })
  }

  /** While Redis is away: what nobody renews runs out all the same. */
  #expireHere(): void {
    const now = performance.now()
    for (const { lease } of this.#expired(now)) {
      this.#watchers.tell({ type: 'lost', lease })
      this.#releaseHere(lease, 'own')
    }
  }

  /** Redis has ended them, and the news of it did not come. */
  #forgetLost(): void {
    for (const { lease } of this.#expired(performance.now() - FORGOTTEN_AFTER)) this.#own.end(lease)
  }

  #expired(now: number): HeldLease[] {
    const isRenewed = ({ lease }: HeldLease): boolean => this.#nodes.has(lease.nodeId)
    return [...this.#own.all()].filter((held) => held.expiresAt <= now && !isRenewed(held))
  }

  #hear({ type, lease }: LeaseNews): void {
    if (type === 'lost' || type === 'gone') this.#own.end(lease)
    if (type !== 'gone') this.#watchers.tell({ type, lease })
  }

  #tellGap(): void {
    for (const listener of [...this.#gaps]) listener()
  }

  /** Redis is there again, perhaps as an empty one: it learns what this node holds and what it ended. */
  async #resume(): Promise<void> {
    const { generation } = this.#link
    await this.#news.resume(() => this.#stored.lastTold())
    for (let round = 0; round < RESUME_ROUNDS; round += 1) {
      this.#isDirty = false
      await this.#endStored()
      await this.#putBack(this.#heldBy(() => true))
      if (!this.#isDirty) break
    }
    this.#resumed = generation
  }

  async #endStored(): Promise<void> {
    for (;;) {
      const by = this.#ended[0]?.by
      if (by === undefined) return
      const other = this.#ended.findIndex((one) => one.by !== by)
      const some = this.#ended.slice(0, other < 0 ? undefined : other)
      await this.#stored.release(
        some.map(({ lease }) => lease),
        by,
      )
      this.#ended.splice(0, some.length)
    }
  }

  /** Those that Redis does not have are taken again; answers, and tells of, those whose place is somebody else's. */
  async #putBack(held: readonly HeldLease[]): Promise<readonly Lease[]> {
    const isRenewed = (lease: Lease): boolean => this.#nodes.has(lease.nodeId)
    const missing = await this.#stored.renew(held, isRenewed)
    const now = performance.now()
    const stillHeld = missing.filter(
      ({ lease, expiresAt }) =>
        this.#own.find(lease) !== undefined && (isRenewed(lease) || expiresAt - now > NOT_PUT_BACK),
    )
    const isHeld = await this.#stored.restore(stillHeld, now)
    const lost = stillHeld.filter((_, index) => isHeld[index] !== true).map(({ lease }) => lease)
    return lost.filter((lease) => this.#lose(lease))
  }

  /** False: it was ended meanwhile. */
  #lose(lease: Lease): boolean {
    if (this.#own.end(lease) === undefined) return false
    this.#watchers.tell({ type: 'lost', lease })
    return true
  }

  #heldBy(matches: (lease: Lease) => boolean): HeldLease[] {
    return [...this.#own.all()].filter(({ lease }) => matches(lease))
  }
}
