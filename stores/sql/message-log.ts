import { createHash } from 'node:crypto'
import type { Database, Statement } from 'better-sqlite3'
import type { Head, Heads } from './heads.ts'
import { OUTCOME, type OutcomeTuple, type StoredMessageRow } from './write-protocol.ts'
import { WRITE } from './write-statements.ts'

interface DigestedRow extends StoredMessageRow {
  readonly client_digest: string | null
}

/** What a message is before it has a position. */
export interface Draft {
  readonly messageId: string
  readonly senderId: string
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
  readonly #addMessage: Statement
  readonly #findByClientId: Statement
  readonly #findById: Statement
  readonly #findParent: Statement

  constructor(db: Database, heads: Heads) {
    this.#heads = heads
    this.#addMessage = db.prepare(WRITE.addMessage)
    this.#findByClientId = db.prepare(WRITE.findByClientId)
    this.#findById = db.prepare(WRITE.findById)
    this.#findParent = db.prepare(WRITE.findParent)
  }

  /** Answers true when the message was stored, and what was stored before under its ids otherwise. */
  add(head: Head, draft: Draft): true | OutcomeTuple {
    const { changes, lastInsertRowid } = this.#addMessage.run(
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
    )
    if (changes === 0) {
      const earlier = this.earlier(draft, head.id)
      // Neither id is taken, so the position was: the remembered head is wrong. The batch fails, and forgets it.
      if (earlier === undefined)
        throw new Error(`position ${head.seq + 1} of conversation ${head.id} is taken`)
      return earlier
    }
    this.#heads.move(head, Number(lastInsertRowid))
    return true
  }

  /** The answer when this message, or another one under its ids, is stored. */
  earlier(draft: Draft, conversationId: string | undefined): OutcomeTuple | undefined {
    const { messageId, senderId, clientId, digest } = draft
    const byClientId =
      clientId === null
        ? undefined
        : (this.#findByClientId.get(senderId, clientId) as DigestedRow | undefined)
    const found = byClientId ?? (this.#findById.get(messageId) as DigestedRow | undefined)
    if (found === undefined) return undefined
    const { client_digest: stored, ...row } = found
    const isSame =
      row.sender_id === senderId &&
      row.client_message_id === clientId &&
      // The core sends a batch again whose commit was lost in between: known by the message's own id, edited or not.
      (clientId === null ? row.conversation_id === conversationId : stored === digest)
    return isSame ? [OUTCOME.repeated, row] : [OUTCOME.clientIdReused]
  }

  hasParent(head: Head | undefined, parentId: string): boolean {
    return head !== undefined && this.#findParent.get(parentId, head.id) !== undefined
  }
}
