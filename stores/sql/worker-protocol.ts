import type { CarriedError } from './sqlite-errors.ts'
import type { OpTuple, OutcomeTuple } from './write-protocol.ts'

/** What a worker is started for. */
export interface WorkerSettings {
  readonly file: string
  readonly role: 'writer' | 'reader' | 'backup'
  /** Most pages the file may have; for tests of a full disk. */
  readonly maxPages: number | null
}

export type SqlValue = string | number | bigint | null | Uint8Array

/** Rows as arrays: the names cross once and not with every row. */
export interface RowSet {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly SqlValue[])[]
}

/** What a statement of Kysely answers. */
export interface StatementResult {
  readonly set: RowSet | null
  readonly changes: number
  readonly lastInsertRowid: number | bigint
}

/** Each method with what it takes and what it answers. */
export interface WorkerMethods {
  /** Rows of a prepared query. */
  query: { takes: { sql: string; values: readonly SqlValue[] }; answers: RowSet }
  /** One transaction (writer). */
  commit: { takes: readonly OpTuple[]; answers: readonly OutcomeTuple[] }
  /** Lets the full-text index catch up (writer). Answers how many messages it is still behind. */
  index: { takes: null; answers: number }
  /** A statement from outside, in transaction `tx` or, when null, in none (writer). */
  statement: {
    takes: { tx: number | null; sql: string; values: readonly SqlValue[] }
    answers: StatementResult
  }
  begin: { takes: { tx: number }; answers: null }
  end: { takes: { tx: number; commit: boolean }; answers: null }
  /** A consistent copy of the database into a file (backup). */
  backup: { takes: { to: string }; answers: unknown }
  ping: { takes: null; answers: null }
  /** Closes the connection; the worker ends. */
  close: { takes: null; answers: null }
  /** Ends the thread without a goodbye; for tests. */
  crash: { takes: null; answers: null }
}

export type WorkerMethod = keyof WorkerMethods

/** To the worker, several in one message. */
export type WorkerRequest = {
  [M in WorkerMethod]: readonly [id: number, method: M, payload: WorkerMethods[M]['takes']]
}[WorkerMethod]

/** From the worker, several in one message: the first is `ready` or `refused`, then one reply for each request. */
export type WorkerMessage =
  | readonly ['ready']
  | readonly ['refused', error: CarriedError]
  | readonly ['done', id: number, answer: unknown]
  | readonly ['failed', id: number, error: CarriedError]
