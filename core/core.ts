import { DirectMessages } from './direct-messages.ts'
import { EventHub } from './event-hub.ts'
import { GroupCommit } from './group-commit.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { type LimitSettings, Limits } from './limits.ts'
import { LiveIdentities } from './live-identities.ts'
import type { Bus } from './ports/bus.ts'
import type { Clock } from './ports/clock.ts'
import type { Authenticator } from './ports/identity.ts'
import type { Leases } from './ports/leases.ts'
import type { Observer } from './ports/observer.ts'
import type { Store } from './ports/store.ts'
import { Presence, type PresenceSettings } from './presence.ts'
import { Receipts } from './receipts.ts'
import { Typing } from './typing.ts'
import { UserCache } from './user-cache.ts'

export interface CoreOptions {
  readonly nodeId: string
  readonly store: Store
  readonly bus: Bus
  readonly leases: Leases
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly observer: Observer
  readonly limits: LimitSettings | 'off'
  readonly presence: PresenceSettings
}

/** The rules, put together over the world's ports: what dialects and REST speak to. */
export interface Core {
  readonly hub: EventHub
  readonly users: UserCache
  readonly limits: Limits
  readonly direct: DirectMessages
  readonly receipts: Receipts
  readonly typing: Typing
  readonly presence: Presence
  readonly leases: LeaseKeeper
  readonly identities: LiveIdentities
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly observer: Observer
  /** Stops timers, then resolves when everything that was submitted has been committed or refused. */
  stop(): Promise<void>
}

export const createCore = async (options: CoreOptions): Promise<Core> => {
  const { store, bus, authenticator, clock, observer } = options
  const hub = new EventHub(bus, observer)
  const users = new UserCache(store.directory)
  const limits = new Limits(clock, options.limits)
  const commits = new GroupCommit(store, observer)
  const typing = new Typing({ hub, limits, clock })
  const leases = new LeaseKeeper({ leases: options.leases, nodeId: options.nodeId, clock, observer })
  const presence = new Presence({
    keeper: leases,
    hub,
    store,
    commits,
    clock,
    observer,
    settings: options.presence,
  })
  const receipts = new Receipts({ commits, hub, clock, observer })
  const identities = new LiveIdentities({ hub, authenticator, clock, observer })
  await identities.start()
  return {
    hub,
    users,
    limits,
    typing,
    presence,
    leases,
    identities,
    authenticator,
    clock,
    observer,
    receipts,
    direct: new DirectMessages({ store, commits, hub, users, limits, typing, clock, observer }),
    stop() {
      presence.stop()
      leases.stop()
      identities.stop()
      receipts.stop()
      return commits.idle()
    },
  }
}
