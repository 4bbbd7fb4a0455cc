import type {
  ChannelChangeOp,
  CreateChannelOp,
  MessageChangeOp,
  OpenDirectOp,
  RoomOp,
  WriteOutcome,
} from '@parley/core'
import type { RowSet, SqlValue } from './worker-protocol.ts'

/**
 * Ops and outcomes as they cross to the writer's thread: flat tuples for what comes often, as cloning nested objects
 * costs more than the rows they describe. What is rare crosses as it is.
 */
export const OP = { append: 0, receipt: 1, touch: 2, appendToChannel: 3, openDirect: 4, rare: 5 } as const

export type AppendTuple = readonly [
  op: typeof OP.append,
  directKey: string,
  messageId: string,
  newConversationId: string,
  senderId: string,
  receiverId: string,
  type: string,
  content: string,
  clientMessageId: string | null,
  parentId: string | null,
  createdAt: number,
]

export type ReceiptTuple = readonly [
  op: typeof OP.receipt,
  readerId: string,
  conversationId: string | null,
  directKey: string | null,
  isRead: boolean,
  /** Null: the head. */
  upTo: number | null,
  /** The message that names the conversation and the position, when neither of them is given. */
  ofMessage: string | null,
]

export type TouchTuple = readonly [op: typeof OP.touch, userId: string, at: number]

export type ChannelAppendTuple = readonly [
  op: typeof OP.appendToChannel,
  channelId: string,
  messageId: string,
  senderId: string,
  content: string,
  clientMessageId: string | null,
  parentId: string | null,
  mentioned: readonly string[],
  createdAt: number,
]

/** With the query that shows the conversation, whichever it will be. */
export type OpenDirectTuple = readonly [
  op: typeof OP.openDirect,
  what: OpenDirectOp,
  directKey: string,
  view: { readonly sql: string; readonly values: readonly SqlValue[] },
]

export type RareOp = MessageChangeOp | CreateChannelOp | ChannelChangeOp | RoomOp

export type RareTuple = readonly [op: typeof OP.rare, what: RareOp]

export type OpTuple =
  | AppendTuple
  | ReceiptTuple
  | TouchTuple
  | ChannelAppendTuple
  | OpenDirectTuple
  | RareTuple

export const OUTCOME = {
  appended: 0,
  repeated: 1,
  clientIdReused: 2,
  parentNotFound: 3,
  advanced: 4,
  unmoved: 5,
  done: 6,
  notFound: 7,
  notAMember: 8,
  archived: 9,
  opened: 10,
  rare: 11,
} as const

/** [id, senderId, seq] */
export type PassedTuple = readonly [id: string, senderId: string, seq: number]

export type OutcomeTuple =
  | readonly [
      typeof OUTCOME.appended,
      conversationId: string,
      seq: number,
      rev: number,
      /** Channels only. */
      mentioned?: readonly string[],
    ]
  | readonly [typeof OUTCOME.repeated, row: StoredMessageRow]
  | readonly [typeof OUTCOME.clientIdReused]
  | readonly [typeof OUTCOME.parentNotFound]
  | readonly [
      typeof OUTCOME.advanced,
      conversationId: string,
      deliveredSeq: number,
      readSeq: number,
      delivered: readonly PassedTuple[],
      read: readonly PassedTuple[],
      readCount: number,
    ]
  | readonly [typeof OUTCOME.unmoved]
  | readonly [typeof OUTCOME.done]
  | readonly [typeof OUTCOME.notFound]
  | readonly [typeof OUTCOME.notAMember]
  | readonly [typeof OUTCOME.archived]
  | readonly [typeof OUTCOME.opened, view: RowSet, isNew: boolean]
  | readonly [typeof OUTCOME.rare, outcome: WriteOutcome]

/** A message's row, in the columns that make a `Message`. */
export interface StoredMessageRow {
  readonly id: string
  readonly conversation_id: string
  readonly seq: number
  readonly rev: number
  readonly sender_id: string
  readonly type: string
  readonly content: string
  readonly client_message_id: string | null
  readonly parent_id: string | null
  readonly created_at: number
  readonly edited_at: number | null
  readonly deleted_at: number | null
}
