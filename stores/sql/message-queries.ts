import { type Kysely, sql } from 'kysely'
import { compileRead } from './compiled-query.ts'
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

/** Messages with their author (who may be gone) and the other member's cursors. */
function viewOf(db: Kysely<StoreDatabase>) {
  return db
    .selectFrom('messages as m')
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
      'r.delivered_seq as other_delivered',
      'r.read_seq as other_read',
    ])
}

const history = (db: Kysely<StoreDatabase>) =>
  compileRead(({ directKey, before, limit }: { directKey: string; before: number; limit: number }) =>
    viewOf(db)
      .innerJoin('conversations as c', 'c.id', 'm.conversation_id')
      .where('c.direct_key', '=', directKey)
      .where('m.seq', '<', before)
      .orderBy('m.seq', 'desc')
      .limit(limit),
  )

/** Of each conversation the first `limit` that wait, so that a long backlog in one does not have to be sorted. */
const waiting = (db: Kysely<StoreDatabase>) =>
  compileRead(({ userId, limit }: { userId: string; limit: number }) =>
    viewOf(db)
      .innerJoin('members as me', (on) =>
        on.onRef('me.conversation_id', '=', 'm.conversation_id').onRef('me.peer_id', '=', 'm.sender_id'),
      )
      .where('me.user_id', '=', userId)
      .where('m.ord', 'in', (eb) =>
        eb
          .selectFrom('messages as x')
          .select('x.ord')
          .whereRef('x.conversation_id', '=', 'me.conversation_id')
          .whereRef('x.sender_id', '=', 'me.peer_id')
          .whereRef('x.seq', '>', 'me.delivered_seq')
          .where('x.deleted_at', 'is', null)
          .orderBy('x.seq')
          .limit(limit),
      )
      .orderBy('m.ord')
      .limit(limit),
  )

const conversations = (db: Kysely<StoreDatabase>) =>
  compileRead(({ userId, after, limit }: { userId: string; after: number; limit: number }) =>
    viewOf(db)
      .innerJoin('conversations as c', 'c.last_ord', 'm.ord')
      .innerJoin('members as me', 'me.conversation_id', 'c.id')
      .innerJoin('user as p', 'p.id', 'me.peer_id')
      .leftJoin('user_state as ps', 'ps.user_id', 'p.id')
      .where('me.user_id', '=', userId)
      .where('c.last_ord', '<', after)
      .select([
        'p.id as id_of_peer',
        'p.name',
        'p.email',
        'p.image',
        'p.createdAt',
        'p.username',
        'p.displayUsername',
        'p.role',
        'p.banned',
        'p.banExpires',
        'p.isAnonymous',
        'ps.last_seen',
      ])
      .select((eb) =>
        eb
          .selectFrom('messages as n')
          .select((count) => count.fn.countAll<number>().as('n'))
          .whereRef('n.conversation_id', '=', 'me.conversation_id')
          .whereRef('n.sender_id', '=', 'me.peer_id')
          .whereRef('n.seq', '>', 'me.read_seq')
          .as('unread'),
      )
      .orderBy('c.last_ord', 'desc')
      .limit(limit),
  )

const contacts = (db: Kysely<StoreDatabase>) =>
  compileRead(({ userId, limit }: { userId: string; limit: number }) =>
    db
      .selectFrom('members as me')
      .innerJoin('conversations as c', 'c.id', 'me.conversation_id')
      .where('me.user_id', '=', userId)
      .where('me.peer_id', 'is not', null)
      .orderBy('c.last_ord', 'desc')
      .limit(limit)
      .select('me.peer_id'),
  )

/** Hits whether the user may see them or not, so that the page's end is known; `my_id` tells. */
const search = (db: Kysely<StoreDatabase>) =>
  compileRead(
    ({ userId, match, after, limit }: { userId: string; match: string; after: number; limit: number }) =>
      viewOf(db)
        .innerJoin(
          sql<{ ord: number }>`(select rowid as ord from message_fts where message_fts match ${match}
            and rowid < ${after} order by rowid desc limit ${limit})`.as('h'),
          'h.ord',
          'm.ord',
        )
        .leftJoin('members as me', (on) =>
          on.onRef('me.conversation_id', '=', 'm.conversation_id').on('me.user_id', '=', userId),
        )
        .select('me.user_id as my_id')
        .orderBy('m.ord', 'desc')
        .limit(limit),
  )

const epoch = (db: Kysely<StoreDatabase>) =>
  compileRead(() => db.selectFrom('meta').select('value').where('key', '=', 'epoch'))

export const messageQueries = (db: Kysely<StoreDatabase>) => ({
  history: history(db),
  waiting: waiting(db),
  conversations: conversations(db),
  contacts: contacts(db),
  search: search(db),
  epoch: epoch(db),
})
