import type { HeldLease, Lease, LeaseAnswer, LeaseKind, LeaseRequest } from '@parley/core'
import type { LeaseRecords } from './lease-records.ts'
import { LEASE_SCRIPTS, type LeaseScript } from './lease-scripts.ts'
import type { RedisLink } from './redis-link.ts'

/** Leases in one call: keeps a script below a few milliseconds, in which Redis does nothing else. */
const RENEWED_AT_ONCE = 500
const RESTORED_AT_ONCE = 100
const RELEASED_AT_ONCE = 100
/** Expired leases in one call. */
const REAPED_AT_ONCE = 200

type Run = (prefix: string, ...args: (string | number)[]) => Promise<unknown>

/** An answer, with the number of the last change that it told. 0: none. */
export interface Told<T> {
  readonly answer: T
  readonly told: number
}

/**
 * The leases in Redis: one script for each thing that must happen at once. Every method rejects while Redis is away, and
 * then what it should do may or may not have been done.
 */
export class StoredLeases {
  readonly #prefix: string
  readonly #scripts: Readonly<Record<LeaseScript, Run>>
  readonly #link: RedisLink
  readonly #records: LeaseRecords
  readonly #skew: () => number

  constructor(dependencies: {
    link: RedisLink
    records: LeaseRecords
    /** Of one deployment; `{…}` keeps it in one slot. */
    prefix: string
    /** ms that are added to the clock of Redis: for tests. */
    skew: () => number
  }) {
    this.#link = dependencies.link
    this.#records = dependencies.records
    this.#prefix = dependencies.prefix
    this.#skew = dependencies.skew
    const { commands } = this.#link
    for (const [name, lua] of Object.entries(LEASE_SCRIPTS)) {
      commands.defineCommand(name, { numberOfKeys: 1, lua })
    }
    this.#scripts = commands as unknown as Record<LeaseScript, Run>
  }

  /** On which changes are told. */
  get channel(): string {
    return `${this.#prefix}:c`
  }

  /** `least`: the token is at least this. */
  async take(request: LeaseRequest, least: number): Promise<Told<LeaseAnswer>> {
    const { kind, key, holder, nodeId, value, ttl, capacity, whenFull } = request
    const { name, blob } = this.#records.encode({ kind, key, holder, nodeId, value })
    const terms = [kind, name, holder, Math.ceil(ttl), capacity, whenFull, blob]
    const [token, isFirst, told, ...evicted] = await this.#run('parleyTake', least, ...terms)
    if (token === undefined) return { answer: { kind: 'full' }, told: 0 }
    const lease: Lease = { kind, key, holder, nodeId, value, token: Number(token) }
    const lost = this.#leases(kind, name, evicted)
    return { answer: { kind: 'taken', lease, first: isFirst === 1, evicted: lost }, told: Number(told) }
  }

  /** For each in its order: was it the last? `by`: `other`, where its own node is to hear of it. */
  async release(leases: readonly Lease[], by: 'own' | 'other'): Promise<Told<readonly boolean[]>> {
    const parts = await inParts(leases, RELEASED_AT_ONCE, (some) => {
      const args = some.flatMap((lease) => this.#idOf(lease))
      return this.#run('parleyRelease', by, ...args)
    })
    return {
      answer: parts.flatMap(([, ...lasts]) => lasts.map((last) => last === 1)),
      told: Number(parts.at(-1)?.[0] ?? 0),
    }
  }

  /** Extends those for which `isExtended`. Answers those that are not there. */
  async renew(
    held: readonly HeldLease[],
    isExtended: (lease: Lease) => boolean,
  ): Promise<readonly HeldLease[]> {
    const parts = await inParts(held, RENEWED_AT_ONCE, async (some) => {
      const argsOf = ({ lease }: HeldLease) => [...this.#idOf(lease), isExtended(lease) ? 'extend' : 'keep']
      const places = await this.#run('parleyRenew', ...some.flatMap(argsOf))
      return places.map((place) => some[Number(place)]!)
    })
    return parts.flat()
  }

  /** Takes again what was taken, with what is left of its time at `now`. For each in its order: is it held? */
  async restore(held: readonly HeldLease[], now: number): Promise<readonly boolean[]> {
    const argsOf = ({ lease, terms, expiresAt }: HeldLease) => {
      const left = Math.max(1, Math.ceil(expiresAt - now))
      const { blob } = this.#records.encode(lease)
      return [...this.#idOf(lease), Math.ceil(terms.ttl), left, terms.capacity, terms.whenFull, blob]
    }
    const parts = await inParts(held, RESTORED_AT_ONCE, (some) =>
      this.#run('parleyRestore', ...some.flatMap(argsOf)),
    )
    return parts.flatMap(([, ...answers]) => answers.map((isHeld) => isHeld === 1))
  }

  /** Ends what expired, some of it at a time. How many that were, at most `REAPED_AT_ONCE`. */
  async reap(): Promise<Told<number>> {
    const [count, told] = await this.#run('parleyReap', REAPED_AT_ONCE)
    return { answer: Number(count), told: Number(told) }
  }

  async holders(kind: LeaseKind, key: string): Promise<readonly Lease[]> {
    const name = this.#records.nameOf(kind, key)
    return this.#leases(kind, name, await this.#run('parleyHolders', kind, name))
  }

  count(kind: LeaseKind): Promise<number> {
    return this.#link.commands.zcard(`${this.#prefix}:i:${kind}`)
  }

  async list(kind: LeaseKind, query: { after?: string; limit: number }): Promise<readonly Lease[]> {
    const after = query.after === undefined ? '-' : `(${query.after}`
    const flat = await this.#run('parleyList', kind, after, query.limit)
    return triples(flat).flatMap(([name, token, blob]) => this.#leases(kind, name, [token, blob]))
  }

  /** The number of the last change that was told. */
  async lastTold(): Promise<number> {
    return Number((await this.#link.commands.get(`${this.#prefix}:s`)) ?? 0)
  }

  #idOf({ kind, key, holder, token }: Lease): (string | number)[] {
    return [kind, this.#records.nameOf(kind, key), holder, token]
  }

  #leases(kind: LeaseKind, name: string, flat: readonly unknown[]): Lease[] {
    const leases: Lease[] = []
    for (let index = 0; index + 1 < flat.length; index += 2) {
      const lease = this.#records.decode(kind, name, String(flat[index]), String(flat[index + 1]))
      if (lease !== null) leases.push(lease)
    }
    return leases
  }

  async #run(script: LeaseScript, ...args: (string | number)[]): Promise<unknown[]> {
    return (await this.#scripts[script](this.#prefix, this.#skew(), ...args)) as unknown[]
  }
}

const inParts = async <T, R>(
  all: readonly T[],
  size: number,
  work: (some: readonly T[]) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = []
  for (let from = 0; from < all.length; from += size) results.push(await work(all.slice(from, from + size)))
  return results
}

const triples = (flat: readonly unknown[]): [string, string, string][] =>
  Array.from({ length: Math.floor(flat.length / 3) }, (_, index) => [
    String(flat[3 * index]),
    String(flat[3 * index + 1]),
    String(flat[3 * index + 2]),
  ])
