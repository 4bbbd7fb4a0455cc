import type { Heads } from './heads.ts'
import { newestOfEach } from './passed-messages.ts'
import { advanceBest, type Best, furthestBut } from './progress.ts'
import { has, number, row, rows, run, type Work } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'
import { MAX_PASSED_SCAN, QUIET_ABOVE } from './write-limits.ts'
import { OUTCOME, type OutcomeTuple, type PassedTuple, type ReceiptTuple } from './write-protocol.ts'
import { MAX_PASSED, WRITE } from './write-statements.ts'

export interface CursorRow {
  readonly peer_id: string | null
  readonly delivered_seq: number
  readonly read_seq: number
  readonly seq: number
  readonly member_count: number
  readonly best_delivered_seq: number
  readonly best_delivered_by: string | null
  readonly second_delivered_seq: number
  readonly best_read_seq: number
  readonly best_read_by: string | null
  readonly second_read_seq: number
}

/** What a receipt is about. */
interface Target {
  readonly conversationId: string
  /** Null: the head. */
  readonly upTo: number | null
}

/** Where a reader was and is. */
interface Move {
  readonly conversationId: string
  readonly readerId: string
  readonly isRead: boolean
  readonly row: CursorRow
  readonly delivered: number
  readonly read: number
  /** The position up to which messages were passed. */
  readonly target: number
}

interface PlaceRow {
  readonly conversation_id: string
  readonly sender_id: string
  readonly seq: number
}

interface PassedRow {
  readonly id: string
  readonly sender_id: string
  readonly seq: number
}

const toTuple = ({ id, sender_id, seq }: PassedRow): PassedTuple => [id, sender_id, seq]

type Told = readonly [delivered: readonly PassedTuple[], read: readonly PassedTuple[], readCount: number]

const UNMOVED: OutcomeTuple = [OUTCOME.unmoved]
const NOT_FOUND: OutcomeTuple = [OUTCOME.notFound]

/**
 * Moves cursors forward, inside the batch's transaction: writes the reader's row, and in a channel its own when the reader
 * is further than all, or all but one.
 */
export class ReceiptWriter {
  readonly #heads: Heads
  readonly #findCursors: string

  constructor(heads: Heads, { lock }: Pick<WriteFlavour, 'lock'>) {
    this.#heads = heads
    this.#findCursors = WRITE.findCursors + lock
  }

