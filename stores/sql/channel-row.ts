import type { Channel, ConversationKind } from '@parley/model'

/** A conversation's row, in the columns that make a `Channel`; for both threads. */
export interface ChannelRow {
  readonly id: string
  readonly kind: string
  readonly name: string | null
  readonly is_private: number
  readonly member_count: number
  readonly seq: number
  readonly rev: number
  readonly created_at: number
  readonly archived_at: number | null
}

export const toChannel = (row: ChannelRow): Channel => ({
  id: row.id,
  kind: row.kind as ConversationKind,
  name: row.name,
  isPrivate: row.is_private === 1,
  memberCount: row.member_count,
  seq: row.seq,
  rev: row.rev,
  createdAt: row.created_at,
  archivedAt: row.archived_at,
})

/** The name under which everyone finds a channel; null: they do not. */
export const listedAs = (channel: Pick<Channel, 'name' | 'isPrivate' | 'archivedAt'>): string | null =>
  channel.name === null || channel.isPrivate || channel.archivedAt !== null
    ? null
    : channel.name.toLowerCase()
