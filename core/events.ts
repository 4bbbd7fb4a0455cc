import type { Call, Channel, ChannelRole, GroupMember, Message, User } from '@parley/model'
import type { ChannelMessageView } from './ports/channel-reads.ts'

/** A message became part of a conversation (after its commit). */
export interface MessageCreated {
  readonly type: 'message.created'
  readonly message: Message
  readonly sender: User
  /** The other member of a direct conversation; null in a channel. */
  readonly receiverId: string | null
}

/** A message was edited or deleted: as it is now. */
export interface MessageChanged {
  readonly type: 'message.changed'
  readonly change: 'edited' | 'deleted'
  /** As it is now: perhaps after a later change, too. */
  readonly view: ChannelMessageView
  /** The conversation's revision by this change. */
  readonly rev: number
}

/** Somebody put a reaction to a message, or took it back. */
export interface ReactionChanged {
  readonly type: 'reaction.changed'
  readonly messageId: string
  readonly conversationId: string
  readonly user: User
  readonly emoji: string
  readonly on: boolean
  /** The conversation's revision by this. */
  readonly rev: number
}

/** A channel, or who is in it, changed. Sent to members. */
export interface ChannelChanged {
  readonly type: 'channel.changed'
  readonly channel: Channel
  /** The role of the user who is told, when it may have changed; null: as it was. */
  readonly role: ChannelRole | null
}

/** Somebody's membership ended. Sent to that user, and to the channel, so that it comes before what is said next. */
export interface ChannelLeft {
  readonly type: 'channel.left'
  readonly channelId: string
  readonly userId: string
  readonly reason: 'left' | 'removed'
}

/** Messages came to a conversation. Coalesced; sent to each member who is online. */
export interface ChannelActivity {
  readonly type: 'channel.activity'
  readonly channelId: string
  readonly seq: number
  /** Did one of them name the user who is told? */
  readonly mention: boolean
}

/** A user read on: sent to that user's own connections. */
export interface ChannelRead {
  readonly type: 'channel.read'
  readonly channelId: string
  readonly readSeq: number
}

/** Something was said in a whisper room. Never stored; on a bus that leaves the process it is encrypted. */
export interface Whispered {
  readonly type: 'room.whispered'
  readonly code: string
  readonly id: string
  readonly sender: User
  /** Cleaned. */
  readonly content: string
  /** Epoch ms. */
  readonly createdAt: number
}

/** A user left a whisper room with every connection. */
export interface RoomLeft {
  readonly type: 'room.left'
  readonly code: string
  readonly userId: string
}

/** Who sits in a whisper room changed: its list is to be told again. */
export interface RoomChanged {
  readonly type: 'room.changed'
  readonly code: string
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

/** Where somebody types. */
export type TypingPlace =
  /** To this user, who is told. */
  { readonly directWith: string } | { readonly channelId: string } | { readonly roomCode: string }

/** Somebody began or stopped typing. Changes only, never refreshes. */
export interface TypingChanged {
  readonly type: 'typing.changed'
  readonly user: User
  readonly place: TypingPlace
  readonly isTyping: boolean
}

/** A user's first connection of any dialect came, or the last one went. */
export interface PresenceChanged {
  readonly type: 'presence.changed'
  readonly user: User
  readonly isOnline: boolean
  /** How many users are online after this. */
  readonly totalOnline: number
  /** Above `PRESENCE_LIST_MAX` online: the only users to be told, besides those who follow this user. Null: everyone. */
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

/** Something one holder of a peer id sends to another: an offer, an answer, a candidate, the end of a call. */
export interface PeerRelayed {
  readonly type: 'peer.relayed'
  /** The sender's own peer id, as the server knows it. */
  readonly from: string
  readonly to: string
  /** What it is, in the words of the dialect that both speak. */
  readonly kind: string
  /** JSON, as it came; null when there is none. */
  readonly data: unknown
}

/** Does the holder of a peer id still live? Answered on `probe:ID` by the node that serves it. */
export interface PeerProbed {
  readonly type: 'peer.probed'
  readonly probeId: string
  /** The lease that is asked about. */
  readonly holder: string
  readonly token: number
}

/** The holder that was asked about lives. */
export interface PeerAlive {
  readonly type: 'peer.alive'
  readonly probeId: string
}

/** Somebody came into a group. */
export interface GroupJoined {
  readonly type: 'group.joined'
  readonly groupId: string
  readonly member: GroupMember
}

/** Somebody left a group, or their connection ended. */
export interface GroupLeft {
  readonly type: 'group.left'
  readonly groupId: string
  readonly member: GroupMember
}

/** A member can be called now, at another peer id than before. */
export interface GroupPeerChanged {
  readonly type: 'group.peer-changed'
  readonly groupId: string
  readonly member: GroupMember
}

/** A call rings. Sent to whom it rings. */
export interface CallOffered {
  readonly type: 'call.offered'
  readonly call: Call
}

/** A ringing call was accepted or rejected. Sent to the caller's peer id. */
export interface CallAnswered {
  readonly type: 'call.answered'
  readonly call: Call
  readonly accepted: boolean
  readonly byPeerId: string
}

/**
 * A call rings no longer: another device answered it (`taken`), one of the two gave up or went (`ended`), or nobody
 * answered in time (`missed`).
 */
export interface CallOver {
  readonly type: 'call.over'
  readonly call: Call
  readonly reason: 'taken' | 'ended' | 'missed'
}

/** Where a conversation stands that was written to on another node. */
export interface AnnouncedHead {
  readonly conversationId: string
  /** Both members of a direct conversation; null for a channel. */
  readonly members: readonly [string, string] | null
  /** The first and the last revision that are announced; `from` above `rev`: it stands there, and nothing is said to be new. */
  readonly from: number
  readonly rev: number
  /** The first position among them; null: no message was new. */
  readonly seqFrom: number | null
}

/** A node tells the others what was written over it lately. */
export interface HeadsAnnounced {
  readonly type: 'heads.announced'
  readonly heads: readonly AnnouncedHead[]
}

/** A node that was cut off for so long (ms) asks the others what was written meanwhile. */
export interface HeadsAsked {
  readonly type: 'heads.asked'
  readonly awayMs: number
}

/** Everything that travels from the core to the dialects. */
export type CoreEvent =
  | MessageCreated
  | MessageChanged
  | ReactionChanged
  | ChannelChanged
  | ChannelLeft
  | ChannelActivity
  | ChannelRead
  | Whispered
  | RoomChanged
  | RoomLeft
  | ReceiptAdvanced
  | TypingChanged
  | PresenceChanged
  | PresenceListed
  | IdentityEnded
  | HubBroadcast
  | PeerRelayed
  | PeerProbed
  | PeerAlive
  | GroupJoined
  | GroupLeft
  | GroupPeerChanged
  | CallOffered
  | CallAnswered
  | CallOver
  | HeadsAnnounced
  | HeadsAsked
