import type { RowSet, SqlValue } from './worker-protocol.ts'

/** One statement that the write logic wants run. */
interface Statement {
  /** With `?` for each value. */
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** `row`: the first row; `has`: is there one? `rows`: all of them; `set`: all as arrays; `run`: how many rows were written. */
interface PlainStep extends Statement {
  readonly how: 'row' | 'has' | 'rows' | 'set' | 'run'
}

/** The insert of a message: its `ord`, or undefined when one of its ids or its position is taken. */
export interface AddStep extends Statement {
  readonly how: 'add'
  /** The other member of a direct conversation; null in a channel. */
  readonly peerId: string | null
}

export type Step = PlainStep | AddStep

/**
 * The write logic, written once for both databases: it yields statements and is given their answers. SQLite's thread drives it
 * synchronously over prepared statements, PostgreSQL's committer over a connection. What it yields runs in order, inside the
 * batch's transaction.
 */
export type Work<T> = Generator<Step, T, unknown>

/** The first row, if there is one. */
export function* row<Row>(sql: string, ...values: readonly SqlValue[]): Work<Row | undefined> {
  return (yield { how: 'row', sql, values }) as Row | undefined
}

/** Is there a row? */
export function* has(sql: string, ...values: readonly SqlValue[]): Work<boolean> {
  return (yield { how: 'has', sql, values }) as boolean
}

/** Every row: the statement has a limit. */
export function* rows<Row>(sql: string, ...values: readonly SqlValue[]): Work<readonly Row[]> {
  return (yield { how: 'rows', sql, values }) as readonly Row[]
}

export function* rowSet(sql: string, values: readonly SqlValue[]): Work<RowSet> {
  return (yield { how: 'set', sql, values }) as RowSet
}

/** The number in the column `n` of the one row. */
export function* number(sql: string, ...values: readonly SqlValue[]): Work<number> {
  return ((yield { how: 'row', sql, values }) as { readonly n: number }).n
}

/** How many rows were written. */
export function* run(sql: string, ...values: readonly SqlValue[]): Work<number> {
  return (yield { how: 'run', sql, values }) as number
}
