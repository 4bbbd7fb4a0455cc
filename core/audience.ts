import { setImmediate as nextTurn } from 'node:timers/promises'
import { MAX_CHANNEL_MEMBERS } from '@parley/model'
import { LRUCache } from 'lru-cache'
import type { EventHub } from './event-hub.ts'
import type { CoreEvent } from './events.ts'
import type { HeadAnnouncer } from './head-announcer.ts'
import type { ChannelReads } from './ports/channel-reads.ts'
import type { Presence } from './presence.ts'

/** Channels whose members are remembered, and for how long (ms): another node may have removed one of them. */
const MAX_CHANNELS = 200
const TTL = 10_000
/** How often the members of a channel are read at most, while they change in between. */
const READS = 3
/** Members told in one turn of the event loop: each is a publication of its own. */
const TOLD_IN_TURN = 500

/** Where an event of a conversation goes. */
export interface Told {
  readonly conversationId: string
  /** Both members of a direct conversation; null for a channel. */
  readonly members: readonly [string, string] | null
}

/** Who hears of what happens in a conversation: those who show it, or all of its members who are online. */
export class Audience {
  readonly #hub: EventHub
  readonly #presence: Presence
  readonly #reads: ChannelReads
  readonly #heads: HeadAnnouncer
  readonly #members = new LRUCache<string, readonly string[]>({ max: MAX_CHANNELS, ttl: TTL })
  /** Channels whose members are being read, by whom: a change in between ends the entry, and what is read is the past. */
  readonly #reading = new Map<string, symbol>()

  constructor(dependencies: {
    hub: EventHub
    presence: Presence
    reads: ChannelReads
    heads: HeadAnnouncer
  }) {
    this.#hub = dependencies.hub
    this.#presence = dependencies.presence
    this.#reads = dependencies.reads
    this.#heads = dependencies.heads
  }

  /** To the connections that show the conversation: one publication for a channel, however many members it has. */
  tell(place: Told, event: CoreEvent, except: string | null = null): void {
    this.#heads.note(place, event)
    if (place.members === null) {
      this.#hub.publish(`conversation:${place.conversationId}`, event, except)
      return
    }
    for (const userId of place.members) this.#hub.publish(`user:${userId}`, event, except)
  }

  /**
   * To every member who is online, whatever they show. One publication for each: for rare or coalesced events only. Who
   * is removed meanwhile hears nothing more.
   */
  async tellOnline(place: Told, eventFor: (userId: string) => CoreEvent): Promise<void> {
    if (place.members !== null) this.#tellEach(place.members, eventFor)
    else await this.#tellMembers(place.conversationId, eventFor)
  }

  /** After a change of who is a member. */
  forget(channelId: string): void {
    this.#reading.delete(channelId)
    this.#members.delete(channelId)
  }

  async #tellMembers(channelId: string, eventFor: (userId: string) => CoreEvent): Promise<void> {
    const members = await this.#membersOf(channelId)
    let current = members
    let isMember = (_userId: string): boolean => true
    for (let from = 0; from < members.length; from += TOLD_IN_TURN) {
      if (from > 0) {
        await nextTurn()
        const now = await this.#membersOf(channelId)
        if (now !== current) {
          current = now
          const still = new Set(now)
          isMember = (userId) => still.has(userId)
        }
      }
      this.#tellEach(members.slice(from, from + TOLD_IN_TURN).filter(isMember), eventFor)
    }
  }

  #tellEach(userIds: readonly string[], eventFor: (userId: string) => CoreEvent): void {
    for (const userId of userIds) {
      if (this.#presence.isOnline(userId)) this.#hub.publish(`user:${userId}`, eventFor(userId))
    }
  }

  async #membersOf(channelId: string): Promise<readonly string[]> {
    for (let left = READS; ; left -= 1) {
      const known = this.#members.get(channelId)
      if (known !== undefined) return known
      const { members, isFresh } = await this.#read(channelId)
      if (isFresh) this.#members.set(channelId, members)
      if (isFresh || left <= 1) return members
    }
  }

  async #read(channelId: string): Promise<{ members: readonly string[]; isFresh: boolean }> {
    const reading = Symbol(channelId)
    this.#reading.set(channelId, reading)
    try {
      const members = await this.#reads.memberIds({ channelId, limit: MAX_CHANNEL_MEMBERS })
      return { members, isFresh: this.#reading.get(channelId) === reading }
    } finally {
      if (this.#reading.get(channelId) === reading) this.#reading.delete(channelId)
    }
  }
}
