import type {
  AdvanceReceipt,
  AppendDirect,
  AppendToChannel,
  OpenDirectOp,
  WriteOp,
  WriteOutcome,
} from '@parley/core'
import { directKey, type Message } from '@parley/model'
import { type ChannelViewRow, toChannelView } from './channel-rows.ts'
import type { StoreQueries } from './queries.ts'
import { toObjects } from './reader.ts'
import { toMessage } from './stored-message.ts'
import { OP, type OpTuple, OUTCOME, type OutcomeTuple, type PassedTuple } from './write-protocol.ts'

export function encodeOp(op: WriteOp, queries: Pick<StoreQueries, 'directView'>): OpTuple {
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
    case 'append-channel':
      return [
        OP.appendToChannel,
        op.channelId,
        op.messageId,
        op.senderId,
        op.content,
        op.clientMessageId,
        op.parentId,
        op.mentioned,
        op.createdAt,
      ]
    case 'advance-receipt':
      return encodeReceipt(op)
    case 'touch-last-seen':
      return [OP.touch, op.userId, op.at]
    case 'open-direct':
      return encodeOpenDirect(op, queries)
    default:
      return [OP.rare, op]
  }
}

function encodeReceipt({ readerId, conversation, status, upTo }: AdvanceReceipt): OpTuple {
  const id = 'id' in conversation ? conversation.id : null
  const key = 'directWith' in conversation ? directKey(readerId, conversation.directWith) : null
  const ofMessage = 'ofMessage' in conversation ? conversation.ofMessage : null
  return [OP.receipt, readerId, id, key, status === 'read', upTo === 'head' ? null : upTo, ofMessage]
}

function encodeOpenDirect(op: OpenDirectOp, { directView }: Pick<StoreQueries, 'directView'>): OpTuple {
  const key = directKey(op.userId, op.peerId)
  const values = directView.bind({ directKey: key, userId: op.userId })
  return [OP.openDirect, op, key, { sql: directView.sql, values }]
}

const toPassed = ([messageId, senderId, seq]: PassedTuple) => ({ messageId, senderId, seq })

const toAppended = (
  op: AppendDirect | AppendToChannel,
  conversationId: string,
  seq: number,
  rev: number,
): Message => ({
  id: op.messageId,
  conversationId,
  seq,
  rev,
  senderId: op.senderId,
  type: op.kind === 'append-direct' ? op.type : 'text',
  content: op.content,
  clientMessageId: op.clientMessageId,
  parentId: op.parentId,
  createdAt: op.createdAt,
  editedAt: null,
  deletedAt: null,
})

export function decodeOutcome(op: WriteOp, outcome: OutcomeTuple): WriteOutcome {
  switch (outcome[0]) {
    case OUTCOME.appended: {
      const [, conversationId, seq, rev, mentioned] = outcome
      const message = toAppended(op as AppendDirect | AppendToChannel, conversationId, seq, rev)
      return mentioned === undefined
        ? { kind: 'appended', message }
        : { kind: 'appended', message, mentioned }
    }
    case OUTCOME.repeated:
      return { kind: 'repeated', message: toMessage(outcome[1]) }
    case OUTCOME.clientIdReused:
      return { kind: 'client-id-reused' }
    case OUTCOME.parentNotFound:
      return { kind: 'parent-not-found' }
    case OUTCOME.notAMember:
      return { kind: 'not-a-member' }
    case OUTCOME.archived:
      return { kind: 'archived' }
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
    case OUTCOME.notFound:
      return { kind: 'not-found' }
    case OUTCOME.done:
      return { kind: 'done' }
    case OUTCOME.opened:
      return {
        kind: 'opened',
        view: toChannelView(toObjects<ChannelViewRow>(outcome[1])[0]!),
        isNew: outcome[2],
      }
    case OUTCOME.rare:
      return outcome[1]
  }
}
