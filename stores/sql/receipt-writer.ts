import type { Database, Statement } from 'better-sqlite3'
import type { Heads } from './heads.ts'
import { OUTCOME, type OutcomeTuple, type PassedTuple, type ReceiptTuple } from './write-protocol.ts'
import { MAX_PASSED, WRITE } from './write-statements.ts'

interface CursorRow {
  readonly peer_id: string | null
  readonly delivered_seq: number
  readonly read_seq: number
  readonly seq: number
}

const UNMOVED: OutcomeTuple = [OUTCOME.unmoved]

/** Moves cursors forward, inside the batch's transaction. Their messages are those of one other member. */
export class ReceiptWriter {
  readonly #heads: Heads
  readonly #findCursors: Statement
  readonly #moveCursors: Statement
  readonly #listPassed: Statement
  readonly #countPassed: Statement

  constructor(db: Database, heads: Heads) {
    this.#heads = heads
    this.#findCursors = db.prepare(WRITE.findCursors)
    this.#moveCursors = db.prepare(WRITE.moveCursors)
    this.#listPassed = db.prepare(WRITE.listPassed).raw()
    this.#countPassed = db.prepare(WRITE.countPassed).pluck()
  }

  advance([, readerId, conversationId, directKey, isRead, upTo]: ReceiptTuple): OutcomeTuple {
    const id = conversationId ?? (directKey === null ? undefined : this.#heads.find(directKey)?.id)
    if (id === undefined) return UNMOVED
    const row = this.#findCursors.get(id, readerId) as CursorRow | undefined
    if (row === undefined || row.peer_id === null) return UNMOVED
    const head = this.#heads.movedSeq(id) ?? row.seq
    const target = upTo === null ? head : Math.min(head, Math.floor(upTo))
    const delivered = Math.max(row.delivered_seq, target)
    const read = isRead ? Math.max(row.read_seq, target) : row.read_seq
    if (delivered === row.delivered_seq && read === row.read_seq) return UNMOVED
    this.#moveCursors.run(delivered, read, id, readerId)
    // `read` begins at or below `delivered`, so its newest hundred hold the newest hundred of both.
    const from = isRead ? row.read_seq : row.delivered_seq
    const passed = this.#listPassed.all(id, row.peer_id, from, target, MAX_PASSED) as PassedTuple[]
    passed.reverse()
    const newlyDelivered =
      from === row.delivered_seq ? passed : passed.filter(([, , seq]) => seq > row.delivered_seq)
    if (!isRead) return [OUTCOME.advanced, id, delivered, read, newlyDelivered, [], 0]
    const count =
      passed.length < MAX_PASSED
        ? passed.length
        : (this.#countPassed.get(id, row.peer_id, from, target) as number)
    return [OUTCOME.advanced, id, delivered, read, newlyDelivered, passed, count]
  }
}
