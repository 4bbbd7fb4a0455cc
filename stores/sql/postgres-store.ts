import { MAX_BATCH, type OutcomeOf, type Store, type WriteOp } from '@parley/core'
import { Fault } from '@parley/model'
import { type Dialect, PostgresDialect } from 'kysely'
import { decodeOutcome, encodeOp } from './op-codec.ts'
import { PostgresCommitter } from './postgres-committer.ts'
import type { PostgresPool } from './postgres-pool.ts'
import { tsqueryOf } from './postgres-search.ts'
import { PostgresTransactions } from './postgres-transactions.ts'
import type { StoreQueries } from './queries.ts'
import { SqlReads } from './sql-reads.ts'

/** Batches under way at once: while one waits for the disk, others of other conversations are prepared. */
const MAX_LANES = 4

/** Any number, the same for every version of Parley. */
const TASK_LOCK = 7_306_003

/** The store on PostgreSQL, which any number of nodes may share. */
export class PostgresStore extends SqlReads implements Store {
  readonly lanes: number
  /** For the accounts component, whose tables are in the same database. */
  readonly kyselyDialect: Dialect
  readonly #pool: PostgresPool
  readonly #queries: StoreQueries
  readonly #transactions: PostgresTransactions

  constructor(pool: PostgresPool, queries: StoreQueries, settings: { maxConnections: number }) {
    super(pool, queries, tsqueryOf)
    this.#pool = pool
    this.#queries = queries
    this.#transactions = new PostgresTransactions(pool)
    // Half of the connections are left to reads.
    this.lanes = Math.max(1, Math.min(MAX_LANES, Math.floor(settings.maxConnections / 2)))
    this.kyselyDialect = new PostgresDialect({ pool: pool.pool })
  }

  async commit<const Ops extends readonly WriteOp[]>(
    ops: Ops,
  ): Promise<{ readonly [K in keyof Ops]: OutcomeOf<Ops[K]> }> {
    if (ops.length > MAX_BATCH) throw new Fault('INVALID', `A batch holds at most ${MAX_BATCH} operations.`)
    const tuples = ops.map((op) => encodeOp(op, this.#queries))
    const outcomes =
      ops.length === 0
        ? []
        : await this.#transactions.run((connection) => new PostgresCommitter(connection).apply(tuples))
    return outcomes.map((outcome, index) => decodeOutcome(ops[index]!, outcome)) as unknown as {
      readonly [K in keyof Ops]: OutcomeOf<Ops[K]>
    }
  }

  /** Runs a task that no two nodes may run at once, such as changes of a schema that others keep. */
  async exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#pool.lend(async (connection) => {
      let isBroken = true
      try {
        await connection.run('begin')
        // Another node's task may take long, and so may ours, during which this connection is silent.
        await connection.run('set local statement_timeout = 0')
        await connection.run('set local idle_in_transaction_session_timeout = 0')
        await connection.run(`select pg_advisory_xact_lock(${TASK_LOCK})`)
        const answer = await task()
        await connection.run('commit')
        isBroken = false
        return answer
      } finally {
        connection.release(isBroken)
      }
    })
  }

  async ping(): Promise<void> {
    await this.#pool.query('select 1', [])
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}
