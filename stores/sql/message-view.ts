import type { Kysely } from 'kysely'
import type { StoreDatabase } from './schema.ts'
import type { StoredMessageRow } from './write-protocol.ts'

/** A message with all that a `MessageView` tells. */
export interface MessageRow extends StoredMessageRow {
  readonly ord: number
  readonly sender_name: string | null
  readonly sender_avatar: string | null
  readonly receiver_id: string | null
  readonly other_delivered: number | null
  readonly other_read: number | null
}

const MESSAGE_COLUMNS = [
  'm.ord',
  'm.id',
  'm.conversation_id',
  'm.seq',
  'm.rev',
  'm.sender_id',
  'm.type',
  'm.content',
  'm.client_message_id',
  'm.parent_id',
  'm.created_at',
  'm.edited_at',
  'm.deleted_at',
] as const

/**
 * Messages (`m`) with their conversation (`c`), their author (`u`, who may be gone; as member `s`, who may have left) and
 * the furthest progress of anybody else: of the other member of a direct conversation (`r`), or of the best in a channel.
 */
export function viewOf(db: Kysely<StoreDatabase>) {
  return db
    .selectFrom('messages as m')
    .innerJoin('conversations as c', 'c.id', 'm.conversation_id')
    .leftJoin('user as u', 'u.id', 'm.sender_id')
    .leftJoin('members as s', (on) =>
      on.onRef('s.conversation_id', '=', 'm.conversation_id').onRef('s.user_id', '=', 'm.sender_id'),
    )
    .leftJoin('members as r', (on) =>
      on.onRef('r.conversation_id', '=', 'm.conversation_id').onRef('r.user_id', '=', 's.peer_id'),
    )
    .select(MESSAGE_COLUMNS)
    .select((eb) => [
      eb.fn.coalesce('u.displayUsername', 'u.username', 'u.name').as('sender_name'),
      'u.image as sender_avatar',
      's.peer_id as receiver_id',
      eb.fn
        .coalesce(
          'r.delivered_seq',
          eb
            .case()
            .when('c.best_delivered_by', '=', eb.ref('m.sender_id'))
            .then(eb.ref('c.second_delivered_seq'))
            .else(eb.ref('c.best_delivered_seq'))
            .end(),
        )
        .as('other_delivered'),
      eb.fn
        .coalesce(
          'r.read_seq',
          eb
            .case()
            .when('c.best_read_by', '=', eb.ref('m.sender_id'))
            .then(eb.ref('c.second_read_seq'))
            .else(eb.ref('c.best_read_seq'))
            .end(),
        )
        .as('other_read'),
    ])
}
