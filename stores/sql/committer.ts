import type { Database, Statement } from 'better-sqlite3'
import { OpWriter } from './op-writer.ts'
import { SqliteDriver } from './sqlite-driver.ts'
import { SQLITE_FLAVOUR } from './sqlite-flavour.ts'
import type { OpTuple, OutcomeTuple } from './write-protocol.ts'

/** Applies batches on SQLite: each one transaction, all or nothing, on disk when `commit` returns. */
export class Committer {
  readonly #db: Database
  readonly #writer = new OpWriter(SQLITE_FLAVOUR)
  readonly #driver: SqliteDriver
  readonly #begin: Statement
  readonly #end: Statement
  readonly #version: Statement
  #seenVersion = -1

  constructor(db: Database) {
    this.#db = db
    this.#driver = new SqliteDriver(db)
    this.#begin = db.prepare('begin immediate')
    this.#end = db.prepare('commit')
    this.#version = db.prepare('pragma data_version').pluck()
  }

  commit(ops: readonly OpTuple[]): OutcomeTuple[] {
    this.#begin.run()
    try {
      this.#forgetWhatOthersWrote()
      const outcomes = ops.map((op) => this.#driver.drive(this.#writer.apply(op)))
      this.#driver.drive(this.#writer.heads.flush())
      this.#end.run()
      return outcomes
    } catch (error) {
      this.#writer.heads.forget()
      // Some failures (a full disk) roll back by themselves.
      if (this.#db.inTransaction) this.#db.exec('rollback')
      throw error
    }
  }

  #forgetWhatOthersWrote(): void {
    const version = this.#version.get() as number
    if (version !== this.#seenVersion) this.#writer.heads.forget()
    this.#seenVersion = version
  }
}
