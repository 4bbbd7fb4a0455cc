import type {
  ChangeOutcome,
  DeleteMessageOp,
  EditMessageOp,
  MessageChangeOp,
  Place,
  ReactOp,
} from '@parley/core'
import type { Database, Statement } from 'better-sqlite3'
import { CHANGE_WRITE } from './change-statements.ts'
import type { Head, Heads } from './heads.ts'
import { IndexUpdater } from './index-updater.ts'
import type { MentionWriter } from './mention-writer.ts'
import { ReactionWriter } from './reaction-writer.ts'
import type { Roles } from './roles.ts'
import { toMessage } from './stored-message.ts'
import { MAX_REACTIONS } from './write-limits.ts'
import type { StoredMessageRow } from './write-protocol.ts'

interface FoundRow extends StoredMessageRow {
  readonly ord: number
}

interface PairRow {
  readonly user_id: string
  readonly peer_id: string
}

/** A message that is there, with its conversation. */
interface Found {
  readonly row: FoundRow
  readonly head: Head
  readonly place: Place
}

/** Edits, deletes and reacts, inside the batch's transaction: each moves the conversation's revision, never its position. */
export class MessageChanger {
  readonly #heads: Heads
  readonly #roles: Roles
  readonly #mentions: MentionWriter
  readonly #reactions: ReactionWriter
  readonly #index: IndexUpdater
  readonly #findMessage: Statement
  readonly #findPair: Statement
  readonly #edit: Statement
  readonly #remove: Statement
  readonly #revise: Statement

  constructor(db: Database, heads: Heads, roles: Roles, mentions: MentionWriter) {
    this.#heads = heads
    this.#roles = roles
    this.#mentions = mentions
    this.#reactions = new ReactionWriter(db)
    this.#index = new IndexUpdater(db)
    this.#findMessage = db.prepare(CHANGE_WRITE.findMessage)
    this.#findPair = db.prepare(CHANGE_WRITE.findPair)
    this.#edit = db.prepare(CHANGE_WRITE.edit)
    this.#remove = db.prepare(CHANGE_WRITE.remove)
    this.#revise = db.prepare(CHANGE_WRITE.revise)
  }

  change(op: MessageChangeOp): ChangeOutcome {
    const found = this.#find(op.messageId)
    if (found === undefined) return { kind: 'not-found' }
    switch (op.kind) {
      case 'edit-message':
        return this.#applyEdit(found, op)
      case 'delete-message':
        return this.#applyDelete(found, op)
      case 'react':
        return this.#applyReact(found, op)
    }
  }

  #find(messageId: string): Found | undefined {
    const row = this.#findMessage.get(messageId) as FoundRow | undefined
    if (row === undefined || row.deleted_at !== null) return undefined
    const head = this.#heads.findById(row.conversation_id)
    return head === undefined ? undefined : { row, head, place: this.#placeOf(head) }
  }

  #placeOf({ id, directKey }: Head): Place {
    if (directKey === null) return { conversationId: id, kind: 'channel', members: null }
    const pair = this.#findPair.get(id) as PairRow
    return { conversationId: id, kind: 'direct', members: [pair.user_id, pair.peer_id] }
  }

  #applyEdit(found: Found, { actorId, content, mentioned, at }: EditMessageOp): ChangeOutcome {
    const { row, head } = found
    if (this.#roles.find(head.id, actorId) === undefined) return { kind: 'not-found' }
    if (row.sender_id !== actorId || row.type === 'call') return { kind: 'forbidden' }
    if (head.archivedAt !== null) return { kind: 'archived' }
    if (row.content === content) return unchanged(found)
    this.#heads.revise(head)
    this.#edit.run(content, at, head.rev, row.ord)
    this.#mentions.remove(head.id, row.seq)
    this.#mentions.add(head.id, row.seq, mentioned, actorId)
    this.#index.replace({ ...row, content, kind: found.place.kind, peer_id: peerOf(found.place, actorId) })
    return changed(found, { content, edited_at: at })
  }

  #applyDelete(found: Found, { messageId, expect, at }: DeleteMessageOp): ChangeOutcome {
    const { row, head } = found
    if (!this.#roles.areAsExpected(head.id, expect)) return { kind: 'stale' }
    if (head.archivedAt !== null) return { kind: 'archived' }
    this.#heads.revise(head)
    this.#remove.run(at, head.rev, row.ord)
    this.#mentions.remove(head.id, row.seq)
    this.#reactions.removeAll(messageId)
    this.#index.remove(row.ord)
    return changed(found, { content: '', deleted_at: at })
  }

  #applyReact(found: Found, { messageId, userId, emoji, on }: ReactOp): ChangeOutcome {
    const { row, head } = found
    if (this.#roles.find(head.id, userId) === undefined) return { kind: 'not-found' }
    if (head.archivedAt !== null) return { kind: 'archived' }
    const current = this.#reactions.find(messageId, emoji, userId)
    if ((current !== undefined) === on) return unchanged(found)
    if (current !== undefined) this.#reactions.remove(messageId, emoji, current)
    else {
      const made = { messageId, emoji, userId, rev: head.rev + 1, most: MAX_REACTIONS }
      if (!this.#reactions.add(made)) return { kind: 'too-many' }
    }
    this.#heads.revise(head)
    this.#revise.run(head.rev, row.ord)
    return changed(found, {})
  }
}

const peerOf = ({ members }: Place, userId: string): string | null =>
  members === null ? null : members[0] === userId ? members[1] : members[0]

const unchanged = ({ row, place }: Found): ChangeOutcome => ({
  kind: 'unchanged',
  message: toMessage(row),
  place,
})

const changed = ({ row, head, place }: Found, fields: Partial<StoredMessageRow>): ChangeOutcome => ({
  kind: 'changed',
  message: toMessage({ ...row, ...fields, rev: head.rev }),
  place,
})
