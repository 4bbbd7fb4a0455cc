import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Committer } from '../committer.ts'
import { encodeOp } from '../op-codec.ts'
import { openWriter } from '../open-database.ts'
import { storeQueries } from '../queries.ts'
import { SearchIndexer } from '../search-indexer.ts'
import { makeFolder } from './harness.ts'
import { append } from './ops.ts'

describe('search index', () => {
  it('SQLITE-9 indexing leaves full syncing on, skips nothing and repeats nothing', () => {
    const folder = makeFolder()
    const db = openWriter({ file: join(folder.path, 'i.db'), role: 'writer', maxPages: null })
    const queries = storeQueries('sqlite')
    const committer = new Committer(db)
    const indexer = new SearchIndexer(db)
    for (let batch = 0; batch < 5; batch += 1) {
      committer.commit(Array.from({ length: 101 }, () => encodeOp(append({ id: 'a' }, { id: 'b' }), queries)))
    }
    expect(indexer.lag()).toBe(505)
    indexer.step()
    expect(indexer.lag()).toBe(305)
    // As after a crash: only what was committed counts.
    const next = new SearchIndexer(db)
    next.step()
    next.step()
    next.step()
    expect(next.lag()).toBe(0)
    const count = db.prepare(`select count(*) from message_fts where message_fts match 'hello'`).pluck().get()
    expect(count).toBe(505)
    expect(db.pragma('synchronous', { simple: true })).toBe(2)
    db.close()
    folder.remove()
  })
})
