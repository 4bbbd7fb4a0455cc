import { Fault, MAX_CHANNELS_PER_USER } from '@parley/model'
import type { Limits } from './limits.ts'
import {
  type ChannelMessageView,
  type ChannelView,
  MAX_SYNC_CHANGES,
  type MemberCursors,
} from './ports/channel-reads.ts'
import { QUIET_ABOVE } from './ports/message-ops.ts'
import type { Store } from './ports/store.ts'

/** A client this many revisions behind in one channel reads it anew: that is less than what changed. */
export const MAX_BEHIND = 1_000

/** Most text in one answer (UTF-16 units): what is larger would be cut off as a slow connection's, again and again. */
const MAX_SYNC_TEXT = 32_768
/** Most cursors of members in one answer: those of the conversations with the newest activity. */
const MAX_SYNC_CURSORS = 2_000

/** Where a client stands: the last revision it has of each channel without a gap before it. */
export interface SyncRequest {
  /** The epoch of the cursors; another one than the store's voids them. Absent: trusted to be this one. */
  readonly epoch?: string
  readonly cursors: ReadonlyMap<string, number>
}

/** What one channel has for the client. */
export type SyncedChannel =
  | {
      readonly kind: 'events'
      readonly view: ChannelView
      /** Messages as they are now, by their last change ascending. */
      readonly changes: readonly ChannelMessageView[]
      /** Where the members stand; empty in channels of more than `QUIET_ABOVE`, and where there were too many already. */
      readonly cursors: readonly MemberCursors[]
      /** Where the client stands after this. */
      readonly rev: number
      /** Ask again from `rev`: there is more. */
      readonly more: boolean
    }
  /** The cursor is void, or too far behind: read the channel anew. */
  | { readonly kind: 'resync'; readonly view: ChannelView }

export interface SyncAnswer {
  readonly epoch: string
  readonly channels: readonly SyncedChannel[]
  /** Channels of the request that the user is not, or no longer, in. */
  readonly removed: readonly string[]
}

/**
 * What a client missed, exactly, or that it has to read a channel anew; silence is never an answer. Costs a constant number
 * of queries, however many channels there are; only who is in more than one answer holds costs one for each named beyond.
 */
export class Sync {
  readonly #store: Store
  readonly #limits: Limits

  constructor(store: Store, limits: Limits) {
    this.#store = store
    this.#limits = limits
  }

  /** Rejects with `RATE_LIMITED` when the user asks too often: an answer may cost as much as a hundred sends. */
  async since(userId: string, request: SyncRequest): Promise<SyncAnswer> {
    const limit = this.#limits.hit('sync', userId)
    if (!limit.ok) throw new Fault('RATE_LIMITED', 'Too many syncs, please slow down.', limit)
    const [epoch, views] = await Promise.all([this.#store.epoch(), this.#viewsOf(userId, request)])
    const isVoid = request.epoch !== undefined && request.epoch !== epoch
    const known = views.map((view) => ({ view, from: request.cursors.get(view.channel.id) ?? 0 }))
    const isBehind = ({ view: { channel }, from }: (typeof known)[number]) =>
      !isVoid && from < channel.rev && channel.rev - from <= MAX_BEHIND
    const behind = known.filter(isBehind)
    const since = behind
      .slice(0, MAX_CHANNELS_PER_USER)
      .map(({ view, from }) => ({ channelId: view.channel.id, rev: from }))
    const [found, cursors] = await Promise.all([
      since.length === 0 ? [] : this.#store.changesOf({ since, limit: MAX_SYNC_CHANGES }),
      views.length === 0 ? [] : this.#store.cursorsOf({ channelIds: withCursors(views) }),
    ])
    const changes = found.slice(0, fitting(found))
    const changesIn = groupBy(changes, ({ message }) => message.conversationId)
    const cursorsIn = groupBy(cursors, ({ channelId }) => channelId)
    const isCut =
      found.length >= MAX_SYNC_CHANGES || changes.length < found.length || since.length < behind.length
    const own = new Set(views.map(({ channel }) => channel.id))
    return {
      epoch,
      channels: known.map(({ view, from }): SyncedChannel => {
        const { id, rev: head } = view.channel
        if (isVoid || from > head || head - from > MAX_BEHIND) return { kind: 'resync', view }
        const changed = changesIn.get(id) ?? []
        // What was changed after the heads were read belongs to the answer, and moves the cursor with it.
        const last = changed.at(-1)?.message.rev ?? from
        const more = isCut && last < head
        const rev = more ? last : Math.max(last, head)
        return { kind: 'events', view, changes: changed, cursors: cursorsIn.get(id) ?? [], rev, more }
      }),
      removed: [...request.cursors.keys()].filter((id) => !own.has(id)),
    }
  }

  /** The user's conversations with the newest activity, and all that the client named. */
  async #viewsOf(userId: string, { cursors }: SyncRequest): Promise<readonly ChannelView[]> {
    const { items, next } = await this.#store.channels({ userId, limit: MAX_CHANNELS_PER_USER })
    if (next === null) return items
    const listed = new Set(items.map(({ channel }) => channel.id))
    const named = [...cursors.keys()].filter((id) => !listed.has(id)).slice(0, MAX_CHANNELS_PER_USER)
    const views = await Promise.all(named.map((channelId) => this.#store.channel({ channelId, userId })))
    // A public channel is shown to strangers, too.
    const own = views.filter((view) => view !== null).filter(({ role }) => role !== null)
    return [...own, ...items]
  }
}

/** How many of the changes fit into one answer: one at least. */
const fitting = (changes: readonly ChannelMessageView[]): number => {
  let units = 0
  const end = changes.findIndex(({ message }, index) => {
    units += message.content.length
    return units > MAX_SYNC_TEXT && index > 0
  })
  return end < 0 ? changes.length : end
}

/** Conversations of `views`, in their order, as many as have their members' cursors told. */
const withCursors = (views: readonly ChannelView[]): string[] => {
  let left = MAX_SYNC_CURSORS
  return views
    .filter(({ channel: { memberCount } }) => {
      if (memberCount > QUIET_ABOVE || memberCount > left) return false
      left -= memberCount
      return true
    })
    .map(({ channel }) => channel.id)
}

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
