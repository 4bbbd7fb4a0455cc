import { type Kysely, type RawBuilder, sql } from 'kysely'
import { compileRead, type SqlFlavour } from './compiled-query.ts'
import { isOneOf, pairsOf } from './json-list.ts'
import { viewOf } from './message-view.ts'
import type { StoreDatabase } from './schema.ts'

/** The author's own cursors: who counts as having taken a message is everybody else. */
const messageView = (db: Kysely<StoreDatabase>) =>
  viewOf(db).select(['s.delivered_seq as own_delivered', 's.read_seq as own_read'])

const before = (db: Kysely<StoreDatabase>) =>
  compileRead((v: { channelId: string; before: number; limit: number }) =>
    messageView(db)
      .where('m.conversation_id', '=', v.channelId)
      .where('m.seq', '<', v.before)
      .orderBy('m.seq', 'desc')
      .limit(v.limit),
  )

const after = (db: Kysely<StoreDatabase>) =>
  compileRead((v: { channelId: string; after: number; limit: number }) =>
    messageView(db)
      .where('m.conversation_id', '=', v.channelId)
      .where('m.seq', '>', v.after)
      .orderBy('m.seq')
      .limit(v.limit),
  )

const answersBefore = (db: Kysely<StoreDatabase>) =>
  compileRead((v: { channelId: string; parentId: string; before: number; limit: number }) =>
    messageView(db)
      .where('m.conversation_id', '=', v.channelId)
      .where('m.parent_id', '=', v.parentId)
      .where('m.seq', '<', v.before)
      .orderBy('m.seq', 'desc')
      .limit(v.limit),
  )

const answersAfter = (db: Kysely<StoreDatabase>) =>
  compileRead((v: { channelId: string; parentId: string; after: number; limit: number }) =>
    messageView(db)
      .where('m.conversation_id', '=', v.channelId)
      .where('m.parent_id', '=', v.parentId)
      .where('m.seq', '>', v.after)
      .orderBy('m.seq')
      .limit(v.limit),
  )

const message = (db: Kysely<StoreDatabase>) =>
  compileRead(({ id }: { id: string }) => messageView(db).where('m.id', '=', id))

/** The literal tells that the index of those few holds them. */
const isChanged = sql<boolean>`x.is_changed = 1`

/**
 * Messages (`x`) appended after a revision of their conversation (`k`) and not changed: a revision appends one message at
 * most, so that they are among the last so many positions. There the order of revisions is that of positions.
 */
const isAppendedSince = (rev: number | RawBuilder<number>) =>
  sql<boolean>`x.seq > k.seq - (k.rev - ${rev}) and x.is_changed = 0 and x.rev > ${rev}`

/** The changes since are those of two indexes, each in order: only the first of both are put together. */
const changes = (db: Kysely<StoreDatabase>) =>
  compileRead(({ channelId, rev, limit }: { channelId: string; rev: number; limit: number }) => {
    const appended = db
      .selectFrom('conversations as k')
      .innerJoin('messages as x', 'x.conversation_id', 'k.id')
      .where('k.id', '=', channelId)
      .where(isAppendedSince(rev))
      .orderBy('x.seq')
      .limit(limit)
      .select('x.ord')
    const changed = db
      .selectFrom('messages as x')
      .where('x.conversation_id', '=', channelId)
      .where(isChanged)
      .where('x.rev', '>', rev)
      .orderBy('x.rev')
      .limit(limit)
      .select('x.ord')
    const found = db
      .selectFrom(appended.as('a'))
      .select('a.ord')
      .unionAll(db.selectFrom(changed.as('b')).select('b.ord'))
    return messageView(db).innerJoin(found.as('h'), 'h.ord', 'm.ord').orderBy('m.rev').limit(limit)
  })

/**
 * The same for many conversations: of those that moved, as many as there can be changes told of, for each has one at least.
 * Only what is told is read whole. `since` holds `[conversation, revision]`.
 */
