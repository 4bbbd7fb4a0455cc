import type { Kysely } from 'kysely'
import { compileRead } from './compiled-query.ts'
import type { StoreDatabase } from './schema.ts'

const logEnd = (db: Kysely<StoreDatabase>) =>
  compileRead(({ limit }: { limit: number }) =>
    db
      .selectFrom('messages as m')
      .where('m.ord', '>', 0)
      .orderBy('m.ord', 'desc')
      .limit(limit)
      .select('m.ord'),
  )

const logged = (db: Kysely<StoreDatabase>) =>
  compileRead(({ low, high, limit }: { low: number; high: number; limit: number }) =>
    db
      .selectFrom('messages as m')
      .innerJoin('conversations as k', 'k.id', 'm.conversation_id')
      .where('m.ord', '>', low)
      .where('m.ord', '<=', high)
      .groupBy(['k.id', 'k.direct_key'])
      .select(['k.id', 'k.direct_key'])
      .select(({ fn }) => [
        fn.min('m.rev').as('from'),
        fn.max('m.rev').as('rev'),
        fn.min('m.seq').as('seq_from'),
      ])
      .limit(limit),
  )

export const logQueries = (db: Kysely<StoreDatabase>) => ({ logEnd: logEnd(db), logged: logged(db) })
