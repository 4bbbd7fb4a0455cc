import {
  type AdvanceReceipt,
  MAX_PASSED_SCAN,
  type Passed,
  QUIET_ABOVE,
  type ReceiptOutcome,
} from '@parley/core'
import type { Cursors } from '@parley/model'
import { type MemoryConversation, type MemoryConversations, progressOf } from './memory-conversations.ts'

const NAMED_PER_AUTHOR = 100

/** Moves a reader's cursors in a `MemoryStore`. */
export function advanceReceipt(conversations: MemoryConversations, op: AdvanceReceipt): ReceiptOutcome {
  const target = targetOf(conversations, op)
  if (typeof target === 'string') return { kind: target }
  const { conversation, upTo } = target
  const member = conversation.members.get(op.readerId)
  if (member === undefined) return { kind: 'unmoved' }
  const before = member.cursors
  const deliveredSeq = Math.max(before.deliveredSeq, upTo)
  const readSeq = op.status === 'read' ? Math.max(before.readSeq, upTo) : before.readSeq
  if (deliveredSeq === before.deliveredSeq && readSeq === before.readSeq) return { kind: 'unmoved' }
  const cursors = { deliveredSeq, readSeq }
  const read = passed(conversation, op.readerId, before.readSeq, readSeq)
  const delivered = passed(conversation, op.readerId, before.deliveredSeq, deliveredSeq)
  const told = {
    delivered: toldOf(conversation, op.readerId, delivered, 'deliveredSeq'),
    read: toldOf(conversation, op.readerId, read, 'readSeq'),
  }
  member.cursors = cursors
  return { kind: 'advanced', conversationId: conversation.id, cursors, ...told, readCount: read.length }
}

/** The conversation and the position that a receipt means. */
function targetOf(
  conversations: MemoryConversations,
  { conversation: where, readerId, upTo }: AdvanceReceipt,
): { conversation: MemoryConversation; upTo: number } | 'unmoved' | 'not-found' {
  if ('ofMessage' in where) {
    const found = conversations.message(where.ofMessage)
    if (!found?.conversation.members.has(readerId)) return 'not-found'
    const { senderId, seq } = found.entry.message
    return senderId === readerId ? 'unmoved' : { conversation: found.conversation, upTo: seq }
  }
  const conversation =
    'id' in where ? conversations.find(where.id) : conversations.direct(readerId, where.directWith)
  if (conversation === undefined) return 'unmoved'
  const head = conversation.messages.length
  return { conversation, upTo: upTo === 'head' ? head : Math.min(upTo, head) }
}

/** Messages of others with positions above `from` and up to `to`. */
const passed = ({ messages }: MemoryConversation, readerId: string, from: number, to: number): Passed[] =>
  messages
    .slice(from, to)
    .map(({ message: { id: messageId, senderId, seq } }) => ({ messageId, senderId, seq }))
    .filter(({ senderId }) => senderId !== readerId)

/** Those of them that their authors hear of. */
function toldOf(
  conversation: MemoryConversation,
  readerId: string,
  all: readonly Passed[],
  cursor: keyof Cursors,
): readonly Passed[] {
  const scanned = all.slice(-MAX_PASSED_SCAN)
  const isQuiet = conversation.members.size > QUIET_ABOVE
  return [...new Set(scanned.map(({ senderId }) => senderId))]
    .filter((author) => conversation.members.has(author))
    .flatMap((author) => {
      const known = isQuiet ? progressOf(conversation, [author, readerId])[cursor] : 0
      return scanned
        .filter(({ senderId, seq }) => senderId === author && seq > known)
        .slice(-NAMED_PER_AUTHOR)
    })
    .sort((a, b) => a.seq - b.seq)
}
