import { queryBuilder, type SqlFlavour } from './compiled-query.ts'
import { directoryQueries } from './directory-queries.ts'
import { messageQueries } from './message-queries.ts'

/** Every read there is, by name: a test looks at the plan of each. */
export function storeQueries(flavour: SqlFlavour) {
  const db = queryBuilder(flavour)
  return { ...messageQueries(db), ...directoryQueries(db, flavour) }
}

export type StoreQueries = ReturnType<typeof storeQueries>
