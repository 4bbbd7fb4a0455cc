import { type Kysely, sql } from 'kysely'
import { compileRead, type SqlFlavour } from './compiled-query.ts'
import type { StoreDatabase } from './schema.ts'

const accounts = (db: Kysely<StoreDatabase>) =>
  db
    .selectFrom('user as u')
    .leftJoin('user_state as s', 's.user_id', 'u.id')
    .select([
      'u.id',
      'u.name',
      'u.email',
      'u.image',
      'u.createdAt',
      'u.username',
      'u.displayUsername',
      'u.role',
      'u.banned',
      'u.banExpires',
      'u.isAnonymous',
      's.last_seen',
    ])

/** `ids` is a JSON array: one text for any number of them. */
const valuesOf = (flavour: SqlFlavour, ids: string) =>
  flavour === 'sqlite'
    ? sql<string>`(select value from json_each(${ids}))`
    : sql<string>`(select value from json_array_elements_text(${ids}::json))`

const list = (db: Kysely<StoreDatabase>) =>
  compileRead((v: { after: string; from: string; to: string; now: string; limit: number }) =>
    accounts(db)
      .where('u.username', '>', v.after)
      .where('u.username', '>=', v.from)
      .where('u.username', '<', v.to)
      .where((eb) => eb.or([eb('u.isAnonymous', 'is', null), eb('u.isAnonymous', '=', 0)]))
      .where((eb) =>
        eb.or([eb('u.banned', 'is', null), eb('u.banned', '=', 0), eb('u.banExpires', '<=', v.now)]),
      )
      .orderBy('u.username')
      .limit(v.limit),
  )

export const directoryQueries = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) => ({
  find: compileRead(({ id }: { id: string }) => accounts(db).where('u.id', '=', id)),
  findMany: compileRead(({ ids }: { ids: string }) =>
    accounts(db).where('u.id', 'in', valuesOf(flavour, ids)),
  ),
  findByName: compileRead(({ username }: { username: string }) =>
    accounts(db).where('u.username', '=', username),
  ),
  list: list(db),
})
