import type { Channel, ChannelRole, ConversationKind, Message } from '@parley/model'
import type { ChannelView } from './channel-reads.ts'

/**
 * What the core decided on: the op is refused as `stale` when one of these no longer holds inside the transaction, and the
 * core looks again. Null: no member.
 */
export type ExpectedRoles = readonly { readonly userId: string; readonly role: ChannelRole | null }[]

/** Puts a text into a channel, when its sender is a member of it and it is not archived. */
export interface AppendToChannel {
  readonly kind: 'append-channel'
  /** The message's id, made by the core. A repeated client id answers with the first message's instead. */
  readonly messageId: string
  readonly channelId: string
  readonly senderId: string
  readonly content: string
  readonly clientMessageId: string | null
  readonly parentId: string | null
  /** Accounts that the text names; those of them who are members, and not the sender, get an unread mention. */
  readonly mentioned: readonly string[]
  /** Epoch ms. */
  readonly createdAt: number
}

export type AppendToChannelOutcome =
  /** Stored now, at the next position. `mentioned`: who got a mention. */
  | { readonly kind: 'appended'; readonly message: Message; readonly mentioned: readonly string[] }
  /**
   * (sender, client id) was stored before with the same channel, content and parent (as first sent): that message as it is
   * now, also to who could not send it any more.
   */
  | { readonly kind: 'repeated'; readonly message: Message }
  /** It was stored with another place or body. Only to a member: others hear `not-a-member`. */
  | { readonly kind: 'client-id-reused' }
  | { readonly kind: 'parent-not-found' }
  /** Not a member, no such channel, or a direct conversation. */
  | { readonly kind: 'not-a-member' }
  | { readonly kind: 'archived' }

/** Replaces the content of one's own message. */
export interface EditMessageOp {
  readonly kind: 'edit-message'
  readonly messageId: string
  readonly actorId: string
  readonly content: string
  /** As for `append-channel`; replaces the mentions the message had. */
  readonly mentioned: readonly string[]
  /** Epoch ms. */
  readonly at: number
}

/** Leaves a tombstone: the content, its mentions and its reactions go, the position stays. */
export interface DeleteMessageOp {
  readonly kind: 'delete-message'
  readonly messageId: string
  readonly expect: ExpectedRoles
  /** Epoch ms. */
  readonly at: number
}

/** Adds or takes away one's own reaction. */
export interface ReactOp {
  readonly kind: 'react'
  readonly messageId: string
  readonly userId: string
  readonly emoji: string
  readonly on: boolean
  /** Epoch ms. */
  readonly at: number
}

/** Where a message is, for those who are told of its change. */
export interface Place {
  readonly conversationId: string
  readonly kind: ConversationKind
  /** Both members of a direct conversation; null for a channel. */
  readonly members: readonly [string, string] | null
}

export type ChangeOutcome =
  /** Stored; `message.rev` is the conversation's next revision. */
  | { readonly kind: 'changed'; readonly message: Message; readonly place: Place }
  /** It is like that already: nothing was stored, `rev` stays. */
  | { readonly kind: 'unchanged'; readonly message: Message; readonly place: Place }
  /** No such message, deleted, or the actor is no member of its conversation. */
  | { readonly kind: 'not-found' }
  /** An edit of somebody else's message, or of one of type `call`. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'archived' }
  | { readonly kind: 'stale' }
  /** The message has `MAX_REACTIONS` different reactions. */
  | { readonly kind: 'too-many' }

/** Makes a channel with its owner and its first members. Who is in `MAX_CHANNELS_PER_USER` already is not added. */
export interface CreateChannelOp {
  readonly kind: 'create-channel'
  readonly channelId: string
  readonly name: string
  readonly isPrivate: boolean
  readonly ownerId: string
  readonly memberIds: readonly string[]
  /** Epoch ms. */
  readonly at: number
}

/** The direct conversation of two users, which is made when there is none. */
export interface OpenDirectOp {
  readonly kind: 'open-direct'
  readonly newConversationId: string
  readonly userId: string
  readonly peerId: string
  /** Epoch ms. */
  readonly at: number
}

/** Changes what is given of a channel, an archived one too; archiving again keeps the first time. */
export interface UpdateChannelOp {
  readonly kind: 'update-channel'
  readonly channelId: string
  readonly expect: ExpectedRoles
  readonly name?: string
  readonly isPrivate?: boolean
  readonly archived?: boolean
  /** Epoch ms. */
  readonly at: number
}

/**
 * Makes accounts members of a channel that is not archived; to a newcomer everything is unread, who comes again goes on
 * where they were, as the newest member. Who is in `MAX_CHANNELS_PER_USER` (direct conversations do not count) is left out.
 * A private channel needs `expect` to name an actor's role.
 */
export interface AddMembersOp {
  readonly kind: 'add-members'
  readonly channelId: string
  readonly expect: ExpectedRoles
  /** Refused as `stale` when the channel's privacy is another by now. */
  readonly isPrivate: boolean
  readonly userIds: readonly string[]
  /** Epoch ms. */
  readonly at: number
}

/**
 * Ends a membership. When the owner goes the oldest moderator, else the oldest member, becomes owner; when the last member
 * goes the channel is archived. Mentions of who left go.
 */
export interface RemoveMemberOp {
  readonly kind: 'remove-member'
  readonly channelId: string
  readonly expect: ExpectedRoles
  readonly userId: string
  /** Epoch ms. */
  readonly at: number
}

/** Gives a member a role. Making somebody the owner makes who was it a moderator. */
export interface SetRoleOp {
  readonly kind: 'set-role'
  readonly channelId: string
  readonly expect: ExpectedRoles
  readonly userId: string
  readonly role: ChannelRole
}

export type CreateChannelOutcome =
  | { readonly kind: 'created'; readonly channel: Channel; readonly memberIds: readonly string[] }
  /** The owner is in `MAX_CHANNELS_PER_USER` already. */
  | { readonly kind: 'too-many' }

export interface OpenDirectOutcome {
  readonly kind: 'opened'
  /** As `userId` sees it. */
  readonly view: ChannelView
  /** False: it was there. */
  readonly isNew: boolean
}

/** Of every op that changes a channel or who is in it. None of them touches a direct conversation: `not-found`. */
export type ChannelOutcome =
  | {
      readonly kind: 'updated'
      readonly channel: Channel
      /** Who was added. Empty for every other op, and when all of them were members already. */
      readonly added: readonly string[]
      /** Who became the owner by this, if somebody did. */
      readonly newOwnerId: string | null
    }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'archived' }
  /** `MAX_CHANNEL_MEMBERS` would be passed (nobody is added), or no newcomer has room for one channel more. */
  | { readonly kind: 'full' }

export type MessageChangeOp = EditMessageOp | DeleteMessageOp | ReactOp
export type ChannelChangeOp = UpdateChannelOp | AddMembersOp | RemoveMemberOp | SetRoleOp
