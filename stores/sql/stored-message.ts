import type { Message, MessageType } from '@parley/model'
import type { StoredMessageRow } from './write-protocol.ts'

/** A message from its row; for both threads. */
export const toMessage = (row: StoredMessageRow): Message => ({
  id: row.id,
  conversationId: row.conversation_id,
  seq: row.seq,
  rev: row.rev,
  senderId: row.sender_id,
  type: row.type as MessageType,
  content: row.content,
  clientMessageId: row.client_message_id,
  parentId: row.parent_id,
  createdAt: row.created_at,
  editedAt: row.edited_at,
  deletedAt: row.deleted_at,
})
