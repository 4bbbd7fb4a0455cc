import { type Kysely, sql } from 'kysely'
import { compileRead, type SqlFlavour } from './compiled-query.ts'
import { isOneOf } from './json-list.ts'
import type { StoreDatabase } from './schema.ts'

/** What the directory tells of an account beside its id, from the tables of these names. */
export const accountDetails = <U extends string, S extends string>(user: U, state: S) =>
  [
    `${user}.name`,
    `${user}.email`,
    `${user}.image`,
    `${user}.createdAt`,
    `${user}.username`,
    `${user}.displayUsername`,
    `${user}.role`,
    `${user}.banned`,
    `${user}.banExpires`,
    `${user}.isAnonymous`,
    `${state}.last_seen`,
  ] as const

export const accountColumns = <U extends string, S extends string>(user: U, state: S) =>
  [`${user}.id`, ...accountDetails(user, state)] as const

const accounts = (db: Kysely<StoreDatabase>) =>
  db.selectFrom('user as u').leftJoin('user_state as s', 's.user_id', 'u.id').select(accountColumns('u', 's'))

/** Better Auth's booleans. */
const no = (flavour: SqlFlavour) => (flavour === 'sqlite' ? sql<number>`0` : sql<number>`false`)

const list = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) =>
  compileRead((v: { after: string; from: string; to: string; now: string; limit: number }) =>
    accounts(db)
      .where('u.username', '>', v.after)
      .where('u.username', '>=', v.from)
      .where('u.username', '<', v.to)
      .where((eb) => eb.or([eb('u.isAnonymous', 'is', null), eb('u.isAnonymous', '=', no(flavour))]))
      .where((eb) =>
        eb.or([
          eb('u.banned', 'is', null),
          eb('u.banned', '=', no(flavour)),
          eb('u.banExpires', '<=', v.now),
        ]),
      )
      .orderBy('u.username')
      .limit(v.limit),
  )

export const directoryQueries = (db: Kysely<StoreDatabase>, flavour: SqlFlavour) => ({
  find: compileRead(({ id }: { id: string }) => accounts(db).where('u.id', '=', id)),
  findMany: compileRead(({ ids }: { ids: string }) => accounts(db).where(isOneOf(flavour, 'u.id', ids))),
  findByName: compileRead(({ username }: { username: string }) =>
    accounts(db).where('u.username', '=', username),
  ),
  list: list(db, flavour),
})
