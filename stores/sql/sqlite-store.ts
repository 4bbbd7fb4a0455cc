import {
  type Directory,
  type DirectSummary,
  MAX_BATCH,
  type MessageView,
  type OutcomeOf,
  type Page,
  type Store,
  type WriteOp,
} from '@parley/core'
import { directKey, Fault } from '@parley/model'
import type { Dialect } from 'kysely'
import { decodeOutcome, encodeOp } from './op-codec.ts'
import { clampLimit, END, parseCursor, toPage } from './paging.ts'
import type { StoreQueries } from './queries.ts'
import { type QueryRunner, read } from './reader.ts'
import { toDirectoryUser, toView } from './rows.ts'
import { matchExpression } from './search-text.ts'
import { SqlDirectory } from './sql-directory.ts'
import { WorkerClient } from './worker-client.ts'
import { WorkerKyselyDialect } from './worker-kysely-dialect.ts'

const MAX_PAGE = 100
const MAX_WAITING = 500
const MAX_CONTACTS = 1_000

/** The threads of an open store. */
export interface SqliteThreads {
  readonly writer: WorkerClient
  readonly reader: WorkerClient
}

/** The store on one SQLite file: one thread writes, another reads, and neither waits for the other. */
export class SqliteStore implements Store {
  readonly directory: Directory
  /** One: the writing thread takes batches one after the other, and larger ones are cheaper. */
  readonly lanes = 1
  /** For the accounts component, whose tables are in the same file. */
  readonly kyselyDialect: Dialect
  readonly #file: string
  readonly #threads: SqliteThreads
  readonly #queries: StoreQueries
  readonly #runner: QueryRunner

  constructor(file: string, threads: SqliteThreads, queries: StoreQueries) {
    this.#file = file
    this.#threads = threads
    this.#queries = queries
    this.#runner = { query: (sql, values) => threads.reader.request('query', { sql, values }) }
    this.directory = new SqlDirectory(this.#runner, queries)
    this.kyselyDialect = new WorkerKyselyDialect(threads.writer)
  }

  async commit<const Ops extends readonly WriteOp[]>(
    ops: Ops,
  ): Promise<{ readonly [K in keyof Ops]: OutcomeOf<Ops[K]> }> {
    if (ops.length > MAX_BATCH) throw new Fault('INVALID', `A batch holds at most ${MAX_BATCH} operations.`)
    const outcomes = ops.length === 0 ? [] : await this.#threads.writer.request('commit', ops.map(encodeOp))
    return outcomes.map((outcome, index) => decodeOutcome(ops[index]!, outcome)) as unknown as {
      readonly [K in keyof Ops]: OutcomeOf<Ops[K]>
    }
  }

  async directHistory(query: {
    userId: string
    peerId: string
    before?: number
    limit: number
  }): Promise<Page<MessageView, number>> {
    const limit = clampLimit(query.limit, MAX_PAGE)
    const rows = await read(this.#runner, this.#queries.history, {
      directKey: directKey(query.userId, query.peerId),
      before: query.before ?? END,
      limit: limit + 1,
    })
    return toPage(rows, limit, toView, (last) => last.seq)
  }

  async directConversations(query: {
    userId: string
    after?: string
    limit: number
  }): Promise<Page<DirectSummary, string>> {
    const limit = clampLimit(query.limit, MAX_PAGE)
    const after = parseCursor(query.after)
    const rows = await read(this.#runner, this.#queries.conversations, {
      userId: query.userId,
      after,
      limit: limit + 1,
    })
    const toSummary = (row: (typeof rows)[number]): DirectSummary => ({
      conversationId: row.conversation_id,
      kind: 'direct',
      peer: toDirectoryUser({ ...row, id: row.id_of_peer }),
      last: toView(row),
      unreadCount: row.unread ?? 0,
    })
    return toPage(rows, limit, toSummary, (last) => String(last.ord))
  }

  async waiting(query: { userId: string; limit: number }): Promise<readonly MessageView[]> {
    const limit = clampLimit(query.limit, MAX_WAITING)
    return (await read(this.#runner, this.#queries.waiting, { userId: query.userId, limit })).map(toView)
  }

  async contacts(query: { userId: string; limit: number }): Promise<readonly string[]> {
    const limit = clampLimit(query.limit, MAX_CONTACTS)
    const rows = await read(this.#runner, this.#queries.contacts, { userId: query.userId, limit })
    return rows.map((row) => row.peer_id!)
  }

  async search(query: {
    userId: string
    text: string
    after?: string
    limit: number
  }): Promise<Page<MessageView, string>> {
    const limit = clampLimit(query.limit, MAX_PAGE)
    const after = parseCursor(query.after)
    const match = matchExpression(query.text, query.userId)
    if (match === null) return { items: [], next: null }
    await this.#threads.writer.request('index', null)
    const values = { userId: query.userId, match, after, limit: limit + 1 }
    const hits = await read(this.#runner, this.#queries.search, values)
    const page = toPage(
      hits,
      limit,
      (row) => row,
      (last) => String(last.ord),
    )
    // The index finds a user's own; what they may see is not left to it.
    const visible = page.items.filter((row) => row.my_id !== null && row.deleted_at === null)
    return { items: visible.map(toView), next: page.next }
  }

  async epoch(): Promise<string> {
    const [row] = await read(this.#runner, this.#queries.epoch, {})
    return row?.value ?? ''
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
}
