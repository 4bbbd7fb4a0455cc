import type { Account, ConversationKind, Cursors, DeliveryStatus, Message, MessageType } from '@parley/model'

/**
 * Puts a message into the direct conversation of two users, which is made by its first message.
 * Both users exist: the core has checked it.
 */
export interface AppendDirect {
  readonly kind: 'append-direct'
  /** The message's id, made by the core. A repeated client id answers with the first message's instead. */
  readonly messageId: string
  /** Id for the conversation in case this message makes it. */
  readonly newConversationId: string
  readonly senderId: string
  readonly receiverId: string
  readonly type: MessageType
  readonly content: string
  readonly clientMessageId: string | null
  readonly parentId: string | null
  /** Epoch ms. */
  readonly createdAt: number
}

export type AppendOutcome =
  /** Stored now, at the next position. */
  | { readonly kind: 'appended'; readonly message: Message }
  /** (sender, client id) was stored before with the same receiver, type, content and parent: the first message. */
  | { readonly kind: 'repeated'; readonly message: Message }
  /** (sender, client id) was stored before with another receiver or body. Nothing was written. */
  | { readonly kind: 'client-id-reused' }
  /** `parentId` names no message of this conversation. Nothing was written. */
  | { readonly kind: 'parent-not-found' }

/** Moves a reader's cursor forward. `upTo` above the head counts as the head. Reading also delivers. */
export interface AdvanceReceipt {
  readonly kind: 'advance-receipt'
  readonly readerId: string
  readonly conversation: { readonly id: string } | { readonly directWith: string }
  readonly status: 'delivered' | 'read'
  readonly upTo: number | 'head'
  /** Epoch ms. */
  readonly at: number
}

/** One message of somebody else that a receipt passed. */
export interface Passed {
  readonly messageId: string
  readonly senderId: string
  readonly seq: number
}

export type ReceiptOutcome =
  | {
      readonly kind: 'advanced'
      readonly conversationId: string
      readonly cursors: Cursors
      /** Messages of others newly delivered by this, ascending by `seq`; the newest 100 of each author. */
      readonly delivered: readonly Passed[]
      /** Messages of others newly read by this; the newest 100 of each author. Empty for `delivered`. */
      readonly read: readonly Passed[]
      /** How many messages of others became read, without the bound of 100. */
      readonly readCount: number
    }
  /** Nothing moved: already there, no such conversation, or the reader is no member. */
  | { readonly kind: 'unmoved' }

/** Notes when a user was last here. Later times win. */
export interface TouchLastSeen {
  readonly kind: 'touch-last-seen'
  readonly userId: string
  /** Epoch ms. */
  readonly at: number
}

export type WriteOp = AppendDirect | AdvanceReceipt | TouchLastSeen

/** The outcome type that belongs to each op. */
export type OutcomeOf<O extends WriteOp> = O extends AppendDirect
  ? AppendOutcome
  : O extends AdvanceReceipt
    ? ReceiptOutcome
    : { readonly kind: 'done' }

export type WriteOutcome = AppendOutcome | ReceiptOutcome | { readonly kind: 'done' }

/** A page of a list: `next` is what `after` must be for the page that follows, or null at the end. */
export interface Page<T, C> {
  readonly items: readonly T[]
  readonly next: C | null
}

/** A message as one of its members sees it. */
export interface MessageView {
  readonly message: Message
  readonly sender: { readonly id: string; readonly username: string; readonly avatar: string | null }
  /** The furthest progress of any other member than the sender. */
  readonly status: DeliveryStatus
  /** The other member of a direct conversation than the sender; null in a channel. */
  readonly receiverId: string | null
}

/** A direct conversation in somebody's list. */
export interface DirectSummary {
  readonly conversationId: string
  readonly kind: ConversationKind
  readonly peer: DirectoryUser
  readonly last: MessageView
  /** Messages by the peer after one's own `readSeq`. */
  readonly unreadCount: number
}

/** An account with when it was last connected (epoch ms; null: never). */
export interface DirectoryUser extends Account {
  readonly lastSeen: number | null
}

/**
 * Who there is. Reads what the accounts component writes; names compare without case.
 * Every method fails with a `Fault` `UNAVAILABLE` while the database is away.
 */
export interface Directory {
  find(id: string): Promise<DirectoryUser | null>
  /** At most 1,000 ids; unknown ones are absent from the answer. */
  findMany(ids: readonly string[]): Promise<DirectoryUser[]>
  findByName(username: string): Promise<DirectoryUser | null>
  /**
   * Accounts that are not disabled and not guests, by name ascending; `search` is a prefix of the username, whatever the case.
   * `after` is the last username of the page before. `limit` 1 to 100.
   */
  list(query: { search?: string; after?: string; limit: number }): Promise<Page<DirectoryUser, string>>
}

/**
 * What is kept. Guarantees that every implementation gives, and the contract suite in `testkit` checks:
 *
 * - **Atomic, durable**: `commit` is one transaction. When its promise resolves, everything in it survives a crash of
 *   the process and of the machine. When it rejects, nothing of the batch was written, or (connection lost during the
 *   commit) it is unknown; the same ops may then be sent again, as appends with a client id and receipts repeat safely.
 * - **Order**: ops take effect in the order of the batch. Positions of a conversation are 1, 2, 3 … without a gap, and
 *   commit order equals position order.
 * - **Once**: (senderId, clientMessageId) is unique for as long as the message exists.
 * - **Read your writes**: a read that starts after `commit` resolved sees it.
 * - Every method fails with a `Fault` `UNAVAILABLE` (retry) while the store is away, and works again by itself when it is back.
 */
export interface Store {
  readonly directory: Directory
  /** How many batches may be under way at once. 1 means: the next `commit` only after the last one settled. */
  readonly lanes: number
  /** At most `MAX_BATCH` ops. Outcomes in the order of the ops. */
  commit<const Ops extends readonly WriteOp[]>(
    ops: Ops,
  ): Promise<{ readonly [K in keyof Ops]: OutcomeOf<Ops[K]> }>
  /** Messages of the direct conversation of two users, newest first; `before` is exclusive. `limit` 1 to 100. */
  directHistory(query: {
    userId: string
    peerId: string
    before?: number
    limit: number
  }): Promise<Page<MessageView, number>>
  /** The direct conversations of a user that hold a message, newest activity first. `limit` 1 to 100. */
  directConversations(query: {
    userId: string
    after?: string
    limit: number
  }): Promise<Page<DirectSummary, string>>
  /**
   * Direct messages to a user that no client of theirs has taken (`seq` above `deliveredSeq`, by others, not deleted),
   * oldest first over all conversations, within one always by `seq`. Empty when nothing waits. `limit` 1 to 500.
   * Taking them is moving the cursor: there is no other paging.
   */
  waiting(query: { userId: string; limit: number }): Promise<readonly MessageView[]>
  /** Users who share a direct conversation with this one, newest activity first, at most `limit` (1 to 1,000). */
  contacts(query: { userId: string; limit: number }): Promise<readonly string[]>
  /** Messages of the user's own conversations that hold all words of `text`, newest first. `limit` 1 to 100. */
  search(query: {
    userId: string
    text: string
    after?: string
    limit: number
  }): Promise<Page<MessageView, string>>
  /** Changes when the store was restored from a backup: cursors of another epoch are void. */
  epoch(): Promise<string>
  /** Resolves when the store answers, rejects with `UNAVAILABLE` otherwise. */
  ping(): Promise<void>
  /** Finishes what was accepted, then closes. Idempotent. */
  close(): Promise<void>
}

/** Most ops in one `commit`. */
export const MAX_BATCH = 500
