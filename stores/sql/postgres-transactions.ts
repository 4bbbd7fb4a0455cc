import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { codeOf, isConflict, isConnectionLost, toFault } from './postgres-errors.ts'
import type { PostgresConnection, PostgresPool } from './postgres-pool.ts'
import { storeAway } from './store-away.ts'

/** How often a batch is begun anew after a conflict, and after a connection that broke before its commit. */
const MAX_CONFLICTS = 10
const MAX_BREAKS = 3
const CONFLICT_PAUSE = 20
const BREAK_PAUSE = 100
/** How often it is asked what became of a commit. */
const SETTLE_PAUSE = 100

/** Answers the number of the transaction, which a crash may give to another: what is written here is this one's alone. */
const MARK = `insert into transaction_marks (slot, mark, marked_at) values ($1, $2, now())
  on conflict (slot) do update set mark = excluded.mark, marked_at = excluded.marked_at
  returning pg_current_xact_id()::text`
const FIND_MARK = 'select from transaction_marks where slot = $1 and mark = $2'
/** What is said of a number that is not given yet: the crash took away the transaction that had it. */
const IN_THE_FUTURE = '22023'

interface Mark {
  readonly slot: string
  readonly mark: number
}

/** What became of one try: its answer, or what stands in the way of it. */
type Try<T> =
  | { readonly kind: 'committed'; readonly answer: T }
  | { readonly kind: 'conflict' | 'broke' | 'failed'; readonly error: unknown }
  /** The connection broke while the commit was under way. */
  | { readonly kind: 'unknown'; readonly id: string; readonly answer: T; readonly error: unknown }

/**
 * Whole transactions: begun anew after a conflict with another node, and after a connection that broke before the commit. When it
 * breaks during the commit, the server itself is asked what became of that transaction, so that a batch is neither acknowledged
 * falsely nor written twice; not by its number alone, which a server that crashed gives again. When the server does not come back in
 * `settleTimeout` (ms), it is `UNAVAILABLE`, and unknown.
 */
export class PostgresTransactions {
  readonly #pool: PostgresPool
  readonly #settleTimeout: number
  readonly #process = randomUUID()
  /** Slots that no transaction has now. */
  readonly #slots: string[] = []
  #marks = 0

  constructor(pool: PostgresPool, settleTimeout = 8_000) {
    this.#pool = pool
    this.#settleTimeout = settleTimeout
  }

  async run<T>(task: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    for (let conflicts = 0, breaks = 0; ; ) {
      const mark = this.#newMark()
      const tried = await this.#pool.lend((connection) => attempt(connection, mark, task))
      // Of a transaction whose connection broke the row may still be locked.
      if (tried.kind === 'committed' || tried.kind === 'conflict') this.#slots.push(mark.slot)
      if (tried.kind === 'committed') return tried.answer
      if (tried.kind === 'failed') throw toFault(tried.error)
      if (tried.kind === 'unknown') {
        if (await this.#wasCommitted(tried.id, mark, tried.error)) return tried.answer
        continue
      }
      if (tried.kind === 'conflict') conflicts += 1
      else breaks += 1
      if (conflicts > MAX_CONFLICTS || breaks > MAX_BREAKS) throw storeAway(tried.error)
      await wait(tried.kind === 'conflict' ? Math.random() * conflicts * CONFLICT_PAUSE : BREAK_PAUSE)
    }
  }

  #newMark(): Mark {
    this.#marks += 1
    return { slot: this.#slots.pop() ?? `${this.#process} ${this.#marks}`, mark: this.#marks }
  }

  /** Rejects when it cannot be found out in time. */
  async #wasCommitted(id: string, { slot, mark }: Mark, cause: unknown): Promise<boolean> {
    const end = Date.now() + this.#settleTimeout
    while (Date.now() < end) {
      const status = await this.#pool.query('select pg_xact_status($1::text::xid8)', [id]).then(
        ({ rows }) => rows[0]?.[0],
        (error: unknown) => (codeOf(error) === IN_THE_FUTURE ? 'aborted' : 'away'),
      )
      if (status === 'committed') {
        const found = await this.#pool.query(FIND_MARK, [slot, mark]).catch(() => null)
        if (found !== null) return found.rows.length > 0
      }
      if (status === 'aborted') return false
      // Too long ago to be known.
      if (status === null) break
      await wait(SETTLE_PAUSE)
    }
    throw storeAway(cause)
  }
}

async function attempt<T>(
  connection: PostgresConnection,
  { slot, mark }: Mark,
  task: (connection: PostgresConnection) => Promise<T>,
): Promise<Try<T>> {
  let committing: { readonly id: string; readonly answer: T } | null = null
  try {
    await connection.run('begin')
    const { rows } = await connection.query(MARK, [slot, mark])
    const answer = await task(connection)
    committing = { id: String(rows[0]?.[0]), answer }
    await connection.run('commit')
    connection.release(false)
    return { kind: 'committed', answer }
  } catch (error) {
    const isLost = isConnectionLost(error)
    // Whatever else stops a commit, only the server knows whether it did.
    if (committing !== null && !isConflict(error)) {
      connection.release(true)
      return { kind: 'unknown', ...committing, error }
    }
    const isRolledBack = !isLost && (await connection.run('rollback').then(isTrue, isFalse))
    connection.release(!isRolledBack)
    if (isConflict(error)) return { kind: 'conflict', error }
    return { kind: isLost ? 'broke' : 'failed', error }
  }
}

const isTrue = (): boolean => true
const isFalse = (): boolean => false
