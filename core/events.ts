import type { Message, User } from '@parley/model'

/** A message became part of a conversation (after its commit). */
export interface MessageCreated {
  readonly type: 'message.created'
  readonly message: Message
  readonly sender: User
  /** The other member of a direct conversation; null in a channel. */
  readonly receiverId: string | null
}

/** Receipts that one reader gave to one author, all in one conversation. Sent to the author. */
export interface ReceiptAdvanced {
  readonly type: 'receipt.advanced'
  readonly status: 'delivered' | 'read'
  readonly conversationId: string
  readonly reader: User
  /** The author's messages newly passed, ascending by position: the newest 100. */
  readonly messageIds: readonly string[]
  readonly upTo: number
  /** Epoch ms. */
  readonly at: number
}

/** Somebody began or stopped typing to this user. Changes only, never refreshes. */
export interface TypingChanged {
  readonly type: 'typing.changed'
  readonly user: User
  /** Where: the direct conversation with `directWith`. */
  readonly directWith: string
  readonly isTyping: boolean
}

/** A user's first connection of any dialect came, or the last one went. */
export interface PresenceChanged {
  readonly type: 'presence.changed'
  readonly user: User
  readonly isOnline: boolean
  /** How many users are online after this. */
  readonly totalOnline: number
  /** Above `PRESENCE_LIST_MAX` online: the only users to be told. Null: everyone. */
  readonly audience: readonly string[] | null
}

/** The coalesced list of who is online, at most once per `PRESENCE_INTERVAL` and only up to `PRESENCE_LIST_MAX`. */
export interface PresenceListed {
  readonly type: 'presence.listed'
  readonly users: readonly User[]
  readonly totalOnline: number
  /** Epoch ms. */
  readonly at: number
}

/** Sign-out, ban, removal: connections that speak for this user (or this session of theirs) must end. */
export interface IdentityEnded {
  readonly type: 'identity.ended'
  readonly userId: string
  /** Null: every session. */
  readonly sessionId: string | null
}

/** A frame for every hub connection: what hub clients say to all, or an announcement. Never stored. */
export interface HubBroadcast {
  readonly type: 'hub.broadcast'
  /** JSON text of the frame, made once. */
  readonly frame: string
  /** A user none of whose connections is told; null: everyone. */
  readonly exceptUser: string | null
}

/** Everything that travels from the core to the dialects. */
export type CoreEvent =
  | MessageCreated
  | ReceiptAdvanced
  | TypingChanged
  | PresenceChanged
  | PresenceListed
  | IdentityEnded
  | HubBroadcast
