import { createHash } from 'node:crypto'
import type { Database, Statement } from 'better-sqlite3'
import type { Head, Heads } from './heads.ts'
import { type AppendTuple, OUTCOME, type OutcomeTuple, type StoredMessageRow } from './write-protocol.ts'
import { WRITE } from './write-statements.ts'

interface DigestedRow extends StoredMessageRow {
  readonly client_digest: string | null
}

/** Stands for all that must be equal when a client id is used again. */
const digestOf = (receiverId: string, type: string, content: string, parentId: string | null): string =>
  createHash('sha256')
    .update(JSON.stringify([receiverId, type, content, parentId]))
    .digest('base64')

/** Appends to direct conversations, inside the batch's transaction. One statement for a message of a known conversation. */
export class Appender {
  readonly #heads: Heads
  readonly #addConversation: Statement
  readonly #addMember: Statement
  readonly #addMessage: Statement
  readonly #findByClientId: Statement
  readonly #findById: Statement
  readonly #findParent: Statement

  constructor(db: Database, heads: Heads) {
    this.#heads = heads
    this.#addConversation = db.prepare(WRITE.addConversation)
    this.#addMember = db.prepare(WRITE.addMember)
    this.#addMessage = db.prepare(WRITE.addMessage)
    this.#findByClientId = db.prepare(WRITE.findByClientId)
    this.#findById = db.prepare(WRITE.findById)
    this.#findParent = db.prepare(WRITE.findParent)
  }

  append(op: AppendTuple): OutcomeTuple {
    const [, directKey, messageId, , senderId, receiverId, type, content, clientId, parentId, createdAt] = op
    const digest = clientId === null ? null : digestOf(receiverId, type, content, parentId)
    const known = this.#heads.find(directKey)
    // Where something would be written or refused before the insert could tell of a repeat, it is looked up first.
    if (known === undefined || parentId !== null) {
      const earlier = this.#earlier(op, digest)
      if (earlier !== undefined) return earlier
      if (parentId !== null && !this.#hasParent(known, parentId)) return [OUTCOME.parentNotFound]
    }
    const head = known ?? this.#open(op)
    const { id, seq, rev } = head
    const { changes, lastInsertRowid } = this.#addMessage.run(
      messageId,
      id,
      seq + 1,
      rev + 1,
      senderId,
      type,
      content,
      clientId,
      digest,
      parentId,
      createdAt,
    )
    if (changes === 0) {
      const earlier = this.#earlier(op, digest)
      // Neither id is taken, so the position was: the remembered head is wrong. The batch fails, and forgets it.
      if (earlier === undefined) throw new Error(`position ${seq + 1} of conversation ${id} is taken`)
      return earlier
    }
    this.#heads.move(head, Number(lastInsertRowid))
    return [OUTCOME.appended, id, head.seq, head.rev]
  }

  /** The answer when this message, or another one under its ids, is stored. */
  #earlier(op: AppendTuple, digest: string | null): OutcomeTuple | undefined {
    const [, , messageId, , senderId, receiverId, type, content, clientId, parentId] = op
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
      (clientId !== null
        ? stored === digest
        : // The core sends a batch again whose commit was lost in between: known by the message's own id.
          digestOf(receiverId, row.type, row.content, row.parent_id) ===
          digestOf(receiverId, type, content, parentId))
    return isSame ? [OUTCOME.repeated, row] : [OUTCOME.clientIdReused]
  }

  #hasParent(head: Head | undefined, parentId: string): boolean {
    return head !== undefined && this.#findParent.get(parentId, head.id) !== undefined
  }

  #open(op: AppendTuple): Head {
    const [, directKey, , id, senderId, receiverId, , , , , createdAt] = op
    this.#addConversation.run(id, directKey, createdAt)
    this.#addMember.run(id, senderId, receiverId, createdAt)
    if (receiverId !== senderId) this.#addMember.run(id, receiverId, senderId, createdAt)
    return this.#heads.remember(directKey, { id, seq: 0, rev: 0, lastOrd: 0 })
  }
}
