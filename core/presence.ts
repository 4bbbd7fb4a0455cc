import type { User } from '@parley/model'
import type { EventHub } from './event-hub.ts'
import type { GroupCommit } from './group-commit.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { Clock } from './ports/clock.ts'
import type { Lease, LeaseChange, LeaseValue } from './ports/leases.ts'
import type { Observer } from './ports/observer.ts'
import type { Store } from './ports/store.ts'

/** Users read at once when everybody who is online is read anew. */
const PAGE = 500

/** Most users above the list's limit who hear of one arrival: the newest contacts. */
const MAX_AUDIENCE = 1_000

export interface OnlineSnapshot {
  /** At most `PRESENCE_LIST_MAX`; the same array until somebody in it comes or goes. */
  readonly users: readonly User[]
  /** Everyone, also above the limit. */
  readonly totalOnline: number
}

export interface PresenceSettings {
  /** ms between two broadcast lists. */
  readonly interval: number
  /** Above this many online, lists are cut and no longer broadcast. */
  readonly listMax: number
}

interface OnlineUser {
  readonly user: User
  /** Fencing tokens of the connections that this node holds: a `last` older than one of them is news of the past. */
  readonly held: Set<number>
}

interface Dependencies {
  readonly keeper: LeaseKeeper
  readonly hub: EventHub
  readonly store: Store
  readonly commits: GroupCommit
  readonly clock: Clock
  readonly observer: Observer
  readonly settings: PresenceSettings
}

/**
 * Who is online, in any dialect, on any node. A user is online while at least one connection holds a presence lease;
 * every node learns of the first and the last from the leases, so presence converges without messages of its own.
 */
export class Presence {
  readonly #with: Dependencies
  readonly #online = new Map<string, OnlineUser>()
  #users: readonly User[] = []
  #usersAreStale = false
  #listTimer: { cancel(): void } | null = null
  readonly #unwatch: readonly (() => void)[]
  /** Users of whom something was heard since the reading that is under way began. */
  #heard: Set<string> | null = null
  #reading: Promise<void> | null = null
  #isStale = false

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    const { leases } = dependencies.keeper
    this.#unwatch = [
      leases.watch('presence', (change) => this.#onChange(change)),
      leases.onGap(() => void this.#reconcile()),
    ]
  }

  /** Resolves when those who are online on other nodes are known. */
  start(): Promise<void> {
    return this.#reconcile()
  }

