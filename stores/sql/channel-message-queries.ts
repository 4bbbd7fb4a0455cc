import { type Kysely, sql } from 'kysely'
import { compileRead, type SqlFlavour } from './compiled-query.ts'
import { pairsOf, textsOf } from './json-list.ts'
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

const changes = (db: Kysely<StoreDatabase>) =>
  compileRead((v: { channelId: string; rev: number; limit: number }) =>
    messageView(db)
      .where('m.conversation_id', '=', v.channelId)
      .where('m.rev', '>', v.rev)
      .orderBy('m.rev')
      .limit(v.limit),
  )

/** The first changes are found in the index alone; only they are read. `since` holds `[conversation, revision]`. */
const changesOf = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) =>
  compileRead(({ since, limit }: { since: string; limit: number }) =>
    messageView(db)
      .innerJoin(
        (eb) =>
          eb
            .selectFrom(pairsOf(flavour, since).as('since'))
            .innerJoin('messages as x', (on) =>
              on.onRef('x.conversation_id', '=', 'since.text').onRef('x.rev', '>', 'since.number'),
            )
            .orderBy('since.place')
            .orderBy('x.rev')
            .limit(limit)
            .select(['since.place', 'x.ord'])
            .as('h'),
        (on) => on.onRef('h.ord', '=', 'm.ord'),
      )
      .orderBy('h.place')
      .orderBy('m.rev')
      .limit(limit),
  )

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
  compileRead((v: { ids: string; emojis: number; reactors: number; limit: number }) =>
    db
      .selectFrom((eb) =>
        eb
          .selectFrom('emojis')
          .where('message_id', 'in', textsOf(flavour, v.ids))
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
