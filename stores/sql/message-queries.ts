import { type Kysely, sql } from 'kysely'
import { compileRead, type SqlFlavour } from './compiled-query.ts'
import { accountDetails } from './directory-queries.ts'
import { viewOf } from './message-view.ts'
import type { StoreDatabase } from './schema.ts'

/** Memberships of others that `contacts` walks: twenty for each that it may answer. */
const MAX_FELLOW_ROWS = 20_000

const history = (db: Kysely<StoreDatabase>) =>
  compileRead(({ directKey, before, limit }: { directKey: string; before: number; limit: number }) =>
    viewOf(db)
      .where('c.direct_key', '=', directKey)
      .where('m.seq', '<', before)
      .orderBy('m.seq', 'desc')
      .limit(limit),
  )

/**
 * Of each conversation the first `limit` that wait, so that a long backlog in one does not have to be sorted. Nothing else
 * joins the messages to the membership: they are to be found by these keys, and not by walking what the peer wrote.
 */
const waiting = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) =>
  flavour === 'sqlite' ? waitingOnSqlite(db) : waitingOnPostgres(db)

const waitingOnPostgres = (db: Kysely<StoreDatabase>) =>
  compileRead(({ userId, limit }: { userId: string; limit: number }) =>
    viewOf(db)
      .innerJoin(
        sql<{ ord: number }>`(select x.ord from members as me cross join lateral (
            select x.ord from messages as x
            where x.conversation_id = me.conversation_id and x.sender_id = me.peer_id
              and x.seq > me.delivered_seq and x.deleted_at is null
            order by x.seq limit ${limit}) as x
          where me.user_id = ${userId} order by x.ord limit ${limit})`.as('h'),
        'h.ord',
        'm.ord',
      )
      .orderBy('m.ord')
      .limit(limit),
  )

const waitingOnSqlite = (db: Kysely<StoreDatabase>) =>
  compileRead(({ userId, limit }: { userId: string; limit: number }) =>
    viewOf(db)
      .innerJoin('members as me', (on) =>
        on.on('m.ord', 'in', (eb) =>
          eb
            .selectFrom('messages as x')
            .select('x.ord')
            .whereRef('x.conversation_id', '=', 'me.conversation_id')
            .whereRef('x.sender_id', '=', 'me.peer_id')
            .whereRef('x.seq', '>', 'me.delivered_seq')
            .where('x.deleted_at', 'is', null)
            .orderBy('x.seq')
            .limit(limit),
        ),
      )
      .where('me.user_id', '=', userId)
      .orderBy('m.ord')
      .limit(limit),
  )

const conversations = (db: Kysely<StoreDatabase>) =>
  compileRead(({ userId, after, limit }: { userId: string; after: number; limit: number }) =>
    viewOf(db)
      .innerJoin('members as me', 'me.conversation_id', 'c.id')
      .innerJoin('user as p', 'p.id', 'me.peer_id')
      .leftJoin('user_state as ps', 'ps.user_id', 'p.id')
      .where('me.user_id', '=', userId)
      .whereRef('m.ord', '=', 'c.last_ord')
      .where('c.last_ord', '<', after)
      .select('p.id as id_of_peer')
      // Without the account's id, which would stand for the message's.
      .select(accountDetails('p', 'ps'))
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

/** Members of the user's channels. Of a great many channels only the first rows are looked at. */
const fellows = (db: Kysely<StoreDatabase>) =>
  compileRead(({ userId, limit }: { userId: string; limit: number }) =>
    db
      .selectFrom((eb) =>
        eb
          .selectFrom('members as me')
          .innerJoin('members as f', 'f.conversation_id', 'me.conversation_id')
          .where('me.user_id', '=', userId)
          .where('me.peer_id', 'is', null)
          .select('f.user_id')
          .limit(MAX_FELLOW_ROWS)
          .as('f'),
      )
      .where('f.user_id', '<>', userId)
      .select('f.user_id')
      .distinct()
      .limit(limit),
  )

/** On PostgreSQL sorted by what no index has: walking all messages from the newest on would find a rare word late. */
const hits = (flavour: SqlFlavour, match: string, after: number, limit: number) =>
  flavour === 'sqlite'
    ? sql<{ ord: number }>`(select rowid as ord from message_fts where message_fts match ${match}
        and rowid < ${after} order by rowid desc limit ${limit})`
    : sql<{ ord: number }>`(select ord from messages where words @@ ${match}::tsquery
        and ord < ${after} order by ord + 0 desc limit ${limit})`

/** Hits whether the user may see them or not, so that the page's end is known; `my_id` tells. */
const search = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) =>
  compileRead(
    ({ userId, match, after, limit }: { userId: string; match: string; after: number; limit: number }) =>
      viewOf(db)
        .innerJoin(hits(flavour, match, after, limit).as('h'), 'h.ord', 'm.ord')
        .leftJoin('members as me', (on) =>
          on.onRef('me.conversation_id', '=', 'm.conversation_id').on('me.user_id', '=', userId),
        )
        .select('me.user_id as my_id')
        .orderBy('m.ord', 'desc')
        .limit(limit),
  )

/** What a search looks through besides the user's direct conversations. */
const channelIds = (db: Kysely<StoreDatabase>) =>
  compileRead(({ userId, limit }: { userId: string; limit: number }) =>
    db
      .selectFrom('members as me')
      .where('me.user_id', '=', userId)
      .where('me.peer_id', 'is', null)
      .select('me.conversation_id')
      .limit(limit),
  )

const epoch = (db: Kysely<StoreDatabase>) =>
  compileRead(() => db.selectFrom('meta').select('value').where('key', '=', 'epoch'))

export const messageQueries = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) => ({
  history: history(db),
  waiting: waiting(db, flavour),
  conversations: conversations(db),
  contacts: contacts(db),
  fellows: fellows(db),
  channelIds: channelIds(db),
  search: search(db, flavour),
  epoch: epoch(db),
})
