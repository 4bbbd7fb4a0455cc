import pg from 'pg'
import { isConnectionLost, toFault } from './postgres-errors.ts'
import type { QueryRunner } from './reader.ts'
import { storeAway } from './store-away.ts'
import type { RowSet, SqlValue } from './worker-protocol.ts'

export interface PostgresPoolOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with what libpq's URLs may say besides. */
  readonly url: string
  /** Most connections of this process (20). */
  readonly maxConnections?: number
  /** Connections that stay open while nothing is asked (5). */
  readonly minConnections?: number
  /** Longest wait for a connection (10,000 ms). */
  readonly connectTimeout?: number
  /** Longest time of one statement (10,000 ms). */
  readonly statementTimeout?: number
  /** Hears of connections that broke. */
  readonly onTrouble?: (error: unknown) => void
}

/** Arrays are lists of one type for `unnest` and `any`. */
export type PostgresValue = SqlValue | readonly SqlValue[]

const { builtins } = pg.types

/** As the rows of SQLite are: numbers, texts, booleans as 0 and 1, times as ISO 8601. All our numbers are below 2^53. */
const parsers: Readonly<Record<number, (text: string) => SqlValue>> = {
  [builtins.INT8]: Number,
  [builtins.INT4]: Number,
  [builtins.BOOL]: (text) => (text === 't' ? 1 : 0),
  [builtins.TIMESTAMPTZ]: (text) =>
    (pg.types.getTypeParser(builtins.TIMESTAMPTZ)(text) as unknown as Date).toISOString(),
}
const asText = (text: string): string => text
const types = { getTypeParser: (oid: number) => parsers[oid] ?? asText } as pg.CustomTypesConfig

/** Longer than the statement's own bound: an answer that does not come by then is lost. */
const ANSWER_MARGIN = 2_000
const IDLE_TIMEOUT = 30_000

/** Statements are prepared once on each connection, under a name of their text. */
const names = new Map<string, string>()
function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = `parley_${names.size}`
  names.set(text, name)
  return name
}

/** One connection for the time of a transaction. Whatever it says fails as PostgreSQL or the network says it. */
export class PostgresConnection {
  readonly #client: pg.PoolClient

  constructor(client: pg.PoolClient) {
    this.#client = client
  }

  /** Rows as arrays. The text is one of a fixed set: it stays prepared. */
  async query(text: string, values: readonly PostgresValue[]): Promise<RowSet & { readonly count: number }> {
    const result = await this.#client.query<SqlValue[]>({
      ...{ name: nameOf(text), text, values: values as unknown[], rowMode: 'array', types },
    })
    return { columns: result.fields.map(({ name }) => name), rows: result.rows, count: result.rowCount ?? 0 }
  }

  /** Statements without values and without a name: several, or such as are not prepared. */
  async run(text: string): Promise<void> {
    await this.#client.query(text)
  }

  /** Back to the pool, or closed when it is not to be used again. */
  release(isBroken: boolean): void {
    this.#client.release(isBroken)
  }
}

/** The connections of one store. Every failure of a read is a `Fault` `UNAVAILABLE`; connections come back by themselves. */
export class PostgresPool implements QueryRunner {
  /** For the accounts component, which has a query builder of its own over it. */
  readonly pool: pg.Pool
  #pending = 0
  #onIdle: (() => void)[] = []
  #closing: Promise<void> | null = null

  constructor(options: PostgresPoolOptions) {
    const { url, maxConnections = 20, minConnections = 5, connectTimeout = 10_000 } = options
    const { statementTimeout = 10_000, onTrouble = () => {} } = options
    this.pool = new pg.Pool({
      connectionString: url,
      max: maxConnections,
      min: Math.min(minConnections, maxConnections),
      connectionTimeoutMillis: connectTimeout,
      idleTimeoutMillis: IDLE_TIMEOUT,
      statement_timeout: statementTimeout,
      query_timeout: statementTimeout + ANSWER_MARGIN,
      // A node that is cut off in the middle of a batch holds rows that others wait for.
      idle_in_transaction_session_timeout: statementTimeout,
      keepAlive: true,
      allowExitOnIdle: false,
      application_name: 'parley',
      // What a commit promises does not hang on how the server is set up; nor a plan on how small a table once was.
      onConnect: async (client) => {
        await client.query('set synchronous_commit = on; set plan_cache_mode = force_custom_plan')
      },
    })
    // A connection that breaks tells it here; what was under way on it fails on its own.
    this.pool.on('connect', (client) => client.on('error', onTrouble))
    this.pool.on('error', onTrouble)
  }

  async query(sql: string, values: readonly PostgresValue[]): Promise<RowSet> {
    return this.#counted(async () => {
      try {
        return await this.#queryOnce(sql, values)
      } catch (error) {
        if (!isConnectionLost(error)) throw error
        // One that broke while it was idle, most likely: reading again is safe.
        return this.#queryOnce(sql, values)
      }
    })
  }

  /** Lends a connection for as long as the task takes; the task releases it. */
  async lend<T>(task: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    return this.#counted(async () => task(new PostgresConnection(await this.pool.connect())))
  }

  /** After what was asked before is answered. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #queryOnce(sql: string, values: readonly PostgresValue[]): Promise<RowSet> {
    const connection = new PostgresConnection(await this.pool.connect())
    let isBroken = false
    try {
      return await connection.query(sql, values)
    } catch (error) {
      isBroken = isConnectionLost(error)
      throw error
    } finally {
      connection.release(isBroken)
    }
  }

  async #counted<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw storeAway()
    this.#pending += 1
    try {
      return await task()
    } catch (error) {
      throw toFault(error)
    } finally {
      this.#pending -= 1
      if (this.#pending === 0) for (const resolve of this.#onIdle.splice(0)) resolve()
    }
  }

  async #end(): Promise<void> {
    if (this.#pending > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve))
    await this.pool.end()
  }
}
