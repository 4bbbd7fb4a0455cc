import {
  type ChannelReads,
  type Directory,
  type DirectSummary,
  MAX_BATCH,
  type MessageView,
  type OutcomeOf,
  type Page,
  type RoomReads,
  type Store,
  type WriteOp,
} from '@parley/core'
import { directKey, Fault, MAX_CHANNELS_PER_USER } from '@parley/model'
import type { Dialect } from 'kysely'
import { decodeOutcome, encodeOp } from './op-codec.ts'
import { clampLimit, END, parseCursor, toPage } from './paging.ts'
import type { StoreQueries } from './queries.ts'
import { type QueryRunner, read } from './reader.ts'
import { toDirectoryUser, toView } from './rows.ts'
import { matchExpression } from './search-text.ts'
import { SqlChannelReads } from './sql-channel-reads.ts'
import { SqlDirectory } from './sql-directory.ts'
import { SqlRoomReads } from './sql-room-reads.ts'
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
  readonly #channelReads: SqlChannelReads
  readonly #roomReads: SqlRoomReads

  constructor(file: string, threads: SqliteThreads, queries: StoreQueries) {
    this.#file = file
    this.#threads = threads
    this.#queries = queries
    this.#runner = { query: (sql, values) => threads.reader.request('query', { sql, values }) }
    this.#channelReads = new SqlChannelReads(this.#runner, queries)
    this.#roomReads = new SqlRoomReads(this.#runner, queries)
    this.directory = new SqlDirectory(this.#runner, queries)
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
    const { userId } = query
    const peers = await read(this.#runner, this.#queries.contacts, { userId, limit })
    const found = new Set(peers.map((row) => row.peer_id!))
    if (found.size < limit) {
      // Peers may be among them: as many more are asked for.
      const fellows = await read(this.#runner, this.#queries.fellows, { userId, limit: limit + found.size })
      for (const row of fellows) found.add(row.user_id)
    }
    return [...found].slice(0, limit)
  }

  async search(query: {
    userId: string
    text: string
    after?: string
    limit: number
  }): Promise<Page<MessageView, string>> {
    const limit = clampLimit(query.limit, MAX_PAGE)
    const after = parseCursor(query.after)
    const match = matchExpression(query.text, query.userId, await this.#channelIds(query.userId))
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

  conversation: ChannelReads['conversation'] = (id) => this.#channelReads.conversation(id)
  directOf: ChannelReads['directOf'] = (a, b) => this.#channelReads.directOf(a, b)
  channel: ChannelReads['channel'] = (query) => this.#channelReads.channel(query)
  role: ChannelReads['role'] = (query) => this.#channelReads.role(query)
  channels: ChannelReads['channels'] = (query) => this.#channelReads.channels(query)
  publicChannels: ChannelReads['publicChannels'] = (query) => this.#channelReads.publicChannels(query)
  members: ChannelReads['members'] = (query) => this.#channelReads.members(query)
  memberIds: ChannelReads['memberIds'] = (query) => this.#channelReads.memberIds(query)
  cursors: ChannelReads['cursors'] = (query) => this.#channelReads.cursors(query)
  messages: ChannelReads['messages'] = (query) => this.#channelReads.messages(query)
  message: ChannelReads['message'] = (id) => this.#channelReads.message(id)
  changes: ChannelReads['changes'] = (query) => this.#channelReads.changes(query)
  changesOf: ChannelReads['changesOf'] = (query) => this.#channelReads.changesOf(query)
  cursorsOf: ChannelReads['cursorsOf'] = (query) => this.#channelReads.cursorsOf(query)
  room: RoomReads['room'] = (code) => this.#roomReads.room(code)
  rooms: RoomReads['rooms'] = (query) => this.#roomReads.rooms(query)

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

  /** What the user searches besides direct messages. */
  async #channelIds(userId: string): Promise<readonly string[]> {
    const limit = MAX_CHANNELS_PER_USER
    const rows = await read(this.#runner, this.#queries.channelIds, { userId, limit })
    return rows.map((row) => row.conversation_id)
  }
}
