import type { Cursors, Message, MessageType } from '@parley/model'

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

/** In conversations of more members than this the author hears only when the aggregate advances (wire, channels). */
export const QUIET_ABOVE = 50
/** Most passed messages that one receipt looks at for their authors. */
export const MAX_PASSED_SCAN = 1_000

/** Moves a reader's cursor forward. `upTo` above the head counts as the head. Reading also delivers. */
export interface AdvanceReceipt {
  readonly kind: 'advance-receipt'
  readonly readerId: string
  /** `ofMessage`: the conversation that holds this message, and up to it. */
  readonly conversation:
    | { readonly id: string }
    | { readonly directWith: string }
    | { readonly ofMessage: string }
  readonly status: 'delivered' | 'read'
  /** A position, or everything there is; not looked at with `ofMessage`. */
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
      /**
       * Messages of others newly delivered by this that their authors are to hear of, ascending by `seq`: of the newest
       * `MAX_PASSED_SCAN` passed the newest 100 of each author. In a conversation of more than `QUIET_ABOVE` members only
       * those that no other member but the author had delivered before. Authors who are no members any more hear nothing.
       */
      readonly delivered: readonly Passed[]
      /** The same for newly read ones. Empty when the status is `delivered`. */
      readonly read: readonly Passed[]
      /** How many messages of others became read, without any bound. */
      readonly readCount: number
    }
  /** Nothing moved: already there, one's own message, no such conversation, or the reader is no member of it. */
  | { readonly kind: 'unmoved' }
  /** `ofMessage` names nothing that the reader may see. */
  | { readonly kind: 'not-found' }

/** Notes when a user was last here. Later times win. */
export interface TouchLastSeen {
  readonly kind: 'touch-last-seen'
  readonly userId: string
  /** Epoch ms. */
  readonly at: number
}
