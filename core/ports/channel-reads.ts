import type { Channel, ChannelRole, ConversationKind, Cursors } from '@parley/model'
import type { DirectoryUser, MessageView, Page } from './store.ts'

/** A conversation as one user sees it. */
export interface ChannelView {
  readonly channel: Channel
  /** Null: may look at this public channel, but is no member. */
  readonly role: ChannelRole | null
  /** Zero for who is no member. */
  readonly cursors: Cursors
  /** Messages by others after one's own `readSeq`, deleted ones too. 0 for who is no member. */
  readonly unreadCount: number
  /** Those of them that name the user. */
  readonly mentionCount: number
  /** The other one of a direct conversation; null in a channel, and when that account is gone. */
  readonly peer: DirectoryUser | null
}

/** One emoji under a message. */
export interface Reaction {
  readonly emoji: string
  readonly count: number
  /** Who reacted, oldest first: at most `MAX_REACTORS`. */
  readonly userIds: readonly string[]
}

/** Most users named under one reaction. */
export const MAX_REACTORS = 20

/** A message with everything that a list of a channel tells of it. */
export interface ChannelMessageView extends MessageView {
  /** How many members of now besides the author took it, and read it. `status` also knows the progress of who left. */
  readonly deliveredTo: number
  readonly readBy: number
  /** In the order of their first appearance. */
  readonly reactions: readonly Reaction[]
}

/** What never changes of a conversation. */
export interface ConversationInfo {
  readonly id: string
  readonly kind: ConversationKind
  /** Both members of a direct conversation; null for a channel. */
  readonly members: readonly [string, string] | null
}

export interface Member {
  readonly user: DirectoryUser
  readonly role: ChannelRole
  readonly cursors: Cursors
  /** Epoch ms. */
  readonly joinedAt: number
}

export interface MemberCursors extends Cursors {
  readonly userId: string
}

/** Most changes in one page of `changes`. */
export const MAX_CHANGES = 100
/** Most changes in one answer of `changesOf`. */
export const MAX_SYNC_CHANGES = 500

/**
 * Reads of conversations. Nothing here asks who may see what, but where a `userId` is given: the core has checked it.
 * Limits above the bound given count as the bound.
 */
export interface ChannelReads {
  /** Null: there is no such conversation. Remembered by the core: it never changes. */
  conversation(id: string): Promise<ConversationInfo | null>
  /** The direct conversation of two users; null when they have none. */
  directOf(a: string, b: string): Promise<string | null>
  /** Null: there is none, or it is private or direct and the user is no member. */
  channel(query: { channelId: string; userId: string }): Promise<ChannelView | null>
  /** Null: no member. */
  role(query: { channelId: string; userId: string }): Promise<ChannelRole | null>
  /** Conversations that the user is a member of, newest activity first (made or written to). `limit` 1 to 1,000. */
  channels(query: { userId: string; after?: string; limit: number }): Promise<Page<ChannelView, string>>
  /** Public channels that are not archived, by name ascending whatever the case; `search` is a beginning of the name. `limit` 1 to 100. */
  publicChannels(query: {
    userId: string
    search?: string
    after?: string
    limit: number
  }): Promise<Page<ChannelView, string>>
  /** Members by when they joined, oldest first. Accounts that are gone are left out. `limit` 1 to 100. */
  members(query: { channelId: string; after?: string; limit: number }): Promise<Page<Member, string>>
  /** At most `limit` (1 to `MAX_CHANNEL_MEMBERS`). */
  memberIds(query: { channelId: string; limit: number }): Promise<readonly string[]>
  /** The cursors of the members who joined first. `limit` 1 to 100. */
  cursors(query: { channelId: string; limit: number }): Promise<readonly MemberCursors[]>
  /**
   * Messages of a conversation, deleted ones too: newest first, or with `after` oldest first. `before` and `after` are
   * exclusive positions. `parentId`: only the answers to that message. `limit` 1 to 100.
   */
  messages(query: {
    channelId: string
    before?: number
    after?: number
    parentId?: string
    limit: number
  }): Promise<Page<ChannelMessageView, number>>
  /** Null: no such message. */
  message(id: string): Promise<ChannelMessageView | null>
  /**
   * Messages whose last change is after `rev`, as they are now, by `rev` ascending: put over what somebody had at `rev`
   * they make what there is. `limit` 1 to `MAX_CHANGES`.
   */
  changes(query: { channelId: string; rev: number; limit: number }): Promise<readonly ChannelMessageView[]>
  /**
   * The same for many conversations in a constant number of queries: the first `limit` (1 to `MAX_SYNC_CHANGES`) changes over
   * all of them, in the order of `since` (at most `MAX_CHANNELS_PER_USER`), within one by `rev` ascending. Reactions included;
   * `deliveredTo` and `readBy` are 0: `cursorsOf` tells.
   */
  changesOf(query: {
    since: readonly { readonly channelId: string; readonly rev: number }[]
    limit: number
  }): Promise<readonly ChannelMessageView[]>
  /** The cursors of all members of those of the conversations (at most `MAX_CHANNELS_PER_USER`) that have at most `QUIET_ABOVE` members; one query. */
  cursorsOf(query: {
    channelIds: readonly string[]
  }): Promise<readonly (MemberCursors & { readonly channelId: string })[]>
}
