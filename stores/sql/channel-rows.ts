import type { ChannelView, DirectoryUser, Member } from '@parley/core'
import type { ChannelRole } from '@parley/model'
import { type ChannelRow, toChannel } from './channel-row.ts'
import { type AccountRow, toDirectoryUser } from './rows.ts'

/** The account of a left join: all null when there is none. */
type MaybeAccountRow = { readonly [K in keyof AccountRow]: AccountRow[K] | null }

/** A conversation as one user sees it, as the queries answer it. */
export type ChannelViewRow = Omit<ChannelRow, 'id' | 'name'> &
  MaybeAccountRow & {
    readonly channel_id: string
    readonly channel_name: string | null
    readonly my_role: string | null
    readonly delivered_seq: number | null
    readonly read_seq: number | null
    readonly own_unread: number | null
    readonly mention_count: number | null
  }

const toPeer = (row: MaybeAccountRow): DirectoryUser | null =>
  row.id === null ? null : toDirectoryUser(row as AccountRow)

export function toChannelView(row: ChannelViewRow): ChannelView {
  const isMember = row.my_role !== null
  const readSeq = row.read_seq ?? 0
  return {
    channel: toChannel({ ...row, id: row.channel_id, name: row.channel_name }),
    role: row.my_role as ChannelRole | null,
    cursors: { deliveredSeq: row.delivered_seq ?? 0, readSeq },
    unreadCount: isMember ? row.seq - readSeq - (row.own_unread ?? 0) : 0,
    mentionCount: row.mention_count ?? 0,
    peer: toPeer(row),
  }
}

export const toMember = (
  row: AccountRow & {
    readonly my_role: string
    readonly delivered_seq: number
    readonly read_seq: number
    readonly joined_at: number
  },
): Member => ({
  user: toDirectoryUser(row),
  role: row.my_role as ChannelRole,
  cursors: { deliveredSeq: row.delivered_seq, readSeq: row.read_seq },
  joinedAt: row.joined_at,
})
