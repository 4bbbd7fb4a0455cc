import type { Lease, LeaseKind } from '@parley/core'
import type { Sealer } from './sealer.ts'

/** Under which name Redis knows a key, and what it keeps of a lease. */
export interface LeaseRecord {
  readonly name: string
  readonly blob: string
}

/** What was told of a lease. */
export interface LeaseNews {
  /** Counts the changes of all kinds and keys. */
  readonly number: number
  /** `gone`: another node than its own ended it, which is nobody's business but that of its own. */
  readonly type: 'first' | 'last' | 'lost' | 'gone'
  readonly lease: Lease
}

const NEWS = /^(\d{1,15}) (first|last|lost|gone) ([a-z]+) (\S+) (\d{1,16}) (\S+)$/

/** Leases as Redis sees them: keys are names that say nothing, but those of users, and what is in a lease is sealed. */
export class LeaseRecords {
  readonly #sealer: Sealer

  constructor(sealer: Sealer) {
    this.#sealer = sealer
  }

  nameOf(kind: LeaseKind, key: string): string {
    // Listed by key, so it has to be in its order. It is a user's id.
    return kind === 'presence' ? key : this.#sealer.nameOf(`${kind} ${key}`)
  }

  encode({ kind, key, holder, nodeId, value }: Omit<Lease, 'token'>): LeaseRecord {
    const name = this.nameOf(kind, key)
    const text = JSON.stringify([key, holder, nodeId, value])
    return { name, blob: this.#sealer.seal(`${kind} ${name}`, text).toString('base64url') }
  }

  /** Null for what no node with this secret wrote there. */
  decode(kind: LeaseKind, name: string, token: string, blob: string): Lease | null {
    const text = this.#sealer.open(`${kind} ${name}`, Buffer.from(blob, 'base64url'))
    if (text === null) return null
    const [key, holder, nodeId, value] = JSON.parse(text) as [string, string, string, Lease['value']]
    return { kind, key, holder, nodeId, token: Number(token), value }
  }

  /** Null for everything else than news. */
  decodeNews(text: string): LeaseNews | null {
    const match = NEWS.exec(text)
    if (match === null) return null
    const [, number, type, kind, name, token, blob] = match as unknown as readonly string[]
    const lease = this.decode(kind as LeaseKind, name!, token!, blob!)
    return lease === null ? null : { number: Number(number), type: type as LeaseNews['type'], lease }
  }
}
