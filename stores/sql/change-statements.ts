import { MESSAGE } from './write-statements.ts'

/** What the writer runs to change messages; the rules of `WRITE` hold here too. */
export const CHANGE_WRITE = {
  findMessage: `select ord, ${MESSAGE} from messages where id = ?`,
  /** Both members of a direct conversation. */
  findPair: `select user_id, peer_id from members
    where conversation_id = ? and join_no = 1 and peer_id is not null`,
  edit: 'update messages set content = ?, edited_at = ?, rev = ?, is_changed = 1 where ord = ?',
  remove: `update messages set content = '', deleted_at = ?, rev = ?, is_changed = 1 where ord = ?`,
  revise: 'update messages set rev = ?, is_changed = 1 where ord = ?',
  findReaction: 'select rev from reactions where message_id = ? and emoji = ? and user_id = ?',
  addReaction: 'insert into reactions (message_id, emoji, rev, user_id) values (?, ?, ?, ?)',
  removeReaction: 'delete from reactions where message_id = ? and emoji = ? and rev = ?',
  removeReactions: 'delete from reactions where message_id = ?',
  countEmojis: 'select count(*) as n from emojis where message_id = ?',
  addEmoji: 'insert into emojis (message_id, emoji, since_rev, user_count) values (?, ?, ?, 1)',
  countEmoji: 'update emojis set user_count = user_count + ? where message_id = ? and emoji = ?',
  removeEmoji: 'delete from emojis where message_id = ? and emoji = ? and user_count <= 0',
  removeEmojis: 'delete from emojis where message_id = ?',
} as const
