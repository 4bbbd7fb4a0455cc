import type { Database, Statement } from 'better-sqlite3'
import { scopeOf } from './search-text.ts'
import { WRITE } from './write-statements.ts'

/** A message as the full-text index takes it. */
export type Indexable = { readonly ord: number; readonly content: string } & Parameters<typeof scopeOf>[0]

/**
 * Keeps the full-text index right when a message in it changes, inside the batch's transaction. A message that the
 * `SearchIndexer` has yet to come to is left to it: it reads what is there then.
 */
export class IndexUpdater {
  readonly #indexedOrd: Statement
  readonly #add: Statement
  readonly #remove: Statement

  constructor(db: Database) {
    this.#indexedOrd = db.prepare(WRITE.indexedOrd).pluck()
    this.#add = db.prepare(WRITE.addToIndex)
    this.#remove = db.prepare(WRITE.removeFromIndex)
  }

  replace(message: Indexable): void {
    if (!this.#isIndexed(message.ord)) return
    this.#remove.run(message.ord)
    this.#add.run(message.ord, message.content, scopeOf(message))
  }

  remove(ord: number): void {
    if (this.#isIndexed(ord)) this.#remove.run(ord)
  }

  #isIndexed(ord: number): boolean {
    return ord <= Number(this.#indexedOrd.get())
  }
}
