import type { Database, Statement } from 'better-sqlite3'
import { WRITE } from './write-statements.ts'

/** Where a conversation stands, as the writer knows it. */
export interface Head {
  readonly id: string
  /** Null for a channel. */
  readonly directKey: string | null
  seq: number
  rev: number
  lastOrd: number
  /** Epoch ms; null: it can be written to. */
  archivedAt: number | null
}

interface HeadRow {
  readonly id: string
  readonly direct_key: string | null
  readonly seq: number
  readonly rev: number
  readonly last_ord: number
  readonly archived_at: number | null
}

/** Conversations whose heads are remembered; about 400 bytes each. */
const MAX_HEADS = 20_000

/**
 * The heads of the conversations written to last, so that a message of a known conversation costs one statement,
 * and a batch writes each conversation's row once. Valid only while nobody else writes to the database: `begin`
 * looks, and the unique (conversation, seq) stands behind it.
 */
export class Heads {
  readonly #findByKey: Statement
  readonly #findById: Statement
  readonly #move: Statement
  readonly #version: Statement
  readonly #most: number
  readonly #byId = new Map<string, Head>()
  /** The direct ones of `#byId` again. */
  readonly #byKey = new Map<string, Head>()
  readonly #moved = new Map<string, Head>()
  #seenVersion = -1

  constructor(db: Database, most = MAX_HEADS) {
    this.#most = most
    this.#findByKey = db.prepare(WRITE.findConversation)
    this.#findById = db.prepare(WRITE.findConversationById)
    this.#move = db.prepare(WRITE.moveHead)
    this.#version = db.prepare('pragma data_version').pluck()
  }

  /** To be called inside the transaction: forgets everything when another connection wrote in between. */
  begin(): void {
    const version = this.#version.get() as number
    if (version !== this.#seenVersion) this.forget()
    this.#seenVersion = version
  }

  /** The head of a direct conversation. */
  find(directKey: string): Head | undefined {
    const known = this.#byKey.get(directKey)
    return known === undefined ? this.#load(this.#findByKey.get(directKey)) : this.#touch(known)
  }

  findById(id: string): Head | undefined {
    const known = this.#byId.get(id)
    return known === undefined ? this.#load(this.#findById.get(id)) : this.#touch(known)
  }

  remember(head: Head): Head {
    if (this.#byId.size >= this.#most) this.#forgetOldest()
    this.#byId.set(head.id, head)
    if (head.directKey !== null) this.#byKey.set(head.directKey, head)
    return head
  }

  /** A message took the next position. */
  move(head: Head, ord: number): void {
    head.seq += 1
    head.lastOrd = ord
    this.revise(head)
  }

  /** Something changed without a new message: only the revision rises. */
  revise(head: Head): void {
    head.rev += 1
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
    this.#byId.clear()
    this.#byKey.clear()
    this.#moved.clear()
  }

  #load(found: unknown): Head | undefined {
    if (found === undefined) return undefined
    const { id, direct_key, seq, rev, last_ord, archived_at } = found as HeadRow
    return this.remember({ id, directKey: direct_key, seq, rev, lastOrd: last_ord, archivedAt: archived_at })
  }

  /** To the back of the line of those to forget. */
  #touch(head: Head): Head {
    this.#byId.delete(head.id)
    this.#byId.set(head.id, head)
    return head
  }

  #forgetOldest(): void {
    const oldest = this.#byId.values().next().value
    if (oldest === undefined) return
    // What this batch moved is in no row yet, and is read from there next.
    if (this.#moved.has(oldest.id)) this.flush()
    this.#byId.delete(oldest.id)
    if (oldest.directKey !== null) this.#byKey.delete(oldest.directKey)
  }
}
