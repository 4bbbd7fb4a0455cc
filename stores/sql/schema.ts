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
  last_ord: number
  created_at: number
}

export interface MemberTable {
  conversation_id: string
  user_id: string
  /** The other member of a direct conversation. */
  peer_id: string | null
  delivered_seq: number
  read_seq: number
  joined_at: number
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
  user_state: UserStateTable
  meta: MetaTable
}
