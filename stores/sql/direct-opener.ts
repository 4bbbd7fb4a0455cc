import type { Database, Statement } from 'better-sqlite3'
import type { Head, Heads } from './heads.ts'
import { WRITE } from './write-statements.ts'

/** Makes the direct conversation of two users, inside the batch's transaction. */
export class DirectOpener {
  readonly #heads: Heads
  readonly #add: Statement
  readonly #addMember: Statement
  readonly #takeOrd: Statement

  constructor(db: Database, heads: Heads) {
    this.#heads = heads
    this.#add = db.prepare(WRITE.addDirect)
    this.#addMember = db.prepare(WRITE.addDirectMember)
    this.#takeOrd = db.prepare(WRITE.takeOrd).pluck()
  }

  /** The place among the messages that a conversation takes which is made without one. */
  takeOrd(): number {
    return this.#takeOrd.get() as number
  }

  open(made: { id: string; directKey: string; a: string; b: string; at: number; lastOrd: number }): Head {
    const { id, directKey, a, b, at, lastOrd } = made
    this.#add.run(id, directKey, a === b ? 1 : 2, lastOrd, at)
    // By id, whoever begins: who came first means nothing here.
    const [first, second] = a < b ? [a, b] : [b, a]
    this.#addMember.run(id, first, second, at, 1)
    if (first !== second) this.#addMember.run(id, second, first, at, 2)
    return this.#heads.remember({ id, directKey, seq: 0, rev: 0, lastOrd, archivedAt: null })
  }
}
