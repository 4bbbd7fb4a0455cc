import { Activity } from './activity.ts'
import { Audience } from './audience.ts'
import { Calls } from './calls.ts'
import { CatchUp } from './catch-up.ts'
import { ChannelMessages } from './channel-messages.ts'
import { Channels } from './channels.ts'
import { ConnectionHolds } from './connection-holds.ts'
import { ConnectionLog } from './connection-log.ts'
import { ConversationCache } from './conversation-cache.ts'
import { DeliveryLedger } from './delivery-ledger.ts'
import { DirectMessages } from './direct-messages.ts'
import { EventHub } from './event-hub.ts'
import { GroupCommit } from './group-commit.ts'
import { GROUP_GRACE, Groups } from './groups.ts'
import { HeadAnnouncer } from './head-announcer.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { type LimitSettings, Limits } from './limits.ts'
import { LiveIdentities } from './live-identities.ts'
import { Mentions } from './mentions.ts'
import { MessageSender } from './message-sender.ts'
import { Participants } from './participants.ts'
import { PeerIds } from './peer-ids.ts'
import type { Bus } from './ports/bus.ts'
import type { Clock } from './ports/clock.ts'
import type { Authenticator } from './ports/identity.ts'
import type { Leases } from './ports/leases.ts'
import type { Observer } from './ports/observer.ts'
import type { SharedCounts } from './ports/shared-counts.ts'
import type { Store } from './ports/store.ts'
import { Presence, type PresenceSettings } from './presence.ts'
import { Receipts } from './receipts.ts'
import { Rooms } from './rooms.ts'
import { Sync } from './sync.ts'
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
  /** What other nodes count; absent: there are none. */
  readonly sharedCounts?: SharedCounts
  readonly presence: PresenceSettings
  /** `ROOM_GRACE` in ms: how long a whisper room outlives the connections that broke off. */
  readonly roomGrace: number
  /** `GROUP_GRACE` in ms: how long a group outlives its last member. Default 60,000. */
  readonly groupGrace?: number
}

/** The rules, put together over the world's ports: what dialects and REST speak to. */
export interface Core {
  readonly hub: EventHub
  readonly users: UserCache
  readonly limits: Limits
  readonly direct: DirectMessages
  readonly channels: Channels
  readonly channelMessages: ChannelMessages
  readonly conversations: ConversationCache
  readonly sync: Sync
  readonly rooms: Rooms
  readonly peerIds: PeerIds
  readonly groups: Groups
  /** Connections of `signal`: groups and calls. */
  readonly participants: Participants
  readonly receipts: Receipts
  readonly typing: Typing
  readonly presence: Presence
  readonly leases: LeaseKeeper
  readonly identities: LiveIdentities
  /** What every connection of every dialect takes when it starts. */
  readonly holds: ConnectionHolds
  readonly connections: ConnectionLog
  readonly ledger: DeliveryLedger
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly observer: Observer
  /** Stops timers, then resolves when everything that was submitted has been committed or refused. */
  stop(): Promise<void>
}

export const createCore = async (options: CoreOptions): Promise<Core> => {
  const { store, bus, authenticator, clock, observer } = options
  const hub = new EventHub(bus, observer)
  const catchUp = new CatchUp({ hub, bus, store, clock, observer })
  const heads = new HeadAnnouncer({ hub, bus, clock })
  const users = new UserCache(store.directory)
  const limits = new Limits(clock, options.limits, options.sharedCounts)
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
  const audience = new Audience({ hub, presence, reads: store, heads })
  const activity = new Activity({ audience, clock, observer })
  const conversations = new ConversationCache(store)
  const mentions = new Mentions(store.directory)
  const sender = new MessageSender({ commits, audience, activity, typing, observer })
  const direct = new DirectMessages({ store, sender, users, limits, clock, observer })
  const messages = {
    store,
    commits,
    sender,
    direct,
    conversations,
    mentions,
    audience,
    limits,
    clock,
    observer,
  }
  const channels = new Channels({ store, commits, hub, users, audience, activity, clock, observer })
  const rooms = new Rooms({
    store,
    commits,
    hub,
    keeper: leases,
    limits,
    typing,
    clock,
    observer,
    graceMs: options.roomGrace,
  })
  const peerIds = new PeerIds({ keeper: leases, hub, clock, observer })
  const groups = new Groups({
    keeper: leases,
    hub,
    clock,
    observer,
    graceMs: options.groupGrace ?? GROUP_GRACE,
  })
  const calls = new Calls({ keeper: leases, hub, peerIds, users, sender, limits, clock, observer })
  const identities = new LiveIdentities({ hub, authenticator, clock, observer })
  const connections = new ConnectionLog(clock)
  await identities.start()
  await catchUp.start()
  await heads.start()
  await presence.start()
  return {
    hub,
    users,
    limits,
    typing,
    presence,
    leases,
    identities,
    holds: new ConnectionHolds({ identities, presence, log: connections }),
    connections,
    ledger: new DeliveryLedger({ store, connections, clock }),
    authenticator,
    clock,
    observer,
    receipts,
    direct,
    channels,
    channelMessages: new ChannelMessages(messages),
    conversations,
    sync: new Sync(store, limits),
    rooms,
    peerIds,
    groups,
    participants: new Participants({ hub, groups, peerIds, calls, observer }),
    stop() {
      catchUp.stop()
      heads.stop()
      presence.stop()
      leases.stop()
      identities.stop()
      receipts.stop()
      activity.stop()
      rooms.stop()
      peerIds.stop()
      groups.stop()
      calls.stop()
      return commits.idle()
    },
  }
}
