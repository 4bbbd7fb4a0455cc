import { tsvectorOf } from './postgres-search.ts'
import { scopeOf } from './search-text.ts'
import { run } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'

/** Any number of writers: what a batch decides on is locked until it is committed. */
export const POSTGRES_FLAVOUR: WriteFlavour = {
  lock: ' for no key update',
  takeOrd: `select nextval('messages_ord_seq') as ord`,
  lockMemberships: 'select 1 from (select pg_advisory_xact_lock(7306002)) as locked',
  texts: '(select value from json_array_elements_text(?::json))',
  index: {
    *replace(message) {
      const words = tsvectorOf(message.content, scopeOf(message))
      yield* run('update messages set words = ?::tsvector where ord = ?', words, message.ord)
    },
    *remove(ord) {
      yield* run('update messages set words = null where ord = ?', ord)
    },
  },
}
