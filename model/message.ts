/** Types a person may send in a direct message; for all but `text` the content is a URL (wire, chat). */
export const MESSAGE_TYPES = ['text', 'image', 'file', 'audio', 'video'] as const
export type SendableType = (typeof MESSAGE_TYPES)[number]
/** `call` is a missed call and comes from the server alone. */
export type MessageType = SendableType | 'call'

/** A stored message. Immutable but for `content`, `rev`, `editedAt`, `deletedAt`. */
export interface Message {
  readonly id: string
  readonly conversationId: string
  /** Position in its conversation: 1, 2, 3 … without a gap. Never changes. */
  readonly seq: number
  /** The conversation's revision at this message's last change. */
  readonly rev: number
  readonly senderId: string
  readonly type: MessageType
  /** Verbatim, trimmed; empty once deleted. */
  readonly content: string
  readonly clientMessageId: string | null
  readonly parentId: string | null
  /** Epoch ms; for display, orders nothing. */
  readonly createdAt: number
  readonly editedAt: number | null
  readonly deletedAt: number | null
}

/** The furthest a receipt says a message came at one reader. */
export type DeliveryStatus = 'sent' | 'delivered' | 'read'
