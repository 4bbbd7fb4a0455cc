import { channelMessageQueries } from './channel-message-queries.ts'
import { channelQueries } from './channel-queries.ts'
import { queryBuilder, type SqlFlavour } from './compiled-query.ts'
import { directoryQueries } from './directory-queries.ts'
import { logQueries } from './log-queries.ts'
import { messageQueries } from './message-queries.ts'
import { roomQueries } from './room-queries.ts'

/** Every read there is, by name: a test looks at the plan of each. */
export function storeQueries(flavour: SqlFlavour) {
  const db = queryBuilder(flavour)
  return {
    ...messageQueries(db, flavour),
    ...directoryQueries(db, flavour),
    ...channelQueries(db, flavour),
    ...channelMessageQueries(db, flavour),
    ...roomQueries(db),
    ...logQueries(db),
  }
}

export type StoreQueries = ReturnType<typeof storeQueries>
