import { row, run, type Work } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'
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

/** A head as it is read. */
export interface HeadRow {
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
 * and a batch writes each conversation's row once. Valid only while nobody else writes these rows: SQLite's writer forgets
 * them when another process wrote, PostgreSQL's reads them under a row lock for each batch anew, and the unique
 * (conversation, seq) stands behind both.
 */
export class Heads {
  readonly #findByKey: string
  readonly #findById: string
  readonly #most: number
  readonly #byId = new Map<string, Head>()
  /** The direct ones of `#byId` again. */
  readonly #byKey = new Map<string, Head>()
  readonly #moved = new Map<string, Head>()

  constructor({ lock }: Pick<WriteFlavour, 'lock'>, most = MAX_HEADS) {
    this.#most = most
    this.#findByKey = WRITE.findConversation + lock
    this.#findById = WRITE.findConversationById + lock
  }

  /** Is the head known, so that nobody else can have changed its conversation since? */
  has(id: string): boolean {
    return this.#byId.has(id)
  }

  /** The head of a direct conversation, if it is known without a look. */
  known(directKey: string): Head | undefined {
    const head = this.#byKey.get(directKey)
    return head === undefined ? undefined : this.#touch(head)
  }

  /** The head of a direct conversation. */
  *find(directKey: string): Work<Head | undefined> {
    return this.known(directKey) ?? (yield* this.load(yield* row<HeadRow>(this.#findByKey, directKey)))
  }

  knownById(id: string): Head | undefined {
    const head = this.#byId.get(id)
    return head === undefined ? undefined : this.#touch(head)
  }

  *findById(id: string): Work<Head | undefined> {
    return this.knownById(id) ?? (yield* this.load(yield* row<HeadRow>(this.#findById, id)))
  }

  *remember(head: Head): Work<Head> {
    if (this.#byId.size >= this.#most) yield* this.#forgetOldest()
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
  *flush(): Work<void> {
    for (const head of this.#moved.values()) {
      yield* run(WRITE.moveHead, head.seq, head.rev, head.lastOrd, head.id)
    }
    this.#moved.clear()
  }

  /** After a rollback, or when another process wrote, nothing remembered may be trusted. */
  forget(): void {
    this.#byId.clear()
    this.#byKey.clear()
    this.#moved.clear()
  }

  *load(found: HeadRow | undefined): Work<Head | undefined> {
    if (found === undefined) return undefined
    const { id, direct_key, seq, rev, last_ord, archived_at } = found
    return yield* this.remember({
      ...{ id, directKey: direct_key, seq, rev, lastOrd: last_ord, archivedAt: archived_at },
    })
  }

  /** To the back of the line of those to forget. */
  #touch(head: Head): Head {
    this.#byId.delete(head.id)
    this.#byId.set(head.id, head)
    return head
  }

  *#forgetOldest(): Work<void> {
    const oldest = this.#byId.values().next().value
    if (oldest === undefined) return
    // What this batch moved is in no row yet, and is read from there next.
    if (this.#moved.has(oldest.id)) yield* this.flush()
    this.#byId.delete(oldest.id)
    if (oldest.directKey !== null) this.#byKey.delete(oldest.directKey)
  }
}
