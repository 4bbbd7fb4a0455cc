import type {
  ChangeOutcome,
  DeleteMessageOp,
  EditMessageOp,
  MessageChangeOp,
  Place,
  ReactOp,
} from '@parley/core'
import { CHANGE_WRITE } from './change-statements.ts'
import type { Head, Heads } from './heads.ts'
import { mentions } from './mention-writer.ts'
import { reactions } from './reaction-writer.ts'
import { areAsExpected, findMember } from './roles.ts'
import { toMessage } from './stored-message.ts'
import { row, run, type Work } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'
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
  readonly #index: WriteFlavour['index']

  constructor(heads: Heads, { index }: Pick<WriteFlavour, 'index'>) {
    this.#heads = heads
    this.#index = index
  }

  *change(op: MessageChangeOp): Work<ChangeOutcome> {
    const found = yield* this.#find(op.messageId)
    if (found === undefined) return { kind: 'not-found' }
    switch (op.kind) {
      case 'edit-message':
        return yield* this.#applyEdit(found, op)
      case 'delete-message':
        return yield* this.#applyDelete(found, op)
      case 'react':
        return yield* this.#applyReact(found, op)
    }
  }

  *#find(messageId: string): Work<Found | undefined> {
    const seen = yield* row<FoundRow>(CHANGE_WRITE.findMessage, messageId)
    if (seen === undefined) return undefined
    const isHeld = this.#heads.has(seen.conversation_id)
    const head = yield* this.#heads.findById(seen.conversation_id)
    if (head === undefined) return undefined
    // Before the head was known, somebody else may have changed the message: it is read as it is now.
    const found = isHeld ? seen : yield* row<FoundRow>(CHANGE_WRITE.findMessage, messageId)
    if (found === undefined || found.deleted_at !== null) return undefined
    return { row: found, head, place: yield* this.#placeOf(head) }
  }

  *#placeOf({ id, directKey }: Head): Work<Place> {
    if (directKey === null) return { conversationId: id, kind: 'channel', members: null }
    const pair = yield* row<PairRow>(CHANGE_WRITE.findPair, id)
    return { conversationId: id, kind: 'direct', members: [pair!.user_id, pair!.peer_id] }
  }

  *#applyEdit(found: Found, { actorId, content, mentioned, at }: EditMessageOp): Work<ChangeOutcome> {
    const { row, head } = found
    if ((yield* findMember(head.id, actorId)) === undefined) return { kind: 'not-found' }
    if (row.sender_id !== actorId || row.type === 'call') return { kind: 'forbidden' }
    if (head.archivedAt !== null) return { kind: 'archived' }
    if (row.content === content) return unchanged(found)
    this.#heads.revise(head)
    yield* run(CHANGE_WRITE.edit, content, at, head.rev, row.ord)
    yield* mentions.remove(head.id, row.seq)
    yield* mentions.add(head.id, row.seq, mentioned, actorId)
    yield* this.#index.replace({
      ...row,
      content,
      kind: found.place.kind,
      peer_id: peerOf(found.place, actorId),
    })
    return changed(found, { content, edited_at: at })
  }

  *#applyDelete(found: Found, { messageId, expect, at }: DeleteMessageOp): Work<ChangeOutcome> {
    const { row, head } = found
    if (!(yield* areAsExpected(head.id, expect))) return { kind: 'stale' }
    if (head.archivedAt !== null) return { kind: 'archived' }
    this.#heads.revise(head)
    yield* run(CHANGE_WRITE.remove, at, head.rev, row.ord)
    yield* mentions.remove(head.id, row.seq)
    yield* reactions.removeAll(messageId)
    yield* this.#index.remove(row.ord)
    return changed(found, { content: '', deleted_at: at })
  }

  *#applyReact(found: Found, { messageId, userId, emoji, on }: ReactOp): Work<ChangeOutcome> {
    const { row, head } = found
    if ((yield* findMember(head.id, userId)) === undefined) return { kind: 'not-found' }
    if (head.archivedAt !== null) return { kind: 'archived' }
    const current = yield* reactions.find(messageId, emoji, userId)
    if ((current !== undefined) === on) return unchanged(found)
    if (current !== undefined) yield* reactions.remove(messageId, emoji, current)
    else {
      const made = { messageId, emoji, userId, rev: head.rev + 1, most: MAX_REACTIONS }
      if (!(yield* reactions.add(made))) return { kind: 'too-many' }
    }
    this.#heads.revise(head)
    yield* run(CHANGE_WRITE.revise, head.rev, row.ord)
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