const changesOf = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) =>
  compileRead(({ since, limit }: { since: string; limit: number }) => {
    const moved = db
      .selectFrom(pairsOf(flavour, since).as('since'))
      .innerJoin('conversations as k', 'k.id', 'since.text')
      .whereRef('k.rev', '>', 'since.number')
      .orderBy('since.place')
      .limit(limit)
      .select(['since.place', 'since.number as known', 'k.id', 'k.seq', 'k.rev'])
      .as('k')
    // A cross join: SQLite might begin at the changed messages of everybody otherwise, when there are few.
    const within = db.selectFrom(moved).crossJoin('messages as x').whereRef('x.conversation_id', '=', 'k.id')
    const found = within
      .where(isAppendedSince(sql.ref('k.known')))
      .select(['k.place', 'x.rev as told_rev', 'x.ord'])
      .unionAll(
        within
          .where(isChanged)
          .whereRef('x.rev', '>', 'k.known')
          .select(['k.place', 'x.rev as told_rev', 'x.ord']),
      )
      .orderBy('place')
      .orderBy('told_rev')
      .limit(limit)
    return messageView(db)
      .innerJoin(found.as('h'), 'h.ord', 'm.ord')
      .orderBy('h.place')
      .orderBy('m.rev')
      .limit(limit)
  })

/**
 * How many members have which cursors, as far as it matters to messages from `low` to `high`: a cursor below them counts
 * as the one before the first, one above as the last.
 */
const progress = (db: Kysely<StoreDatabase>) =>
  compileRead((v: { channelId: string; low: number; high: number; limit: number }) => {
    const within = (column: string) =>
      sql<number>`case when ${sql.ref(column)} >= ${v.high} then ${v.high}
        when ${sql.ref(column)} < ${v.low} then 0 else ${sql.ref(column)} end`
    return db
      .selectFrom((eb) =>
        eb
          .selectFrom('members as x')
          .where('x.conversation_id', '=', v.channelId)
          .where('x.delivered_seq', '>=', v.low)
          .select([within('x.delivered_seq').as('delivered'), within('x.read_seq').as('seen')])
          .as('p'),
      )
      .select(['p.delivered', 'p.seen'])
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .groupBy(['p.delivered', 'p.seen'])
      .limit(v.limit)
  })

/**
 * Each emoji under the messages with its count, and the first of those who have it: one row for each of these. The emojis
 * come first, so that of a thousand reactions no more are looked at than are told.
 */
const reactions = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) =>
  flavour === 'sqlite' ? reactionsOnSqlite(db) : reactionsOnPostgres(db)

type ReactionValues = { ids: string; emojis: number; reactors: number; limit: number }

const reactionsOnPostgres = (db: Kysely<StoreDatabase>) =>
  compileRead((v: ReactionValues) =>
    db
      .selectFrom((eb) =>
        eb
          .selectFrom('emojis')
          .where(isOneOf('postgres', 'message_id', v.ids))
          .select(['message_id', 'emoji', 'since_rev', 'user_count'])
          .limit(v.emojis)
          .as('e'),
      )
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('reactions as x')
            .whereRef('x.message_id', '=', 'e.message_id')
            .whereRef('x.emoji', '=', 'e.emoji')
            .orderBy('x.rev')
            .limit(v.reactors)
            .select(['x.rev', 'x.user_id'])
            .as('r'),
        (on) => on.onTrue(),
      )
      .select(['e.message_id', 'e.emoji', 'e.user_count', 'r.user_id'])
      .orderBy('e.message_id')
      .orderBy('e.since_rev')
      .orderBy('r.rev')
      .limit(v.limit),
  )

const reactionsOnSqlite = (db: Kysely<StoreDatabase>) =>
  compileRead((v: ReactionValues) =>
    db
      .selectFrom((eb) =>
        eb
          .selectFrom('emojis')
          .where(isOneOf('sqlite', 'message_id', v.ids))
          .select(['message_id', 'emoji', 'since_rev', 'user_count'])
          .limit(v.emojis)
          .as('e'),
      )
      .innerJoin('reactions as r', (on) =>
        on
          .onRef('r.message_id', '=', 'e.message_id')
          .onRef('r.emoji', '=', 'e.emoji')
          .on('r.rev', 'in', (eb) =>
            eb
              .selectFrom('reactions as x')
              .whereRef('x.message_id', '=', 'e.message_id')
              .whereRef('x.emoji', '=', 'e.emoji')
              .orderBy('x.rev')
              .limit(v.reactors)
              .select('x.rev'),
          ),
      )
      .select(['e.message_id', 'e.emoji', 'e.user_count', 'r.user_id'])
      .orderBy('e.message_id')
      .orderBy('e.since_rev')
      .orderBy('r.rev')
      .limit(v.limit),
  )

export const channelMessageQueries = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) => ({
  messagesBefore: before(db),
  messagesAfter: after(db),
  answersBefore: answersBefore(db),
  answersAfter: answersAfter(db),
  message: message(db),
  changes: changes(db),
  changesOf: changesOf(db, flavour),
  progress: progress(db),
  reactions: reactions(db, flavour),
})
