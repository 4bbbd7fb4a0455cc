import { scopeOf } from './search-text.ts'
import { row, run, type Work } from './work.ts'
import type { Indexable, WriteFlavour } from './write-flavour.ts'
import { WRITE } from './write-statements.ts'

/** Has the `SearchIndexer` come to a message? If not, it reads what is there when it does. */
function* isIndexed(ord: number): Work<boolean> {
  const found = yield* row<{ value: string }>(WRITE.indexedOrd)
  return ord <= Number(found?.value)
}

/** SQLite has one writer, which keeps the full-text index of messages in a table of its own. */
export const SQLITE_FLAVOUR: WriteFlavour = {
  lock: '',
  takeOrd: WRITE.takeOrd,
  lockMemberships: null,
  texts: '(select value from json_each(?))',
  index: {
    *replace(message: Indexable) {
      if (!(yield* isIndexed(message.ord))) return
      yield* run(WRITE.removeFromIndex, message.ord)
      yield* run(WRITE.addToIndex, message.ord, message.content, scopeOf(message))
    },
    *remove(ord: number) {
      if (yield* isIndexed(ord)) yield* run(WRITE.removeFromIndex, ord)
    },
  },
}
