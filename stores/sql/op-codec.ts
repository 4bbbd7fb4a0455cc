import type { AppendDirect, WriteOp, WriteOutcome } from '@parley/core'
import { directKey, type Message } from '@parley/model'
import { toMessage } from './rows.ts'
import { OP, type OpTuple, OUTCOME, type OutcomeTuple, type PassedTuple } from './write-protocol.ts'

export function encodeOp(op: WriteOp): OpTuple {
  switch (op.kind) {
    case 'append-direct':
      return [
        OP.append,
        directKey(op.senderId, op.receiverId),
        op.messageId,
        op.newConversationId,
        op.senderId,
        op.receiverId,
        op.type,
        op.content,
        op.clientMessageId,
        op.parentId,
        op.createdAt,
      ]
    case 'advance-receipt': {
      const { conversation } = op
      const [id, key] =
        'id' in conversation
          ? [conversation.id, null]
          : [null, directKey(op.readerId, conversation.directWith)]
      return [OP.receipt, op.readerId, id, key, op.status === 'read', op.upTo === 'head' ? null : op.upTo]
    }
    case 'touch-last-seen':
      return [OP.touch, op.userId, op.at]
  }
}

const toPassed = ([messageId, senderId, seq]: PassedTuple) => ({ messageId, senderId, seq })

const toAppended = (op: AppendDirect, conversationId: string, seq: number, rev: number): Message => ({
  id: op.messageId,
  conversationId,
  seq,
  rev,
  senderId: op.senderId,
  type: op.type,
  content: op.content,
  clientMessageId: op.clientMessageId,
  parentId: op.parentId,
  createdAt: op.createdAt,
  editedAt: null,
  deletedAt: null,
})

export function decodeOutcome(op: WriteOp, outcome: OutcomeTuple): WriteOutcome {
  switch (outcome[0]) {
    case OUTCOME.appended:
      return {
        kind: 'appended',
        message: toAppended(op as AppendDirect, outcome[1], outcome[2], outcome[3]),
      }
    case OUTCOME.repeated:
      return { kind: 'repeated', message: toMessage(outcome[1]) }
    case OUTCOME.clientIdReused:
      return { kind: 'client-id-reused' }
    case OUTCOME.parentNotFound:
      return { kind: 'parent-not-found' }
    case OUTCOME.advanced: {
      const [, conversationId, deliveredSeq, readSeq, delivered, passed, readCount] = outcome
      const cursors = { deliveredSeq, readSeq }
      return {
        kind: 'advanced',
        conversationId,
        cursors,
        delivered: delivered.map(toPassed),
        read: passed.map(toPassed),
        readCount,
      }
    }
    case OUTCOME.unmoved:
      return { kind: 'unmoved' }
    case OUTCOME.done:
      return { kind: 'done' }
  }
}
