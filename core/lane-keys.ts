import { directKey } from '@parley/model'
import type { WriteOp } from './ports/store.ts'

/** A sender's id for a message, which is unique over all conversations. */
const clientKeys = (senderId: string, clientMessageId: string | null): readonly string[] =>
  clientMessageId === null ? [] : [`client ${senderId} ${clientMessageId}`]

/**
 * What an op is about: of two ops with a key in common the later one must not take effect first, so that they never are in two
 * batches that are under way at once. A conversation is known by how the op names it. Whoever names a direct conversation by its
 * id, or a message, knows that it is stored: what made it is not under way any more, and only ops that name it in the same way
 * have an order among them that anybody can tell.
 */
export const laneKeysOf = (op: WriteOp): readonly string[] => {
  switch (op.kind) {
    case 'append-direct':
      return [directKey(op.senderId, op.receiverId), ...clientKeys(op.senderId, op.clientMessageId)]
    case 'append-channel':
      return [op.channelId, ...clientKeys(op.senderId, op.clientMessageId)]
    case 'advance-receipt': {
      const { conversation, readerId } = op
      if ('id' in conversation) return [conversation.id]
      return [
        'directWith' in conversation ? directKey(readerId, conversation.directWith) : conversation.ofMessage,
      ]
    }
    case 'edit-message':
    case 'delete-message':
    case 'react':
      return [op.messageId]
    case 'open-direct':
      return [directKey(op.userId, op.peerId)]
    case 'create-channel':
    case 'update-channel':
    case 'add-members':
    case 'remove-member':
    case 'set-role':
      return [op.channelId]
    case 'create-room':
    case 'enter-room':
    case 'admit-to-room':
    case 'leave-room':
    case 'close-room':
      return [`room ${op.code}`]
    case 'touch-last-seen':
      return [`seen ${op.userId}`]
  }
}
