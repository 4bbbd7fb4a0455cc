import {
  type AnnouncedHead,
  type ChannelReads,
  type Directory,
  type DirectSummary,
  MAX_LOGGED,
  type MessageView,
  type Page,
  type RoomReads,
  type Store,
} from '@parley/core'
import { directKey, directPair, MAX_CHANNELS_PER_USER } from '@parley/model'
import { clampLimit, END, parseCursor, toPage } from './paging.ts'
import type { StoreQueries } from './queries.ts'
import { type QueryRunner, read } from './reader.ts'
import { toDirectoryUser, toView } from './rows.ts'
import { SqlChannelReads } from './sql-channel-reads.ts'
import { SqlDirectory } from './sql-directory.ts'
import { SqlRoomReads } from './sql-room-reads.ts'

const MAX_PAGE = 100
const MAX_WAITING = 500
const MAX_CONTACTS = 1_000

/** Makes what the database looks for of the words of a user and the channels that they are in; null: there is no word. */
export type MatchExpression = (text: string, userId: string, channelIds: readonly string[]) => string | null

/** What a store on SQL reads, whichever database it is. */
export abstract class SqlReads implements Omit<Store, 'lanes' | 'commit' | 'ping' | 'close'> {
  readonly directory: Directory
  readonly #queries: StoreQueries
  readonly #runner: QueryRunner
  readonly #match: MatchExpression
  readonly #channelReads: SqlChannelReads
  readonly #roomReads: SqlRoomReads
  #asked = 0

  constructor(database: QueryRunner, queries: StoreQueries, match: MatchExpression) {
    const runner: QueryRunner = {
      query: (sql, values) => {
        this.#asked += 1
        return database.query(sql, values)
      },
    }
    this.#runner = runner
    this.#queries = queries
    this.#match = match
    this.#channelReads = new SqlChannelReads(runner, queries)
    this.#roomReads = new SqlRoomReads(runner, queries)
    this.directory = new SqlDirectory(runner, queries)
  }

  /** Queries since it was opened, those of accounts left out. */
  get asked(): number {
    return this.#asked
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
    const match = this.#match(query.text, query.userId, await this.#channelIds(query.userId))
    if (match === null) return { items: [], next: null }
    await this.beforeSearch()
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

  async logEnd(): Promise<number> {
    const [row] = await read(this.#runner, this.#queries.logEnd, { limit: 1 })
    return row?.ord ?? 0
  }

  async logged({ after, until }: { after: number; until: number }): Promise<readonly AnnouncedHead[]> {
    const low = Math.max(after, until - MAX_LOGGED)
    const rows = await read(this.#runner, this.#queries.logged, { low, high: until, limit: MAX_LOGGED })
    return rows.map(({ id, direct_key, from, rev, seq_from }) => ({
      conversationId: id,
      members: direct_key === null ? null : directPair(direct_key),
      ...{ from, rev, seqFrom: seq_from },
    }))
  }

  async epoch(): Promise<string> {
    const [row] = await read(this.#runner, this.#queries.epoch, {})
    return row?.value ?? ''
  }

  /** Lets the full-text index catch up, where it follows the commits. */
  protected async beforeSearch(): Promise<void> {}

  /** What the user searches besides direct messages. */
  async #channelIds(userId: string): Promise<readonly string[]> {
    const limit = MAX_CHANNELS_PER_USER
    const rows = await read(this.#runner, this.#queries.channelIds, { userId, limit })
    return rows.map((row) => row.conversation_id)
  }
}
