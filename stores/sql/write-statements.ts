/** The columns of a `StoredMessageRow`. */
export const MESSAGE = `id, conversation_id, seq, rev, sender_id, type, content, client_message_id, parent_id, created_at,
  edited_at, deleted_at`

const HEAD = 'id, direct_key, seq, rev, last_ord, archived_at'

/**
 * What the writer runs, in SQL that SQLite and PostgreSQL both take (but for the placeholders and the pragma).
 * Plain text and not Kysely, as these are the hot path, and no statement is built at run time.
 */
export const WRITE = {
  findConversation: `select ${HEAD} from conversations where direct_key = ?`,
  findConversationById: `select ${HEAD} from conversations where id = ?`,
  addDirect: `insert into conversations (id, kind, direct_key, is_private, member_count, seq, rev, last_ord, created_at)
    values (?, 'direct', ?, 1, ?, 0, 0, ?, ?)`,
  addDirectMember: `insert into members (conversation_id, user_id, peer_id, delivered_seq, read_seq, joined_at, role, join_no)
    values (?, ?, ?, 0, 0, ?, 'member', ?)`,
  /** Does nothing when the message's id or the sender's client id is there already. */
  addMessage: `insert into messages (id, conversation_id, seq, rev, sender_id, type, content, client_message_id,
      client_digest, parent_id, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  /**
   * Takes the next place among the messages for a conversation that is made without one (PostgreSQL: `nextval`).
   * SQLite gives it to no message then.
   */
  takeOrd: `update sqlite_sequence set seq = seq + 1 where name = 'messages' returning seq as ord`,
  moveHead: 'update conversations set seq = ?, rev = ?, last_ord = ? where id = ?',
  findByClientId: `select ${MESSAGE}, client_digest from messages where sender_id = ? and client_message_id = ?`,
  findById: `select ${MESSAGE}, client_digest from messages where id = ?`,
  findParent: 'select 1 from messages where id = ? and conversation_id = ?',
  isMember: 'select 1 from members where conversation_id = ? and user_id = ?',
  findPlace: 'select conversation_id, sender_id, seq from messages where id = ?',
  findCursors: `select m.peer_id, m.delivered_seq, m.read_seq, c.seq, c.member_count,
      c.best_delivered_seq, c.best_delivered_by, c.second_delivered_seq,
      c.best_read_seq, c.best_read_by, c.second_read_seq
    from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = ? and m.user_id = ?`,
  moveCursors: 'update members set delivered_seq = ?, read_seq = ? where conversation_id = ? and user_id = ?',
  moveProgress: `update conversations set best_delivered_seq = ?, best_delivered_by = ?, second_delivered_seq = ?,
      best_read_seq = ?, best_read_by = ?, second_read_seq = ? where id = ?`,
  listPassed: `select id, sender_id, seq from messages
    where conversation_id = ? and sender_id = ? and seq > ? and seq <= ? order by seq desc limit ?`,
  /** Of everybody but the reader. */
  listPassedInChannel: `select id, sender_id, seq from messages
    where conversation_id = ? and sender_id <> ? and seq > ? and seq <= ? order by seq desc limit ?`,
  countPassed: `select count(*) as n from messages
    where conversation_id = ? and sender_id = ? and seq > ? and seq <= ?`,
  touch: `insert into user_state (user_id, last_seen) values (?, ?)
    on conflict (user_id) do update set last_seen = excluded.last_seen
    where excluded.last_seen > user_state.last_seen`,
  headOrd: 'select coalesce(max(ord), 0) from messages',
  indexedOrd: `select value from meta where key = 'fts_ord'`,
  listUnindexed: `select m.ord, m.conversation_id, m.content, m.sender_id, s.peer_id, m.deleted_at, c.kind
    from messages m join conversations c on c.id = m.conversation_id
    left join members s on s.conversation_id = m.conversation_id and s.user_id = m.sender_id
    where m.ord > ? order by m.ord limit ?`,
  addToIndex: 'insert into message_fts (rowid, content, scope) values (?, ?, ?)',
  removeFromIndex: 'delete from message_fts where rowid = ?',
  mergeIndex: `insert into message_fts (message_fts, rank) values ('merge', cast(? as integer))`,
  indexOption: 'select v from message_fts_config where k = ?',
  setIndexOption: 'insert into message_fts (message_fts, rank) values (?, cast(? as integer))',
  moveIndexed: `update meta set value = ? where key = 'fts_ord'`,
} as const

/** Most messages of one author that a receipt names. */
export const MAX_PASSED = 100
