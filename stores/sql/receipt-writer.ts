import type { Database, Statement } from 'better-sqlite3'
import type { Heads } from './heads.ts'
import { newestOfEach } from './passed-messages.ts'
import { advanceBest, type Best, furthestBut } from './progress.ts'
import { MAX_PASSED_SCAN, QUIET_ABOVE } from './write-limits.ts'
import { OUTCOME, type OutcomeTuple, type PassedTuple, type ReceiptTuple } from './write-protocol.ts'
import { MAX_PASSED, WRITE } from './write-statements.ts'

interface CursorRow {
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

type Told = readonly [delivered: readonly PassedTuple[], read: readonly PassedTuple[], readCount: number]

const UNMOVED: OutcomeTuple = [OUTCOME.unmoved]
const NOT_FOUND: OutcomeTuple = [OUTCOME.notFound]

/**
 * Moves cursors forward, inside the batch's transaction: writes the reader's row, and in a channel its own when the reader
 * is further than all, or all but one.
 */
export class ReceiptWriter {
  readonly #heads: Heads
  readonly #isMember: Statement
  readonly #findPlace: Statement
  readonly #findCursors: Statement
  readonly #moveCursors: Statement
  readonly #moveProgress: Statement
  readonly #listPassed: Statement
  readonly #listPassedInChannel: Statement
  readonly #countPassed: Statement

  constructor(db: Database, heads: Heads) {
    this.#heads = heads
    this.#isMember = db.prepare(WRITE.isMember)
    this.#findPlace = db.prepare(WRITE.findPlace)
    this.#findCursors = db.prepare(WRITE.findCursors)
    this.#moveCursors = db.prepare(WRITE.moveCursors)
    this.#moveProgress = db.prepare(WRITE.moveProgress)
    this.#listPassed = db.prepare(WRITE.listPassed).raw()
    this.#listPassedInChannel = db.prepare(WRITE.listPassedInChannel).raw()
    this.#countPassed = db.prepare(WRITE.countPassed).pluck()
  }

  advance(op: ReceiptTuple): OutcomeTuple {
    const found = this.#targetOf(op)
    if (!('conversationId' in found)) return found
    const [, readerId, , , isRead] = op
    const { conversationId, upTo } = found
    const row = this.#findCursors.get(conversationId, readerId) as CursorRow | undefined
    if (row === undefined) return UNMOVED
    const head = this.#heads.movedSeq(conversationId) ?? row.seq
    const target = upTo === null ? head : Math.min(head, Math.floor(upTo))
    const delivered = Math.max(row.delivered_seq, target)
    const read = isRead ? Math.max(row.read_seq, target) : row.read_seq
    if (delivered === row.delivered_seq && read === row.read_seq) return UNMOVED
    this.#moveCursors.run(delivered, read, conversationId, readerId)
    const move: Move = { conversationId, readerId, isRead, row, delivered, read, target }
    const [newlyDelivered, newlyRead, readCount] =
      row.peer_id === null ? this.#inChannel(move) : this.#inDirect(move, row.peer_id)
    return [OUTCOME.advanced, conversationId, delivered, read, newlyDelivered, newlyRead, readCount]
  }

  #targetOf([, readerId, id, directKey, , upTo, ofMessage]: ReceiptTuple): Target | OutcomeTuple {
    if (ofMessage === null) {
      const conversationId = id ?? (directKey === null ? undefined : this.#heads.find(directKey)?.id)
      return conversationId === undefined ? UNMOVED : { conversationId, upTo }
    }
    const place = this.#findPlace.get(ofMessage) as PlaceRow | undefined
    if (place === undefined) return NOT_FOUND
    if (this.#isMember.get(place.conversation_id, readerId) === undefined) return NOT_FOUND
    if (place.sender_id === readerId) return UNMOVED
    return { conversationId: place.conversation_id, upTo: place.seq }
  }

  /** All that was passed is of the one other member. */
  #inDirect({ conversationId, isRead, row, target }: Move, peerId: string): Told {
    // `read` begins at or below `delivered`, so its newest hundred hold the newest hundred of both.
    const from = isRead ? row.read_seq : row.delivered_seq
    const passed = this.#listPassed.all(conversationId, peerId, from, target, MAX_PASSED) as PassedTuple[]
    passed.reverse()
    const newlyDelivered =
      from === row.delivered_seq ? passed : passed.filter(([, , seq]) => seq > row.delivered_seq)
    if (!isRead) return [newlyDelivered, [], 0]
    const count =
      passed.length < MAX_PASSED
        ? passed.length
        : (this.#countPassed.get(conversationId, peerId, from, target) as number)
    return [newlyDelivered, passed, count]
  }

  #inChannel(move: Move): Told {
    const { conversationId, readerId, isRead, row, target } = move
    const delivered = bestDelivered(row)
    const read = bestRead(row)
    this.#advanceProgress(move, delivered, read)
    const from = isRead ? row.read_seq : row.delivered_seq
    const count = isRead
      ? target - from - (this.#countPassed.get(conversationId, readerId, from, target) as number)
      : 0
    // In a large channel nearly every receipt is for what others had before: nothing to look for.
    const isQuiet = row.member_count > QUIET_ABOVE
    if (isQuiet && isOldNews(isRead ? read : delivered, target)) return [[], [], count]
    const listed = this.#listPassedInChannel.all(conversationId, readerId, from, target, MAX_PASSED_SCAN)
    const passed = this.#ofMembers(conversationId, listed as PassedTuple[])
    const told = (after: number, best: Best) =>
      newestOfEach(
        passed.filter(([, authorId, seq]) => seq > after && (!isQuiet || seq > furthestBut(best, authorId))),
        MAX_PASSED,
      )
    return [told(row.delivered_seq, delivered), isRead ? told(from, read) : [], count]
  }

  /** Who left hears no more of the channel, nor of who reads what they wrote. */
  #ofMembers(conversationId: string, passed: readonly PassedTuple[]): readonly PassedTuple[] {
    const authors = new Set(passed.map(([, authorId]) => authorId))
    for (const authorId of authors) {
      if (this.#isMember.get(conversationId, authorId) === undefined) authors.delete(authorId)
    }
    return passed.filter(([, authorId]) => authors.has(authorId))
  }

  #advanceProgress(move: Move, delivered: Best, read: Best): void {
    const nextDelivered = advanceBest(delivered, move.readerId, move.delivered)
    const nextRead = advanceBest(read, move.readerId, move.read)
    if (nextDelivered === delivered && nextRead === read) return
    this.#moveProgress.run(
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
