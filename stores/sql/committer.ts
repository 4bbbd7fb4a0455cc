import type { Database, Statement } from 'better-sqlite3'
import { Appender } from './appender.ts'
import { Heads } from './heads.ts'
import { ReceiptWriter } from './receipt-writer.ts'
import { OP, type OpTuple, OUTCOME, type OutcomeTuple } from './write-protocol.ts'
import { WRITE } from './write-statements.ts'

const DONE: OutcomeTuple = [OUTCOME.done]

/** Applies batches: each one transaction, all or nothing, on disk when `commit` returns. */
export class Committer {
  readonly #db: Database
  readonly #heads: Heads
  readonly #appender: Appender
  readonly #receipts: ReceiptWriter
  readonly #touch: Statement
  readonly #begin: Statement
  readonly #end: Statement

  constructor(db: Database) {
    this.#db = db
    this.#heads = new Heads(db)
    this.#appender = new Appender(db, this.#heads)
    this.#receipts = new ReceiptWriter(db, this.#heads)
    this.#touch = db.prepare(WRITE.touch)
    this.#begin = db.prepare('begin immediate')
    this.#end = db.prepare('commit')
  }

  commit(ops: readonly OpTuple[]): OutcomeTuple[] {
    this.#begin.run()
    try {
      this.#heads.begin()
      const outcomes = ops.map((op) => this.#apply(op))
      this.#heads.flush()
      this.#end.run()
      return outcomes
    } catch (error) {
      this.#heads.forget()
      // Some failures (a full disk) roll back by themselves.
      if (this.#db.inTransaction) this.#db.exec('rollback')
      throw error
    }
  }

  #apply(op: OpTuple): OutcomeTuple {
    switch (op[0]) {
      case OP.append:
        return this.#appender.append(op)
      case OP.receipt:
        return this.#receipts.advance(op)
      case OP.touch:
        this.#touch.run(op[1], op[2])
        return DONE
    }
  }
}
