/**
 * Ops and outcomes as they cross to the writer's thread: flat tuples, as cloning nested objects costs more
 * than the rows they describe.
 */
export const OP = { append: 0, receipt: 1, touch: 2 } as const

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
]

export type TouchTuple = readonly [op: typeof OP.touch, userId: string, at: number]

export type OpTuple = AppendTuple | ReceiptTuple | TouchTuple

export const OUTCOME = {
  appended: 0,
  repeated: 1,
  clientIdReused: 2,
  parentNotFound: 3,
  advanced: 4,
  unmoved: 5,
  done: 6,
} as const

/** [id, senderId, seq] */
export type PassedTuple = readonly [id: string, senderId: string, seq: number]

export type OutcomeTuple =
  | readonly [typeof OUTCOME.appended, conversationId: string, seq: number, rev: number]
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
