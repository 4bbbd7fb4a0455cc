import type { Database, Statement } from 'better-sqlite3'
import { WRITE } from './write-statements.ts'

/** Where a conversation stands, as the writer knows it. */
export interface Head {
  readonly id: string
  seq: number
  rev: number
  lastOrd: number
}

interface HeadRow {
  readonly id: string
  readonly seq: number
  readonly rev: number
  readonly last_ord: number
}

/** Conversations whose heads are remembered; about 300 bytes each. */
const MAX_HEADS = 20_000

/**
 * The heads of the conversations written to last, so that a message of a known conversation costs one statement,
 * and a batch writes each conversation's row once. Valid only while nobody else writes to the database: `begin`
 * looks, and the unique (conversation, seq) stands behind it.
 */
export class Heads {
  readonly #find: Statement
  readonly #move: Statement
  readonly #version: Statement
  readonly #byKey = new Map<string, Head>()
  readonly #moved = new Map<string, Head>()
  #seenVersion = -1

  constructor(db: Database) {
    this.#find = db.prepare(WRITE.findConversation)
    this.#move = db.prepare(WRITE.moveHead)
    this.#version = db.prepare('pragma data_version').pluck()
  }

  /** To be called inside the transaction: forgets everything when another connection wrote in between. */
  begin(): void {
    const version = this.#version.get() as number
    if (version !== this.#seenVersion) this.forget()
    this.#seenVersion = version
  }

  find(directKey: string): Head | undefined {
    const known = this.#byKey.get(directKey)
    if (known !== undefined) {
      // To the back of the line of those to forget.
      this.#byKey.delete(directKey)
      this.#byKey.set(directKey, known)
      return known
    }
    const row = this.#find.get(directKey) as HeadRow | undefined
    if (row === undefined) return undefined
    return this.remember(directKey, { id: row.id, seq: row.seq, rev: row.rev, lastOrd: row.last_ord })
  }

  remember(directKey: string, head: Head): Head {
    if (this.#byKey.size >= MAX_HEADS) {
      const oldest = this.#byKey.entries().next().value
      if (oldest !== undefined) {
        // What this batch moved is in no row yet, and is read from there next.
        if (this.#moved.has(oldest[1].id)) this.flush()
        this.#byKey.delete(oldest[0])
      }
    }
    this.#byKey.set(directKey, head)
    return head
  }

  move(head: Head, ord: number): void {
    head.seq += 1
    head.rev += 1
    head.lastOrd = ord
    this.#moved.set(head.id, head)
  }

  /** The position of a conversation that this batch moved and whose row is not written yet. */
  movedSeq(conversationId: string): number | undefined {
    return this.#moved.get(conversationId)?.seq
  }

  /** Writes the rows of the conversations that moved. */
  flush(): void {
    for (const head of this.#moved.values()) this.#move.run(head.seq, head.rev, head.lastOrd, head.id)
    this.#moved.clear()
  }

  /** After a rollback nothing remembered may be trusted. */
  forget(): void {
    this.#byKey.clear()
    this.#moved.clear()
  }
}
