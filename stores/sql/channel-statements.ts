/** What the writer runs for channels; the rules of `WRITE` hold here too. */
export const CHANNEL_WRITE = {
  findChannel: `select id, kind, name, is_private, member_count, seq, rev, created_at, archived_at
    from conversations where id = ?`,
  addChannel: `insert into conversations (id, kind, name, listed_as, is_private, member_count, seq, rev, last_ord,
      created_at)
    values (?, 'channel', ?, ?, ?, 0, 0, 0, ?, ?)`,
  updateChannel: `update conversations set name = ?, listed_as = ?, is_private = ?, archived_at = ? where id = ?`,
  findMember: `select role, join_no, delivered_seq, read_seq from members where conversation_id = ? and user_id = ?`,
  nextJoinNo: 'select coalesce(max(join_no), 0) + 1 as n from members where conversation_id = ?',
  addMember: `insert into members (conversation_id, user_id, peer_id, delivered_seq, read_seq, joined_at, role, join_no)
    values (?, ?, null, ?, ?, ?, ?, ?)`,
  removeMember: 'delete from members where conversation_id = ? and user_id = ?',
  /** Who comes back goes on where they were. */
  rememberFormer: `insert into former_members (conversation_id, user_id, delivered_seq, read_seq) values (?, ?, ?, ?)`,
  countMembers: 'update conversations set member_count = member_count + ? where id = ?',
  setRole: 'update members set role = ? where conversation_id = ? and user_id = ?',
  /** The oldest of a role above member; that it is above lets the index of those few be used. */
  findByRole: `select user_id from members
    where conversation_id = ? and role = ? and role <> 'member' order by join_no limit 1`,
  findOldest: 'select user_id from members where conversation_id = ? order by join_no limit 1',
  listMembers: 'select user_id from members where conversation_id = ? order by join_no limit ?',
  addMention: `insert into mentions (conversation_id, user_id, seq)
    select conversation_id, user_id, ? from members where conversation_id = ? and user_id = ?
    on conflict do nothing`,
  removeMentions: 'delete from mentions where conversation_id = ? and seq = ?',
  removeMentionsOf: 'delete from mentions where conversation_id = ? and user_id = ?',
} as const

/** Those about many users at once; `texts` reads them from a list in JSON. */
export const membershipStatements = (texts: string) =>
  ({
    listAmong: `select user_id from members where conversation_id = ? and user_id in ${texts}`,
    listFull: `select user_id from members where user_id in ${texts} and peer_id is null
      group by user_id having count(*) >= ?`,
    listFormer: `select user_id, delivered_seq, read_seq from former_members
      where conversation_id = ? and user_id in ${texts}`,
    forgetFormer: `delete from former_members where conversation_id = ? and user_id in ${texts}`,
  }) as const

export type MembershipStatements = ReturnType<typeof membershipStatements>
