import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { toObjects } from './reader.ts'
import type { StoreWriter } from './store-writer.ts'
import type { SqlValue } from './worker-protocol.ts'

/** SQLite knows neither booleans nor dates; both are kept as Better Auth keeps them. */
function toSqlValue(value: unknown): SqlValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Date) return value.toISOString()
  return value as SqlValue
}

let lastTransaction = 0

class WorkerConnection implements DatabaseConnection {
  readonly #writer: StoreWriter
  #tx: number | null = null

  constructor(writer: StoreWriter) {
    this.#writer = writer
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const values = parameters.map(toSqlValue)
    const { set, changes, lastInsertRowid } = await this.#writer.request('statement', {
      tx: this.#tx,
      sql,
      values,
    })
    if (set !== null) return { rows: toObjects<R>(set) }
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }

  async begin(): Promise<void> {
    lastTransaction += 1
    const tx = lastTransaction
    await this.#writer.request('begin', { tx })
    this.#tx = tx
  }

  async end(commit: boolean): Promise<void> {
    const tx = this.#tx
    this.#tx = null
    if (tx !== null) await this.#writer.request('end', { tx, commit })
  }
}

class WorkerDriver implements Driver {
  readonly #writer: StoreWriter

  constructor(writer: StoreWriter) {
    this.#writer = writer
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<WorkerConnection> {
    return new WorkerConnection(this.#writer)
  }

  async beginTransaction(connection: WorkerConnection): Promise<void> {
    await connection.begin()
  }

  async commitTransaction(connection: WorkerConnection): Promise<void> {
    await connection.end(true)
  }

  async rollbackTransaction(connection: WorkerConnection): Promise<void> {
    await connection.end(false)
  }

  async savepoint(connection: WorkerConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint "${name}"`))
  }

  async rollbackToSavepoint(connection: WorkerConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to "${name}"`))
  }

  async releaseSavepoint(connection: WorkerConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release "${name}"`))
  }

  async releaseConnection(): Promise<void> {}

  /** The store owns the thread. */
  async destroy(): Promise<void> {}
}

/**
 * Kysely over the store's writing thread, for the accounts component. Statements take their turn among the commits.
 * While a transaction is open all commits wait; after 2 s without a statement it is rolled back.
 */
export class WorkerKyselyDialect implements Dialect {
  readonly #writer: StoreWriter

  constructor(writer: StoreWriter) {
    this.#writer = writer
  }

  createDriver(): Driver {
    return new WorkerDriver(this.#writer)
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new SqliteAdapter()
  }

  createIntrospector<DB>(db: Kysely<DB>): DatabaseIntrospector {
    return new SqliteIntrospector(db as unknown as Kysely<never>)
  }
}
