import {
  type ChannelMessageView,
  type ChannelReads,
  type ChannelView,
  type ConversationInfo,
  MAX_CHANGES,
  MAX_SYNC_CHANGES,
  type Member,
  type MemberCursors,
  type Page,
  QUIET_ABOVE,
} from '@parley/core'
import {
  type ChannelRole,
  type ConversationKind,
  directKey,
  MAX_CHANNEL_MEMBERS,
  MAX_CHANNELS_PER_USER,
} from '@parley/model'
import { type ChannelMessageRow, ChannelMessageViews } from './channel-message-views.ts'
import { toChannelView, toMember } from './channel-rows.ts'
import { clampLimit, END, parseCursor, parseNameCursor, toNameCursor, toPage } from './paging.ts'
import type { StoreQueries } from './queries.ts'
import { type QueryRunner, read } from './reader.ts'
import { LAST_CHARACTER } from './sql-directory.ts'

const MAX_PAGE = 100
const MAX_OWN = 1_000

type QueryOf<M extends keyof ChannelReads> = Parameters<ChannelReads[M]>[0]

/** Conversations, who is in them and what was said there. */
export class SqlChannelReads implements ChannelReads {
  readonly #runner: QueryRunner
  readonly #queries: StoreQueries
  readonly #views: ChannelMessageViews

  constructor(runner: QueryRunner, queries: StoreQueries) {
    this.#runner = runner
    this.#queries = queries
    this.#views = new ChannelMessageViews(runner, queries)
  }

  async conversation(id: string): Promise<ConversationInfo | null> {
    const [row] = await read(this.#runner, this.#queries.conversation, { id })
    if (row === undefined) return null
    const { user_id, peer_id } = row
    const members = user_id === null || peer_id === null ? null : ([user_id, peer_id] as const)
    return { id, kind: row.kind as ConversationKind, members }
  }

  async directOf(a: string, b: string): Promise<string | null> {
    const [row] = await read(this.#runner, this.#queries.directOf, { directKey: directKey(a, b) })
    return row?.id ?? null
  }

  async channel({ channelId, userId }: QueryOf<'channel'>): Promise<ChannelView | null> {
    const [row] = await read(this.#runner, this.#queries.channel, { channelId, userId })
    if (row === undefined || (row.my_role === null && row.is_private === 1)) return null
    return toChannelView(row)
  }

  async role({ channelId, userId }: QueryOf<'role'>): Promise<ChannelRole | null> {
    const [row] = await read(this.#runner, this.#queries.role, { channelId, userId })
    return (row?.role as ChannelRole | undefined) ?? null
  }

  async channels(query: QueryOf<'channels'>): Promise<Page<ChannelView, string>> {
    const limit = clampLimit(query.limit, MAX_OWN)
    const after = parseCursor(query.after)
    const values = { userId: query.userId, after, limit: limit + 1 }
    const rows = await read(this.#runner, this.#queries.channels, values)
    return toPage(rows, limit, toChannelView, (last) => String(last.last_ord))
  }

  async publicChannels(query: QueryOf<'publicChannels'>): Promise<Page<ChannelView, string>> {
    const limit = clampLimit(query.limit, MAX_PAGE)
    const prefix = query.search?.toLowerCase() ?? ''
    const [afterName, afterId] = parseNameCursor(query.after)
    // A later page begins where the one before ended, and does not walk it again.
    const from = afterName.startsWith(prefix) ? afterName : prefix
    const to = prefix + LAST_CHARACTER
    const values = { userId: query.userId, from, to, afterName, afterId, limit: limit + 1 }
    const rows = await read(this.#runner, this.#queries.publicChannels, values)
    return toPage(rows, limit, toChannelView, (last) => toNameCursor(last.listed_as ?? '', last.channel_id))
  }

  async members(query: QueryOf<'members'>): Promise<Page<Member, string>> {
    const limit = clampLimit(query.limit, MAX_PAGE)
    const after = query.after === undefined ? 0 : parseCursor(query.after)
    const values = { channelId: query.channelId, after, limit: limit + 1 }
    const rows = await read(this.#runner, this.#queries.members, values)
    return toPage(rows, limit, toMember, (last) => String(last.join_no))
  }

  async memberIds(query: QueryOf<'memberIds'>): Promise<readonly string[]> {
    const limit = clampLimit(query.limit, MAX_CHANNEL_MEMBERS)
    const rows = await read(this.#runner, this.#queries.memberIds, { channelId: query.channelId, limit })
    return rows.map((row) => row.user_id)
  }

  async cursors(query: QueryOf<'cursors'>): Promise<readonly MemberCursors[]> {
    const limit = clampLimit(query.limit, MAX_PAGE)
    const rows = await read(this.#runner, this.#queries.cursors, { channelId: query.channelId, limit })
    return rows.map(toMemberCursors)
  }

  async messages(query: QueryOf<'messages'>): Promise<Page<ChannelMessageView, number>> {
    const limit = clampLimit(query.limit, MAX_PAGE)
    const rows = await this.#messageRows(query, limit + 1)
    const page = toPage(
      rows,
      limit,
      (row) => row,
      (last) => last.seq,
    )
    return { items: await this.#views.of(page.items), next: page.next }
  }

  async message(id: string): Promise<ChannelMessageView | null> {
    const [view] = await this.#views.of(await read(this.#runner, this.#queries.message, { id }))
    return view ?? null
  }

  async changes(query: QueryOf<'changes'>): Promise<readonly ChannelMessageView[]> {
    const { channelId, rev } = query
    const limit = clampLimit(query.limit, MAX_CHANGES)
    return this.#views.of(await read(this.#runner, this.#queries.changes, { channelId, rev, limit }))
  }

  async changesOf(query: QueryOf<'changesOf'>): Promise<readonly ChannelMessageView[]> {
    const pairs = query.since.slice(0, MAX_CHANNELS_PER_USER).map(({ channelId, rev }) => [channelId, rev])
    const since = JSON.stringify(pairs)
    const limit = clampLimit(query.limit, MAX_SYNC_CHANGES)
    return this.#views.uncounted(await read(this.#runner, this.#queries.changesOf, { since, limit }))
  }

  async cursorsOf(
    query: QueryOf<'cursorsOf'>,
  ): Promise<readonly (MemberCursors & { readonly channelId: string })[]> {
    const ids = JSON.stringify(query.channelIds.slice(0, MAX_CHANNELS_PER_USER))
    const limit = MAX_CHANNELS_PER_USER * QUIET_ABOVE
    const rows = await read(this.#runner, this.#queries.cursorsOf, { ids, most: QUIET_ABOVE, limit })
    return rows.map((row) => ({ channelId: row.conversation_id, ...toMemberCursors(row) }))
  }

  async #messageRows(query: QueryOf<'messages'>, limit: number): Promise<readonly ChannelMessageRow[]> {
    const { channelId, before = END, after, parentId } = query
    const queries = this.#queries
    if (after === undefined) {
      return parentId === undefined
        ? read(this.#runner, queries.messagesBefore, { channelId, before, limit })
        : read(this.#runner, queries.answersBefore, { channelId, parentId, before, limit })
    }
    const rows =
      parentId === undefined
        ? await read(this.#runner, queries.messagesAfter, { channelId, after, limit })
        : await read(this.#runner, queries.answersAfter, { channelId, parentId, after, limit })
    return rows.filter(({ seq }) => seq < before)
  }
}

const toMemberCursors = (row: {
  readonly user_id: string
  readonly delivered_seq: number
  readonly read_seq: number
}): MemberCursors => ({ userId: row.user_id, deliveredSeq: row.delivered_seq, readSeq: row.read_seq })
