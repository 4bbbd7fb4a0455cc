import type { Database } from 'better-sqlite3'
import { Committer } from './committer.ts'
import { SearchIndexer } from './search-indexer.ts'
import { Statements } from './statements.ts'
import { TransactionGate } from './transaction-gate.ts'
import type { WorkerMethods, WorkerRequest } from './worker-protocol.ts'
import type { OpTuple } from './write-protocol.ts'

/** How long after a commit the index follows, so that a lone message costs one short moment and not two. */
const IDLE_DELAY = 100
/** From here on the index takes its turn between commits too, with so many steps each time. */
const MAX_LAG = 2_000
const LATE_STEPS = 2
/** Steps in one catch-up: a search waits for this much and no more. */
const CATCH_UP_STEPS = 40
/** After the index failed (a full disk) it waits this long. */
const RETRY_DELAY = 1_000

type Reply = (work: () => unknown) => void

/** The writing thread's work: batches, statements from outside and the full-text index, one after the other. */
export class Writer {
  readonly #db: Database
  readonly #committer: Committer
  readonly #statements: Statements
  readonly #indexer: SearchIndexer
  readonly #gate: TransactionGate
  #indexTimer: NodeJS.Timeout | undefined
  #unindexed: number

  constructor(db: Database) {
    this.#db = db
    this.#committer = new Committer(db)
    this.#statements = new Statements(db)
    this.#indexer = new SearchIndexer(db)
    this.#gate = new TransactionGate(() => this.#rollback())
    this.#unindexed = this.#indexer.lag()
    this.#scheduleIndex(IDLE_DELAY)
  }

  /** Calls `reply` once with the work, now or after the transaction that is open. */
  handle(request: WorkerRequest, reply: Reply): void {
    const [, method, payload] = request
    switch (method) {
      case 'commit':
        this.#gate.pass(() => this.#commit(payload, reply))
        break
      case 'statement':
        this.#statement(payload, reply)
        break
      case 'begin':
        this.#gate.pass(() => reply(() => this.#begin(payload.tx)))
        break
      case 'end':
        reply(() => this.#end(payload))
        break
      case 'index':
        this.#gate.pass(() => reply(() => this.#index(CATCH_UP_STEPS)))
        break
      case 'ping':
        reply(() => null)
        break
      default:
        reply(() => {
          throw new Error(`the writer does not ${method}`)
        })
    }
  }

  close(): void {
    clearTimeout(this.#indexTimer)
    this.#rollback()
  }

  #commit(ops: readonly OpTuple[], reply: Reply): void {
    reply(() => this.#committer.commit(ops))
    this.#unindexed += ops.length
    this.#scheduleIndex(this.#unindexed > MAX_LAG ? 0 : IDLE_DELAY)
  }

  #statement({ tx, sql, values }: WorkerMethods['statement']['takes'], reply: Reply): void {
    const run = () => this.#statements.run(sql, values)
    if (tx === null) this.#gate.pass(() => reply(run))
    else {
      reply(() => {
        this.#gate.enter(tx)
        return run()
      })
    }
  }

  #begin(tx: number): null {
    this.#db.exec('begin immediate')
    this.#gate.close(tx)
    return null
  }

  #end({ tx, commit }: WorkerMethods['end']['takes']): null {
    this.#gate.enter(tx)
    try {
      if (commit) this.#db.exec('commit')
      return null
    } finally {
      this.#rollback()
      // After the reply went out, so that what waits cannot make it late.
      setImmediate(() => this.#gate.open())
    }
  }

  #rollback(): void {
    if (this.#db.inTransaction) this.#db.exec('rollback')
  }

  /** At most so many steps. Answers how many messages are left. */
  #index(most: number): number {
    for (let step = 0; step < most && this.#indexer.lag() > 0; step += 1) this.#indexer.step()
    this.#unindexed = this.#indexer.lag()
    return this.#unindexed
  }

  /** Keeps an earlier date: under steady load the index must not be put off for ever. */
  #scheduleIndex(delay: number): void {
    if (this.#unindexed === 0) return
    if (this.#indexTimer !== undefined && delay > 0) return
    clearTimeout(this.#indexTimer)
    this.#indexTimer = setTimeout(() => this.#indexNext(), delay)
  }

  #indexNext(): void {
    this.#indexTimer = undefined
    // Asked to stand back while a transaction is open: comes again after it.
    if (!this.#gate.isOpen) {
      this.#scheduleIndex(IDLE_DELAY)
      return
    }
    try {
      this.#index(this.#unindexed > MAX_LAG ? LATE_STEPS : 1)
      this.#scheduleIndex(0)
    } catch {
      // Nothing is lost: the position did not move. Commits meet the same disk, and say so.
      this.#scheduleIndex(RETRY_DELAY)
    }
  }
}
