/**
 * What somebody holds for a while. One mechanism for presence, chat's single connection, the hub's limit, a seat in a
 * whisper room, a peer id (of signal and of the PeerJS broker), a place in a group, a ringing call.
 */
export type LeaseKind = 'presence' | 'chat' | 'hub' | 'seat' | 'peer' | 'peerjs' | 'member' | 'call'

/** A holding: `holder` (a connection id) has one of the places of `key`. */
export interface Lease {
  readonly kind: LeaseKind
  readonly key: string
  readonly holder: string
  /** The node that renews it. */
  readonly nodeId: string
  /** Fencing token: rises with every lease of this key; a later lease has a higher one. */
  readonly token: number
  /** Small JSON the holder wants others to see (at most 1 KiB). */
  readonly value: LeaseValue
}

export type LeaseValue = { readonly [key: string]: string | number | boolean | null }

export interface LeaseRequest {
  readonly kind: LeaseKind
  readonly key: string
  readonly holder: string
  readonly nodeId: string
  readonly value: LeaseValue
  /** How many may hold the key at once; 0 means no bound. */
  readonly capacity: number
  /** What happens at capacity. `evict` takes the place of the holder with the lowest token. */
  readonly whenFull: 'refuse' | 'evict'
  /** ms after which the lease ends unless renewed. */
  readonly ttl: number
}

export type LeaseAnswer =
  | {
      readonly kind: 'taken'
      readonly lease: Lease
      /** True when nobody held the key before. */
      readonly first: boolean
      /** Who lost their place to this one; they are told by a `lost` change. */
      readonly evicted: readonly Lease[]
    }
  | { readonly kind: 'full' }

/**
 * A change of a key that was not caused by the call that returned it:
 * `first`: somebody holds the key now and nobody did; `last`: nobody holds it any more (released, or expired);
 * `lost`: this lease was evicted, or expired while its node was away. It is told before the `last` that it may cause, and
 * `holders` may still name it at that moment.
 */
export interface LeaseChange {
  readonly type: 'first' | 'last' | 'lost'
  readonly lease: Lease
}

/**
 * - `take`, `release` and expiry of one key are atomic, over all nodes.
 * - A lease that is not renewed within its ttl is gone within one further second (within three, after what keeps the
 *   leases was itself away: nobody loses anything to its absence).
 * - Every `first` and `last` is told to every watcher on every node, once, in order for one key. What a call of this node
 *   caused is told before the call resolves. Where some may have been missed, `onGap` says so, and `list` is the truth.
 * - **While what keeps the leases is away** no method rejects: each answers for this node alone, from what it holds, and
 *   people here connect, enter and leave as on a single node. When it is back, every lease of this node is taken again; one
 *   whose place went to somebody else (by capacity, or ended elsewhere) is `lost`. Until then two nodes may have given the
 *   same place, and each of them the answer `last`.
 */
export interface Leases {
  take(request: LeaseRequest): Promise<LeaseAnswer>
  /**
   * Extends every lease that this node holds by its ttl, in a bounded number of round trips, and takes again those that
   * were forgotten. Answers those that are lost; watchers of this node are told too.
   */
  renew(nodeId: string): Promise<readonly Lease[]>
  /**
   * Ends a lease. Idempotent; a token that is not the current one changes nothing. `last`: this call ended the key's last
   * lease. Of several who end the same lease, one alone is told so.
   */
  release(lease: Lease): Promise<{ readonly last: boolean }>
  /** Oldest first. */
  holders(kind: LeaseKind, key: string): Promise<readonly Lease[]>
  /** How many keys of the kind are held. */
  count(kind: LeaseKind): Promise<number>
  /** One lease (the oldest) of each held key, by key ascending, at most `limit` (1 to 1,000). */
  list(kind: ListedKind, query: { after?: string; limit: number }): Promise<readonly Lease[]>
  watch(kind: LeaseKind, listener: (change: LeaseChange) => void): () => void
  /** Called when changes may have been missed: what is held is to be read anew. The answer forgets the listener. */
  onGap(listener: () => void): () => void
  close(): Promise<void>
}

/** Kinds whose keys are no secrets, so that they may be kept in order where all nodes see them. */
export type ListedKind = 'presence'
