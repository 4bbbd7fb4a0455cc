import type { Account, ConversationKind, DeliveryStatus, Message } from '@parley/model'
import type {
  AppendToChannel,
  AppendToChannelOutcome,
  ChangeOutcome,
  ChannelChangeOp,
  ChannelOutcome,
  CreateChannelOp,
  CreateChannelOutcome,
  MessageChangeOp,
  OpenDirectOp,
  OpenDirectOutcome,
} from './channel-ops.ts'
import type { ChannelReads } from './channel-reads.ts'
import type { LogReads } from './log-reads.ts'
import type {
  AdvanceReceipt,
  AppendDirect,
  AppendOutcome,
  ReceiptOutcome,
  TouchLastSeen,
} from './message-ops.ts'
import type { RoomOp, RoomOutcome, RoomReads } from './room-ops.ts'

export type WriteOp =
  | AppendDirect
  | AppendToChannel
  | AdvanceReceipt
  | MessageChangeOp
  | CreateChannelOp
  | OpenDirectOp
  | ChannelChangeOp
  | RoomOp
  | TouchLastSeen

/** The outcome type that belongs to each op. */
export type OutcomeOf<O extends WriteOp> = O extends AppendDirect
  ? AppendOutcome
  : O extends AppendToChannel
    ? AppendToChannelOutcome
    : O extends AdvanceReceipt
      ? ReceiptOutcome
      : O extends MessageChangeOp
        ? ChangeOutcome
        : O extends CreateChannelOp
          ? CreateChannelOutcome
          : O extends OpenDirectOp
            ? OpenDirectOutcome
            : O extends ChannelChangeOp
              ? ChannelOutcome
              : O extends RoomOp
                ? RoomOutcome
                : { readonly kind: 'done' }

export type WriteOutcome =
  | AppendOutcome
  | AppendToChannelOutcome
  | ReceiptOutcome
  | ChangeOutcome
  | CreateChannelOutcome
  | OpenDirectOutcome
  | ChannelOutcome
  | RoomOutcome
  | { readonly kind: 'done' }

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
export interface Store extends ChannelReads, RoomReads, LogReads {
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
  /**
   * Users who share a conversation with this one, at most `limit` (1 to 1,000): of direct conversations first, newest activity
   * first, then members of their channels.
   */
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
