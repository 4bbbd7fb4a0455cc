import type { Database } from 'better-sqlite3'

/** One step of the schema, forward only. Runs inside a transaction that also records it. */
export interface Migration {
  readonly version: number
  readonly name: string
  up(db: Database): void
}
