import type { DirectoryUser, MessageView } from '@parley/core'
import type { DeliveryStatus } from '@parley/model'
import type { MessageRow } from './message-view.ts'
import type { UserTable } from './schema.ts'
import { toMessage } from './stored-message.ts'

/** An account's row as the directory reads it. */
export type AccountRow = Pick<
  UserTable,
  | 'id'
  | 'name'
  | 'email'
  | 'image'
  | 'createdAt'
  | 'username'
  | 'displayUsername'
  | 'role'
  | 'banned'
  | 'banExpires'
  | 'isAnonymous'
> & { readonly last_seen: number | null }

/** What stands for the author of a message whose account is gone. No username can be this. */
const GONE = 'Deleted account'

function statusOf({ seq, other_delivered, other_read }: MessageRow): DeliveryStatus {
  if (other_read !== null && other_read >= seq) return 'read'
  return other_delivered !== null && other_delivered >= seq ? 'delivered' : 'sent'
}

export const toView = (row: MessageRow): MessageView => ({
  message: toMessage(row),
  sender: { id: row.sender_id, username: row.sender_name ?? GONE, avatar: row.sender_avatar },
  status: statusOf(row),
  receiverId: row.receiver_id,
})

function roleOf(row: AccountRow): DirectoryUser['role'] {
  if (row.isAnonymous === 1) return 'guest'
  // The admin plugin keeps several roles as `a,b`.
  return row.role?.split(',').includes('admin') ? 'admin' : 'user'
}

const isDisabled = (row: AccountRow): boolean =>
  row.banned === 1 && (row.banExpires === null || Date.parse(row.banExpires) > Date.now())

export const toDirectoryUser = (row: AccountRow): DirectoryUser => ({
  id: row.id,
  username: row.displayUsername ?? row.username ?? row.name,
  avatar: row.image,
  email: row.email,
  role: roleOf(row),
  disabled: isDisabled(row),
  createdAt: Date.parse(row.createdAt),
  lastSeen: row.last_seen,
})
