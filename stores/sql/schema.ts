import type { Generated } from 'kysely'

/** Better Auth's table, as far as the store reads it. Times are ISO 8601 text, booleans 0 or 1. */
export interface UserTable {
  id: string
  name: string
  email: string
  emailVerified: number
  image: string | null
  createdAt: string
  updatedAt: string
  /** Lower case, unique. */
  username: string | null
  /** As its owner wrote it. */
  displayUsername: string | null
  role: string | null
  banned: number | null
  banReason: string | null
  banExpires: string | null
  isAnonymous: number | null
}

export interface ConversationTable {
  id: string
  kind: string
  /** `directKey` of the two members of a direct conversation. */
  direct_key: string | null
  seq: number
  rev: number
  /** Newest activity: the `ord` of the last message, or one of its own when the conversation was made without any. */
  last_ord: number
  created_at: number
  name: string | null
  /** The lower-case name of a public channel in use; null for every other conversation. */
  listed_as: string | null
  is_private: number
  archived_at: number | null
  member_count: number
  /** The furthest cursors of two different members of a channel (`progress.ts`). */
  best_delivered_seq: number
  best_delivered_by: string | null
  second_delivered_seq: number
  best_read_seq: number
  best_read_by: string | null
  second_read_seq: number
}

export interface MemberTable {
  conversation_id: string
  user_id: string
  /** The other member of a direct conversation; null in a channel. */
  peer_id: string | null
  delivered_seq: number
  read_seq: number
  joined_at: number
  role: string
  /** Rises with every newcomer of the conversation. */
  join_no: number
}

export interface MessageTable {
  /** Commit order over all conversations. */
  ord: Generated<number>
  id: string
  conversation_id: string
  seq: number
  rev: number
  sender_id: string
  type: string
  content: string
  client_message_id: string | null
  /** Of what was first sent under `client_message_id`; later edits leave it alone. */
  client_digest: string | null
  parent_id: string | null
  created_at: number
  edited_at: number | null
  deleted_at: number | null
  /** 1: edited, deleted or reacted to since it was appended, so that `rev` is not that of its appending. */
  is_changed: Generated<number>
}

/** One emoji under a message, with how many have it. */
export interface EmojiTable {
  message_id: string
  emoji: string
  since_rev: number
  user_count: number
}

export interface ReactionTable {
  message_id: string
  emoji: string
  /** The revision that the reaction made: the order of reactions. */
  rev: number
  user_id: string
}

export interface MentionTable {
  conversation_id: string
  user_id: string
  seq: number
}

export interface RoomTable {
  code: string
  name: string
  creator_id: string
  pin_hash: string | null
  created_at: number
  was_entered: number
}

export interface RoomMemberTable {
  code: string
  user_id: string
  join_no: number
  /** 1: admitted, but no member any more. */
  has_left: number
}

export interface UserStateTable {
  user_id: string
  last_seen: number
}

export interface MetaTable {
  key: string
  value: string
}

export interface StoreDatabase {
  user: UserTable
  conversations: ConversationTable
  members: MemberTable
  messages: MessageTable
  emojis: EmojiTable
  reactions: ReactionTable
  mentions: MentionTable
  rooms: RoomTable
  room_members: RoomMemberTable
  user_state: UserStateTable
  meta: MetaTable
}
