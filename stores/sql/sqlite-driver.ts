import type { Database, Statement } from 'better-sqlite3'
import { sqliteText } from './sqlite-text.ts'
import { Statements } from './statements.ts'
import type { Step, Work } from './work.ts'

/** Runs the write logic on a connection of SQLite, from one statement to the next without a pause. */
export class SqliteDriver {
  readonly #db: Database
  /** By their text: the write logic has some sixty. */
  readonly #prepared = new Map<string, Statement>()
  readonly #sets: Statements

  constructor(db: Database) {
    this.#db = db
    this.#sets = new Statements(db)
  }

  drive<T>(work: Work<T>): T {
    let next = work.next()
    while (next.done !== true) next = work.next(this.#answer(next.value))
    return next.value
  }

  #answer({ how, sql, values }: Step): unknown {
    switch (how) {
      case 'row':
        return this.#prepare(sql).get(...values)
      case 'has':
        return this.#prepare(sql).get(...values) !== undefined
      case 'rows':
        return this.#prepare(sql).all(...values)
      case 'set':
        return this.#sets.query(sql, values)
      case 'run':
        return this.#prepare(sql).run(...values).changes
      case 'add': {
        const { changes, lastInsertRowid } = this.#prepare(sql).run(...values)
        return changes === 0 ? undefined : Number(lastInsertRowid)
      }
    }
  }

  #prepare(sql: string): Statement {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare(sqliteText(sql))
    // Of one column that says nothing: no object is made of it.
    if (sql.startsWith('select 1 ')) statement.pluck()
    this.#prepared.set(sql, statement)
    return statement
  }
}