  *advance(op: ReceiptTuple): Work<OutcomeTuple> {
    const found = yield* this.#targetOf(op)
    if (!('conversationId' in found)) return found
    const [, readerId, , , isRead] = op
    const { conversationId, upTo } = found
    const cursors = yield* row<CursorRow>(this.#findCursors, conversationId, readerId)
    if (cursors === undefined) return UNMOVED
    const head = this.#heads.movedSeq(conversationId) ?? cursors.seq
    const target = upTo === null ? head : Math.min(head, Math.floor(upTo))
    const delivered = Math.max(cursors.delivered_seq, target)
    const read = isRead ? Math.max(cursors.read_seq, target) : cursors.read_seq
    if (delivered === cursors.delivered_seq && read === cursors.read_seq) return UNMOVED
    yield* run(WRITE.moveCursors, delivered, read, conversationId, readerId)
    const move: Move = { conversationId, readerId, isRead, row: cursors, delivered, read, target }
    const [newlyDelivered, newlyRead, readCount] =
      cursors.peer_id === null ? yield* this.#inChannel(move) : yield* this.#inDirect(move, cursors.peer_id)
    return [OUTCOME.advanced, conversationId, delivered, read, newlyDelivered, newlyRead, readCount]
  }

  *#targetOf([, readerId, id, directKey, , upTo, ofMessage]: ReceiptTuple): Work<Target | OutcomeTuple> {
    if (ofMessage === null) {
      const conversationId = id ?? (directKey === null ? undefined : (yield* this.#heads.find(directKey))?.id)
      return conversationId === undefined ? UNMOVED : { conversationId, upTo }
    }
    const place = yield* row<PlaceRow>(WRITE.findPlace, ofMessage)
    if (place === undefined) return NOT_FOUND
    if (!(yield* has(WRITE.isMember, place.conversation_id, readerId))) return NOT_FOUND
    if (place.sender_id === readerId) return UNMOVED
    return { conversationId: place.conversation_id, upTo: place.seq }
  }

  /** All that was passed is of the one other member. */
  *#inDirect({ conversationId, isRead, row, target }: Move, peerId: string): Work<Told> {
    // `read` begins at or below `delivered`, so its newest hundred hold the newest hundred of both.
    const from = isRead ? row.read_seq : row.delivered_seq
    const values = [conversationId, peerId, from, target] as const
    const listed = yield* rows<PassedRow>(WRITE.listPassed, ...values, MAX_PASSED)
    const passed = listed.map(toTuple).reverse()
    const newlyDelivered =
      from === row.delivered_seq ? passed : passed.filter(([, , seq]) => seq > row.delivered_seq)
    if (!isRead) return [newlyDelivered, [], 0]
    const count = passed.length < MAX_PASSED ? passed.length : yield* number(WRITE.countPassed, ...values)
    return [newlyDelivered, passed, count]
  }

  *#inChannel(move: Move): Work<Told> {
    const { conversationId, readerId, isRead, row, target } = move
    const delivered = bestDelivered(row)
    const read = bestRead(row)
    yield* this.#advanceProgress(move, delivered, read)
    const from = isRead ? row.read_seq : row.delivered_seq
    const values = [conversationId, readerId, from, target] as const
    const count = isRead ? target - from - (yield* number(WRITE.countPassed, ...values)) : 0
    // In a large channel nearly every receipt is for what others had before: nothing to look for.
    const isQuiet = row.member_count > QUIET_ABOVE
    if (isQuiet && isOldNews(isRead ? read : delivered, target)) return [[], [], count]
    const listed = yield* rows<PassedRow>(WRITE.listPassedInChannel, ...values, MAX_PASSED_SCAN)
    const passed = yield* this.#ofMembers(conversationId, listed.map(toTuple))
    const told = (after: number, best: Best) =>
      newestOfEach(
        passed.filter(([, authorId, seq]) => seq > after && (!isQuiet || seq > furthestBut(best, authorId))),
        MAX_PASSED,
      )
    return [told(row.delivered_seq, delivered), isRead ? told(from, read) : [], count]
  }

  /** Who left hears no more of the channel, nor of who reads what they wrote. */
  *#ofMembers(conversationId: string, passed: readonly PassedTuple[]): Work<readonly PassedTuple[]> {
    const authors = new Set(passed.map(([, authorId]) => authorId))
    for (const authorId of authors) {
      if (!(yield* has(WRITE.isMember, conversationId, authorId))) authors.delete(authorId)
    }
    return passed.filter(([, authorId]) => authors.has(authorId))
  }

  *#advanceProgress(move: Move, delivered: Best, read: Best): Work<void> {
    const nextDelivered = advanceBest(delivered, move.readerId, move.delivered)
    const nextRead = advanceBest(read, move.readerId, move.read)
    if (nextDelivered === delivered && nextRead === read) return
    yield* run(
      WRITE.moveProgress,
      ...[nextDelivered.seq, nextDelivered.by, nextDelivered.second],
      ...[nextRead.seq, nextRead.by, nextRead.second],
      move.conversationId,
    )
  }
}

const bestDelivered = (row: CursorRow): Best => ({
  ...{ seq: row.best_delivered_seq, by: row.best_delivered_by, second: row.second_delivered_seq },
})

const bestRead = (row: CursorRow): Best => ({
  ...{ seq: row.best_read_seq, by: row.best_read_by, second: row.second_read_seq },
})

/** Did two members come this far before? Then every message up to there had been with somebody but its author. */
const isOldNews = (best: Best, target: number): boolean => best.second >= target