  /** The user has a connection more. Resolves when `online()` holds them. */
  async connect(user: User, connectionId: string): Promise<Lease> {
    const answer = await this.#with.keeper.take({
      kind: 'presence',
      key: user.id,
      holder: connectionId,
      value: { username: user.username, avatar: user.avatar },
      capacity: 0,
      whenFull: 'refuse',
    })
    if (answer.kind === 'full') throw new Error('a lease without a bound cannot be full')
    this.#arrive(answer.lease).held.add(answer.lease.token)
    return answer.lease
  }

  /** The connection is gone. Others hear of it when it was the user's last. */
  async disconnect(lease: Lease): Promise<void> {
    this.#online.get(lease.key)?.held.delete(lease.token)
    await this.#with.keeper.release(lease)
  }

  isOnline(userId: string): boolean {
    return this.#online.has(userId)
  }

  online(): OnlineSnapshot {
    if (this.#usersAreStale) {
      this.#usersAreStale = false
      const users: User[] = []
      for (const { user } of this.#online.values()) {
        if (users.length >= this.#with.settings.listMax) break
        users.push(user)
      }
      this.#users = users
    }
    return { users: this.#users, totalOnline: this.#online.size }
  }

  stop(): void {
    for (const unwatch of this.#unwatch) unwatch()
    this.#listTimer?.cancel()
    this.#listTimer = null
  }

  /** Changes may have been missed: who is online is read anew. Never rejects. */
  #reconcile(): Promise<void> {
    this.#isStale = true
    this.#reading ??= this.#readUntilFresh().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #readUntilFresh(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false
      const heard = new Set<string>()
      this.#heard = heard
      try {
        const held = await this.#readAll()
        for (const [userId, lease] of held) if (!heard.has(userId)) this.#arrive(lease)
        for (const [userId, { held: own }] of this.#online) {
          if (!held.has(userId) && !heard.has(userId) && own.size === 0) this.#forget(userId)
        }
      } catch (error) {
        this.#with.observer.error('who is online was not read', error)
      } finally {
        this.#heard = null
      }
    }
  }

  async #readAll(): Promise<ReadonlyMap<string, Lease>> {
    const { leases } = this.#with.keeper
    const held = new Map<string, Lease>()
    for (let after: string | undefined; ; ) {
      const page = await leases.list('presence', { limit: PAGE, ...(after === undefined ? {} : { after }) })
      for (const lease of page) held.set(lease.key, lease)
      after = page.at(-1)?.key
      if (page.length < PAGE) return held
    }
  }

  #onChange(change: LeaseChange): void {
    this.#heard?.add(change.lease.key)
    switch (change.type) {
      case 'first':
        this.#arrive(change.lease)
        break
      case 'last':
        this.#leave(change.lease)
        break
      case 'lost':
        this.#online.get(change.lease.key)?.held.delete(change.lease.token)
        break
    }
  }

  #arrive(lease: Lease): OnlineUser {
    const known = this.#online.get(lease.key)
    if (known !== undefined) return known
    const arrived: OnlineUser = { user: userOf(lease.key, lease.value), held: new Set() }
    this.#online.set(lease.key, arrived)
    if (this.#online.size <= this.#with.settings.listMax) this.#usersAreStale = true
    this.#changed(arrived.user, true)
    return arrived
  }

  #leave(lease: Lease): void {
    const known = this.#online.get(lease.key)
    if (known === undefined) return
    // The user connected here again since.
    for (const token of known.held) if (token > lease.token) return
    this.#forget(lease.key)
    if (this.#with.keeper.isOwn(lease)) this.#touch(lease.key)
  }

  #forget(userId: string): void {
    const known = this.#online.get(userId)
    if (known === undefined) return
    this.#online.delete(userId)
    if (this.#users.includes(known.user)) this.#usersAreStale = true
    this.#changed(known.user, false)
  }

  #changed(user: User, isOnline: boolean): void {
    const { hub, settings } = this.#with
    const totalOnline = this.#online.size
    const event = { type: 'presence.changed', user, isOnline, totalOnline } as const
    if (totalOnline <= settings.listMax) {
      hub.dispatch('presence', { ...event, audience: null })
      this.#scheduleList()
    } else {
      void this.#tellContacts(event)
    }
  }

  async #tellContacts(event: {
    type: 'presence.changed'
    user: User
    isOnline: boolean
    totalOnline: number
  }): Promise<void> {
    try {
      const audience = await this.#with.store.contacts({ userId: event.user.id, limit: MAX_AUDIENCE })
      if (this.isOnline(event.user.id) !== event.isOnline) return
      this.#with.hub.dispatch('presence', { ...event, audience })
    } catch (error) {
      this.#with.observer.error('contacts not told of presence', error)
    }
  }

  /** One list an interval, however many came and went in it. */
  #scheduleList(): void {
    if (this.#listTimer !== null) return
    const { clock, settings, hub, observer } = this.#with
    this.#listTimer = clock.after(settings.interval, () => {
      this.#listTimer = null
      const snapshot = this.online()
      if (snapshot.totalOnline > settings.listMax) return
      observer.count('parley_presence_lists_total')
      hub.dispatch('presence', { type: 'presence.listed', ...snapshot, at: clock.now() })
    })
  }

  #touch(userId: string): void {
    this.#with.commits
      .submit({ kind: 'touch-last-seen', userId, at: this.#with.clock.now() })
      .catch((error: unknown) => this.#with.observer.error('last seen not kept', error))
  }
}

const userOf = (id: string, value: LeaseValue): User => ({
  id,
  username: String(value['username']),
  avatar: typeof value['avatar'] === 'string' ? value['avatar'] : null,
})
