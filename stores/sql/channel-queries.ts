import type { ExpressionBuilder, Kysely } from 'kysely'
import { compileRead, type SqlFlavour } from './compiled-query.ts'
import { accountColumns } from './directory-queries.ts'
import { isOneOf } from './json-list.ts'
import type { ConversationTable, MemberTable, StoreDatabase } from './schema.ts'

type Joined = StoreDatabase & { c: ConversationTable; me: MemberTable }

const CHANNEL_COLUMNS = [
  'c.id as channel_id',
  'c.kind',
  'c.name as channel_name',
  'c.is_private',
  'c.member_count',
  'c.seq',
  'c.rev',
  'c.created_at',
  'c.archived_at',
  'c.last_ord',
  'c.listed_as',
  'me.role as my_role',
  'me.delivered_seq',
  'me.read_seq',
] as const

/** Own messages after one's read cursor: all the others there are unread. */
const ownUnread = (eb: ExpressionBuilder<Joined, 'c' | 'me'>) =>
  eb
    .selectFrom('messages as n')
    .select((count) => count.fn.countAll<number>().as('n'))
    .whereRef('n.conversation_id', '=', 'me.conversation_id')
    .whereRef('n.sender_id', '=', 'me.user_id')
    .whereRef('n.seq', '>', 'me.read_seq')
    .as('own_unread')

const unreadMentions = (eb: ExpressionBuilder<Joined, 'c' | 'me'>) =>
  eb
    .selectFrom('mentions as t')
    .select((count) => count.fn.countAll<number>().as('n'))
    .whereRef('t.conversation_id', '=', 'me.conversation_id')
    .whereRef('t.user_id', '=', 'me.user_id')
    .whereRef('t.seq', '>', 'me.read_seq')
    .as('mention_count')

/** A conversation (`c`) as one user sees it, who may be no member (`me`), with the other one of a direct conversation. */
const channelView = (db: Kysely<StoreDatabase>, userId: string) =>
  db
    .selectFrom('conversations as c')
    .leftJoin('members as me', (on) =>
      on.onRef('me.conversation_id', '=', 'c.id').on('me.user_id', '=', userId),
    )
    .leftJoin('user as p', 'p.id', 'me.peer_id')
    .leftJoin('user_state as ps', 'ps.user_id', 'p.id')
    .select(CHANNEL_COLUMNS)
    .select(accountColumns('p', 'ps'))
    .select((eb) => [ownUnread(eb), unreadMentions(eb)])

const conversation = (db: Kysely<StoreDatabase>) =>
  compileRead(({ id }: { id: string }) =>
    db
      .selectFrom('conversations as c')
      .leftJoin('members as d', (on) =>
        on.onRef('d.conversation_id', '=', 'c.id').on('d.peer_id', 'is not', null).on('d.join_no', '=', 1),
      )
      .where('c.id', '=', id)
      .select(['c.id', 'c.kind', 'd.user_id', 'd.peer_id']),
  )

const directOf = (db: Kysely<StoreDatabase>) =>
  compileRead(({ directKey }: { directKey: string }) =>
    db.selectFrom('conversations').where('direct_key', '=', directKey).select('id'),
  )

const channel = (db: Kysely<StoreDatabase>) =>
  compileRead(({ channelId, userId }: { channelId: string; userId: string }) =>
    channelView(db, userId).where('c.id', '=', channelId),
  )

/** Run by the writer, within the transaction that makes the conversation or finds it. */
const directView = (db: Kysely<StoreDatabase>) =>
  compileRead(({ directKey, userId }: { directKey: string; userId: string }) =>
    channelView(db, userId).where('c.direct_key', '=', directKey),
  )

const role = (db: Kysely<StoreDatabase>) =>
  compileRead(({ channelId, userId }: { channelId: string; userId: string }) =>
    db
      .selectFrom('members')
      .where('conversation_id', '=', channelId)
      .where('user_id', '=', userId)
      .select('role'),
  )

/** The page is cut before anything is counted. */
const channels = (db: Kysely<StoreDatabase>) =>
  compileRead(({ userId, after, limit }: { userId: string; after: number; limit: number }) =>
    channelView(db, userId)
      .innerJoin(
        (eb) =>
          eb
            .selectFrom('members as x')
            .innerJoin('conversations as y', 'y.id', 'x.conversation_id')
            .where('x.user_id', '=', userId)
            .where('y.last_ord', '<', after)
            .orderBy('y.last_ord', 'desc')
            .limit(limit)
            .select('y.id')
            .as('own'),
        (on) => on.onRef('own.id', '=', 'c.id'),
      )
      .orderBy('c.last_ord', 'desc')
      .limit(limit),
  )

const publicChannels = (db: Kysely<StoreDatabase>) =>
  compileRead(
    (v: { userId: string; from: string; to: string; afterName: string; afterId: string; limit: number }) =>
      channelView(db, v.userId)
        .where('c.listed_as', '>=', v.from)
        .where('c.listed_as', '<', v.to)
        .where((eb) => eb(eb.refTuple('c.listed_as', 'c.id'), '>', eb.tuple(v.afterName, v.afterId)))
        .orderBy('c.listed_as')
        .orderBy('c.id')
        .limit(v.limit),
  )

const members = (db: Kysely<StoreDatabase>) =>
  compileRead(({ channelId, after, limit }: { channelId: string; after: number; limit: number }) =>
    db
      .selectFrom('members as me')
      .innerJoin('user as u', 'u.id', 'me.user_id')
      .leftJoin('user_state as s', 's.user_id', 'u.id')
      .where('me.conversation_id', '=', channelId)
      .where('me.join_no', '>', after)
      .select(accountColumns('u', 's'))
      .select(['me.role as my_role', 'me.delivered_seq', 'me.read_seq', 'me.joined_at', 'me.join_no'])
      .orderBy('me.join_no')
      .limit(limit),
  )

const cursors = (db: Kysely<StoreDatabase>) =>
  compileRead(({ channelId, limit }: { channelId: string; limit: number }) =>
    db
      .selectFrom('members')
      .where('conversation_id', '=', channelId)
      .select(['user_id', 'delivered_seq', 'read_seq'])
      .orderBy('join_no')
      .limit(limit),
  )

const memberIds = (db: Kysely<StoreDatabase>) =>
  compileRead(({ channelId, limit }: { channelId: string; limit: number }) =>
    db
      .selectFrom('members')
      .where('conversation_id', '=', channelId)
      .select('user_id')
      .orderBy('join_no')
      .limit(limit),
  )

const cursorsOf = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) =>
  compileRead(({ ids, most, limit }: { ids: string; most: number; limit: number }) =>
    db
      .selectFrom('conversations as c')
      .innerJoin('members as me', 'me.conversation_id', 'c.id')
      .where(isOneOf(flavour, 'c.id', ids))
      .where('c.member_count', '<=', most)
      .select(['me.conversation_id', 'me.user_id', 'me.delivered_seq', 'me.read_seq'])
      .limit(limit),
  )

export const channelQueries = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) => ({
  conversation: conversation(db),
  directOf: directOf(db),
  channel: channel(db),
  directView: directView(db),
  role: role(db),
  channels: channels(db),
  publicChannels: publicChannels(db),
  members: members(db),
  cursors: cursors(db),
  memberIds: memberIds(db),
  cursorsOf: cursorsOf(db, flavour),
})
