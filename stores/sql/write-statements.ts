/**
 * What the writer runs, in SQL that SQLite and PostgreSQL both take (but for the placeholders and the pragma).
 * Plain text and not Kysely, as these are the hot path, and no statement is built at run time.
 */
export const WRITE = {
  findConversation: 'select id, seq, rev, last_ord from conversations where direct_key = ?',
  addConversation: `insert into conversations (id, kind, direct_key, seq, rev, last_ord, created_at)
    values (?, 'direct', ?, 0, 0, 0, ?)`,
  addMember: `insert into members (conversation_id, user_id, peer_id, delivered_seq, read_seq, joined_at)
    values (?, ?, ?, 0, 0, ?)`,
  /** Does nothing when the message's id or the sender's client id is there already. */
  addMessage: `insert into messages (id, conversation_id, seq, rev, sender_id, type, content, client_message_id,
      client_digest, parent_id, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  moveHead: 'update conversations set seq = ?, rev = ?, last_ord = ? where id = ?',
  findByClientId: `select id, conversation_id, seq, rev, sender_id, type, content, client_message_id, parent_id,
      created_at, edited_at, deleted_at, client_digest
    from messages where sender_id = ? and client_message_id = ?`,
  findById: `select id, conversation_id, seq, rev, sender_id, type, content, client_message_id, parent_id,
      created_at, edited_at, deleted_at, client_digest
    from messages where id = ?`,
  findParent: 'select 1 from messages where id = ? and conversation_id = ?',
  findCursors: `select m.peer_id, m.delivered_seq, m.read_seq, c.seq
    from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = ? and m.user_id = ?`,
  moveCursors: 'update members set delivered_seq = ?, read_seq = ? where conversation_id = ? and user_id = ?',
  listPassed: `select id, sender_id, seq from messages
    where conversation_id = ? and sender_id = ? and seq > ? and seq <= ? order by seq desc limit ?`,
  countPassed: `select count(*) from messages
    where conversation_id = ? and sender_id = ? and seq > ? and seq <= ?`,
  touch: `insert into user_state (user_id, last_seen) values (?, ?)
    on conflict (user_id) do update set last_seen = excluded.last_seen
    where excluded.last_seen > user_state.last_seen`,
  headOrd: 'select coalesce(max(ord), 0) from messages',
  indexedOrd: `select value from meta where key = 'fts_ord'`,
  listUnindexed: `select m.ord, m.content, m.sender_id, s.peer_id, m.deleted_at
    from messages m left join members s on s.conversation_id = m.conversation_id and s.user_id = m.sender_id
    where m.ord > ? order by m.ord limit ?`,
  addToIndex: 'insert into message_fts (rowid, content, scope) values (?, ?, ?)',
  moveIndexed: `update meta set value = ? where key = 'fts_ord'`,
} as const

/** Most messages of one author that a receipt names. */
export const MAX_PASSED = 100
