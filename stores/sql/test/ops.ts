import type { AdvanceReceipt, AppendDirect } from '@parley/core'
import { newId } from '@parley/model'

interface Someone {
  readonly id: string
}

export const append = (from: Someone, to: Someone, fields: Partial<AppendDirect> = {}): AppendDirect => ({
  ...{ kind: 'append-direct', messageId: newId(), newConversationId: newId(), senderId: from.id },
  ...{ receiverId: to.id, type: 'text', content: 'hello', clientMessageId: null, parentId: null },
  createdAt: Date.now(),
  ...fields,
})

export const receipt = (
  reader: Someone,
  status: AdvanceReceipt['status'],
  conversation: AdvanceReceipt['conversation'],
): AdvanceReceipt => ({
  ...{ kind: 'advance-receipt', readerId: reader.id, conversation, status, upTo: 'head', at: Date.now() },
})
