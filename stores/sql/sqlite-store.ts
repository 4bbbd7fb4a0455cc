import { MAX_BATCH, type OutcomeOf, type Store, type WriteOp } from '@parley/core'
import { Fault } from '@parley/model'
import type { Dialect } from 'kysely'
import { decodeOutcome, encodeOp } from './op-codec.ts'
import type { StoreQueries } from './queries.ts'
import { matchExpression } from './search-text.ts'
import { SqlReads } from './sql-reads.ts'
import type { StoreWriter } from './store-writer.ts'
import { WorkerClient } from './worker-client.ts'
import { WorkerKyselyDialect } from './worker-kysely-dialect.ts'
import type { SqlValue } from './worker-protocol.ts'

/** The threads of an open store; the writer may be another process's. */
export interface SqliteThreads {
  readonly writer: StoreWriter
  readonly reader: WorkerClient
}

/** The store on one SQLite file: one thread writes, another reads, and neither waits for the other. */
export class SqliteStore extends SqlReads implements Store {
  /** One: the writing thread takes batches one after the other, and larger ones are cheaper. */
  readonly lanes = 1
  /** For the accounts component, whose tables are in the same file. */
  readonly kyselyDialect: Dialect
  readonly #file: string
  readonly #threads: SqliteThreads
  readonly #queries: StoreQueries

  constructor(file: string, threads: SqliteThreads, queries: StoreQueries) {
    const query = (sql: string, values: readonly SqlValue[]) =>
      threads.reader.request('query', { sql, values })
    super({ query }, queries, matchExpression)
    this.#file = file
    this.#threads = threads
    this.#queries = queries
    this.kyselyDialect = new WorkerKyselyDialect(threads.writer)
  }

  async commit<const Ops extends readonly WriteOp[]>(
    ops: Ops,
  ): Promise<{ readonly [K in keyof Ops]: OutcomeOf<Ops[K]> }> {
    if (ops.length > MAX_BATCH) throw new Fault('INVALID', `A batch holds at most ${MAX_BATCH} operations.`)
    const tuples = ops.map((op) => encodeOp(op, this.#queries))
    const outcomes = ops.length === 0 ? [] : await this.#threads.writer.request('commit', tuples)
    return outcomes.map((outcome, index) => decodeOutcome(ops[index]!, outcome)) as unknown as {
      readonly [K in keyof Ops]: OutcomeOf<Ops[K]>
    }
  }

  async ping(): Promise<void> {
    await Promise.all([
      this.#threads.writer.request('ping', null),
      this.#threads.reader.request('query', { sql: 'select 1', values: [] }),
    ])
  }

  /**
   * Copies the database as of one moment into a file, while it is in use. The file is replaced by a whole and
   * synced copy, or left alone. Runs on a thread of its own: neither commits nor reads wait for it.
   */
  async backup(file: string): Promise<void> {
    const thread = await WorkerClient.open({ file: this.#file, role: 'backup', maxPages: null })
    try {
      await thread.request('backup', { to: file })
    } finally {
      await thread.close()
    }
  }

  async close(): Promise<void> {
    // The writer last: closing its connection folds the log into the file, which needs it to be the only one.
    await this.#threads.reader.close()
    await this.#threads.writer.close()
  }

  protected override async beforeSearch(): Promise<void> {
    await this.#threads.writer.request('index', null)
  }
}
