import { join } from 'node:path'
import type { WriteOp } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { Committer } from '../committer.ts'
import { encodeOp } from '../op-codec.ts'
import { openWriter } from '../open-database.ts'
import { storeQueries } from '../queries.ts'
import { SearchIndexer } from '../search-indexer.ts'
import { makeFolder, openCommitter } from './harness.ts'
import { append, channel, post } from './ops.ts'

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
    expect(indexer.lag()).toBe(405)
    // As after a crash: only what was committed counts.
    const next = new SearchIndexer(db)
    for (let step = 0; step < 6; step += 1) next.step()
    expect(next.lag()).toBe(0)
    const count = db.prepare(`select count(*) from message_fts where message_fts match 'hello'`).pluck().get()
    expect(count).toBe(505)
    expect(db.pragma('synchronous', { simple: true })).toBe(2)
    db.close()
    folder.remove()
  })

  it('SQLITE-22 merges a bounded number of pages with each step, also in a database that was made before', () => {
    const { db, commit, close } = openCommitter()
    const options = () => db.prepare('select k, v from message_fts_config').raw().all()
    db.exec(`insert into message_fts (message_fts, rank) values ('automerge', 4)`)
    const indexer = new SearchIndexer(db)
    expect(Object.fromEntries(options() as [string, number][])).toMatchObject({
      automerge: 0,
      crisismerge: 200,
    })
    /** Of the index: how many parts a search looks at. In the record of its structure, after a cookie and a mark of 4 bytes each. */
    const parts = (): number => {
      const block = db.prepare('select block from message_fts_data where id = 10').pluck().get() as Buffer
      return block[9]!
    }
    const most: number[] = []
    for (let step = 0; step < 60; step += 1) {
      commit([append({ id: 'a' }, { id: 'b' }, { content: `only${step}` })])
      indexer.step()
      most.push(parts())
    }
    expect(indexer.lag()).toBe(0)
    expect(Math.max(...most)).toBeGreaterThan(1)
    expect(Math.max(...most)).toBeLessThan(20)
    const found = db.prepare('select count(*) from message_fts where message_fts match ?').pluck()
    expect(Array.from({ length: 60 }, (_, step) => found.get(`only${step}`))).toEqual(Array(60).fill(1))
    close()
  })

  it('SQLITE-20 the index follows edits and deletions, of messages that are in it and of those that are not yet', () => {
    const { db, commit, close } = openCommitter()
    const indexer = new SearchIndexer(db)
    const said = ['one', 'two', 'three', 'four'].map((content) => post({ id: 'a' }, 'g', { content }))
    const idOf = (index: number) => said[index]!.messageId
    const edit = (index: number, content: string): WriteOp => ({
      ...{ kind: 'edit-message', messageId: idOf(index), actorId: 'a', content, mentioned: [], at: 1 },
    })
    const remove = (index: number): WriteOp => ({
      ...{ kind: 'delete-message', messageId: idOf(index), expect: [], at: 1 },
    })
    const has = (word: string) =>
      db.prepare('select count(*) from message_fts where message_fts match ?').pluck().get(word)
    commit([channel('g', ['a']), ...said.slice(0, 2)])
    indexer.step()
    commit([...said.slice(2), edit(0, 'eins'), edit(2, 'drei'), remove(1), remove(3)])
    expect(['one', 'two', 'eins', 'drei'].map(has)).toEqual([0, 0, 1, 0])
    indexer.step()
    expect(['one', 'two', 'three', 'four', 'eins', 'drei'].map(has)).toEqual([0, 0, 0, 0, 1, 1])
    expect(has('scope : cg')).toBe(2)
    close()
  })
})
