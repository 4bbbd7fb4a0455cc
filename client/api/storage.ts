import type { ChannelMessageJson, OwnChannelJson } from '@parley/dialect-channels'
import type { ParleyErrorInfo } from './error.ts'

/** A message that the server has not acknowledged yet. */
export interface OutboxRecord {
  /** The client's own id: the same for every try. */
  readonly clientMessageId: string
  readonly channelId: string
  readonly content: string
  readonly parentId: string | null
  /** Epoch ms; also the order, with `order` between those of one ms. */
  readonly createdAt: number
  readonly order: number
  /** Set once the server refused it for good; it stays until it is tried again or given up. */
  readonly failure: ParleyErrorInfo | null
}

/** What is kept of a conversation: the newest messages without a gap, up to `rev`. */
export interface ConversationRecord {
  readonly channel: OwnChannelJson
  readonly rev: number
  readonly messages: readonly ChannelMessageJson[]
  readonly activity: number
}

export interface Snapshot {
  /** Of the store that the positions are from; null: none yet. */
  readonly epoch: string | null
  readonly conversations: readonly ConversationRecord[]
}

/** Where one user's messages wait and are kept. All may reject; the client then works on without what is kept. */
export interface UserStorage {
  readonly outbox: {
    all(): Promise<readonly OutboxRecord[]>
    put(record: OutboxRecord): Promise<void>
    remove(clientMessageId: string): Promise<void>
  }
  readonly kept: {
    load(): Promise<Snapshot>
    saveEpoch(epoch: string): Promise<void>
    save(record: ConversationRecord): Promise<void>
    remove(conversationId: string): Promise<void>
  }
  /** Nothing of the user is left. */
  clear(): Promise<void>
  close(): void
}

/** Opens what belongs to one user of one server. */
export interface ClientStorage {
  open(scope: { readonly url: string; readonly userId: string }): Promise<UserStorage>
}
