import type { Database, Statement } from 'better-sqlite3'
import { scopeOf } from './search-text.ts'
import { sqliteText } from './sqlite-text.ts'
import { WRITE } from './write-statements.ts'

/** Messages indexed in one go: what a commit may have to wait for. */
const CHUNK = 100
/** Pages of the index that are merged with them. By itself it would merge hundreds at a time, every now and then. */
const MERGED_PAGES = 32
/** Parts of one size that are merged at once, however long it takes: for an index that fell behind with its merging. */
const CRISIS = 200

interface UnindexedRow {
  readonly ord: number
  readonly kind: string
  readonly conversation_id: string
  readonly content: string
  readonly sender_id: string
  readonly peer_id: string | null
  readonly deleted_at: number | null
}

/**
 * Fills the full-text index behind the commits. Its position moves in the same transaction as the rows,
 * so that a crash neither skips nor repeats a message.
 */
export class SearchIndexer {
  readonly #db: Database
  readonly #headOrd: Statement
  readonly #indexedOrd: Statement
  readonly #list: Statement
  readonly #add: Statement
  readonly #move: Statement
  readonly #merge: Statement

  constructor(db: Database) {
    this.#db = db
    this.#headOrd = db.prepare(WRITE.headOrd).pluck()
    this.#indexedOrd = db.prepare(WRITE.indexedOrd).pluck()
    this.#list = db.prepare(sqliteText(WRITE.listUnindexed))
    this.#add = db.prepare(WRITE.addToIndex)
    this.#move = db.prepare(WRITE.moveIndexed)
    this.#merge = db.prepare(WRITE.mergeIndex)
    this.#mergeByHand()
  }

  /** At most how many messages are not indexed yet. */
  lag(): number {
    return (this.#headOrd.get() as number) - Number(this.#indexedOrd.get())
  }

  /** Indexes the next messages. Not within a transaction. */
  step(): void {
    // What is lost with the power is indexed again: no need to wait for the disk. Commits stay `full`.
    this.#db.pragma('synchronous = normal')
    try {
      this.#db.transaction(() => this.#index()).immediate()
    } finally {
      this.#db.pragma('synchronous = full')
    }
  }

  #mergeByHand(): void {
    const [known, set] = [this.#db.prepare(WRITE.indexOption).pluck(), this.#db.prepare(WRITE.setIndexOption)]
    for (const [option, value] of [
      ['automerge', 0],
      ['crisismerge', CRISIS],
    ] as const)
      if (known.get(option) !== value) set.run(option, value)
  }

  #index(): void {
    const rows = this.#list.all(Number(this.#indexedOrd.get()), CHUNK) as UnindexedRow[]
    for (const row of rows) {
      if (row.deleted_at === null) this.#add.run(row.ord, row.content, scopeOf(row))
    }
    this.#move.run(String(rows.at(-1)?.ord ?? (this.#headOrd.get() as number)))
    this.#merge.run(MERGED_PAGES)
  }
}
