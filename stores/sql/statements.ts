import type { Database, Statement } from 'better-sqlite3'
import { sqliteText } from './sqlite-text.ts'
import type { RowSet, SqlValue, StatementResult } from './worker-protocol.ts'

/** Statements kept prepared. Ours are some tens; the accounts component makes a few more. */
const MAX_STATEMENTS = 300

interface Prepared {
  readonly statement: Statement
  /** Empty for a statement that answers no rows. */
  readonly columns: readonly string[]
}

/** Statements by their text, prepared once. */
export class Statements {
  readonly #db: Database
  readonly #prepared = new Map<string, Prepared>()

  constructor(db: Database) {
    this.#db = db
  }

  query(sql: string, values: readonly SqlValue[]): RowSet {
    const { statement, columns } = this.#prepare(sql)
    return { columns, rows: statement.all(...values) as SqlValue[][] }
  }

  run(sql: string, values: readonly SqlValue[]): StatementResult {
    if (this.#prepare(sql).statement.reader)
      return { set: this.query(sql, values), changes: 0, lastInsertRowid: 0 }
    return { set: null, ...this.#prepare(sql).statement.run(...values) }
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare(sqliteText(sql))
    const prepared = statement.reader
      ? { columns: statement.columns().map(({ name }) => name), statement: statement.raw() }
      : { columns: [], statement }
    // Changes of the schema (migrations of the accounts component) change what `select *` answers: not kept.
    if (/^\s*(create|alter|drop|pragma)/i.test(sql)) this.#prepared.clear()
    else this.#keep(sql, prepared)
    return prepared
  }

  #keep(sql: string, prepared: Prepared): void {
    const oldest = this.#prepared.keys().next().value
    if (this.#prepared.size >= MAX_STATEMENTS && oldest !== undefined) this.#prepared.delete(oldest)
    this.#prepared.set(sql, prepared)
  }
}
