import { createHash } from 'node:crypto'
import type { Head, Heads } from './heads.ts'
import { type AddStep, has, row, type Work } from './work.ts'
import { OUTCOME, type OutcomeTuple, type StoredMessageRow } from './write-protocol.ts'
import { WRITE } from './write-statements.ts'

export interface DigestedRow extends StoredMessageRow {
  readonly client_digest: string | null
}

/** What a message is before it has a position. */
export interface Draft {
  readonly messageId: string
  readonly senderId: string
  /** The other member of a direct conversation; null in a channel. */
  readonly peerId: string | null
  readonly type: string
  readonly content: string
  readonly clientId: string | null
  readonly parentId: string | null
  readonly createdAt: number
  /** Null without a client id. */
  readonly digest: string | null
}

/** Stands for all that must be equal when a client id is used again; `to` is the receiver, or the channel. */
export const digestOf = (to: string, type: string, content: string, parentId: string | null): string =>
  createHash('sha256')
    .update(JSON.stringify([to, type, content, parentId]))
    .digest('base64')

/** Puts messages at the next position of their conversation, each once, inside the batch's transaction. */
export class MessageLog {
  readonly #heads: Heads

  constructor(heads: Heads) {
    this.#heads = heads
  }

  /** Answers true when the message was stored, and what was stored before under its ids otherwise. */
  *add(head: Head, draft: Draft): Work<true | OutcomeTuple> {
    const ord = (yield {
      how: 'add',
      sql: WRITE.addMessage,
      values: [
        draft.messageId,
        head.id,
        head.seq + 1,
        head.rev + 1,
        draft.senderId,
        draft.type,
        draft.content,
        draft.clientId,
        draft.digest,
        draft.parentId,
        draft.createdAt,
      ],
      peerId: draft.peerId,
    } satisfies AddStep) as number | undefined
    if (ord === undefined) {
      const earlier = yield* this.earlier(draft, head.id)
      // Neither id is taken, so the position was: the remembered head is wrong. The batch fails, and forgets it.
      if (earlier === undefined)
        throw new Error(`position ${head.seq + 1} of conversation ${head.id} is taken`)
      return earlier
    }
    this.#heads.move(head, ord)
    return true
  }

  /** The answer when this message, or another one under its ids, is stored. */
  *earlier(draft: Draft, conversationId: string | undefined): Work<OutcomeTuple | undefined> {
    const { messageId, senderId, clientId, digest } = draft
    const byClientId =
      clientId === null ? undefined : yield* row<DigestedRow>(WRITE.findByClientId, senderId, clientId)
    const found = byClientId ?? (yield* row<DigestedRow>(WRITE.findById, messageId))
    if (found === undefined) return undefined
    const { client_digest: stored, ...message } = found
    const isSame =
      message.sender_id === senderId &&
      message.client_message_id === clientId &&
      // The core sends a batch again whose commit was lost in between: known by the message's own id, edited or not.
      (clientId === null ? message.conversation_id === conversationId : stored === digest)
    return isSame ? [OUTCOME.repeated, message] : [OUTCOME.clientIdReused]
  }

  *hasParent(head: Head | undefined, parentId: string): Work<boolean> {
    return head !== undefined && (yield* has(WRITE.findParent, parentId, head.id))
  }
}
