import { type ChannelMessageView, MAX_REACTORS, type Reaction } from '@parley/core'
import { MAX_CHANNEL_MEMBERS, MAX_REACTIONS } from '@parley/model'
import type { MessageRow } from './message-view.ts'
import type { StoreQueries } from './queries.ts'
import { type QueryRunner, read } from './reader.ts'
import { toView } from './rows.ts'

/** A message with how far its author came. */
export interface ChannelMessageRow extends MessageRow {
  readonly own_delivered: number | null
  readonly own_read: number | null
}

/** So many members have these cursors. */
interface ProgressRow {
  readonly delivered: number
  readonly seen: number
  readonly n: number
}

interface ReactionRow {
  readonly message_id: string
  readonly emoji: string
  readonly user_count: number
  readonly user_id: string
}

/** Completes messages to what a list of a channel tells of them: two queries for a page, whatever its length. */
export class ChannelMessageViews {
  readonly #runner: QueryRunner
  readonly #queries: StoreQueries

  constructor(runner: QueryRunner, queries: StoreQueries) {
    this.#runner = runner
    this.#queries = queries
  }

  /** Of messages of one conversation. */
  async of(rows: readonly ChannelMessageRow[]): Promise<ChannelMessageView[]> {
    const [first] = rows
    if (first === undefined) return []
    const seqs = rows.map(({ seq }) => seq)
    const [progress, reactions] = await Promise.all([
      read(this.#runner, this.#queries.progress, {
        channelId: first.conversation_id,
        low: Math.min(...seqs),
        high: Math.max(...seqs),
        limit: MAX_CHANNEL_MEMBERS,
      }),
      this.#reactionsOf(rows),
    ])
    return rows.map((row) => ({
      ...toView(row),
      deliveredTo: countPast(progress, 'delivered', row.seq, row.own_delivered),
      readBy: countPast(progress, 'seen', row.seq, row.own_read),
      reactions: reactions.get(row.id) ?? [],
    }))
  }

  /** Of messages of any conversations, without counting who has them. */
  async uncounted(rows: readonly ChannelMessageRow[]): Promise<ChannelMessageView[]> {
    const reactions = rows.length === 0 ? new Map() : await this.#reactionsOf(rows)
    return rows.map((row) => ({
      ...toView(row),
      deliveredTo: 0,
      readBy: 0,
      reactions: reactions.get(row.id) ?? [],
    }))
  }

  async #reactionsOf(messages: readonly ChannelMessageRow[]): Promise<Map<string, Reaction[]>> {
    const rows: ReactionRow[] = await read(this.#runner, this.#queries.reactions, {
      ids: JSON.stringify(messages.map(({ id }) => id)),
      emojis: messages.length * MAX_REACTIONS,
      reactors: MAX_REACTORS,
      limit: messages.length * MAX_REACTIONS * MAX_REACTORS,
    })
    return groupReactions(rows)
  }
}

/** How many members but the author came to a position. */
function countPast(
  progress: readonly ProgressRow[],
  cursor: 'delivered' | 'seen',
  seq: number,
  own: number | null,
): number {
  const all = progress.reduce((sum, row) => (row[cursor] >= seq ? sum + row.n : sum), 0)
  // The author may have moved between the two queries.
  return Math.max(0, own !== null && own >= seq ? all - 1 : all)
}

/** The rows of one emoji of one message come together. */
function groupReactions(rows: readonly ReactionRow[]): Map<string, Reaction[]> {
  const byMessage = new Map<string, { emoji: string; count: number; userIds: string[] }[]>()
  for (const { message_id, emoji, user_count, user_id } of rows) {
    const reactions = byMessage.get(message_id) ?? []
    byMessage.set(message_id, reactions)
    const last = reactions.at(-1)
    if (last?.emoji === emoji) last.userIds.push(user_id)
    else reactions.push({ emoji, count: user_count, userIds: [user_id] })
  }
  return byMessage
}
