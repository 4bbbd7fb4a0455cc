import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore, restoreSqlite } from '../index.ts'
import { makeFolder, openHarness, type SqliteHarness } from './harness.ts'
import { append, receipt } from './ops.ts'

const ann = { id: 'a' }
const bob = { id: 'b' }

describe('backup and restore', () => {
  let harness: SqliteHarness
  const folder = makeFolder()
  beforeEach(async () => {
    harness = await openHarness()
  })
  afterEach(async () => {
    await harness.close()
    folder.remove()
  })

  it('SQLITE-4 a backup during writes is whole, and opens', async () => {
    const { store } = harness
    const file = join(harness.file, '..', 'copy.db')
    let isDone = false
    const writing = (async () => {
      while (!isDone) await store.commit([append(ann, bob), append(bob, ann)])
    })()
    await store.backup(file)
    isDone = true
    await writing
    expect(existsSync(`${file}.partial`)).toBe(false)
    const copy = new Database(file, { readonly: true })
    const { n, top } = copy.prepare('select count(*) as n, max(seq) as top from messages').get() as {
      n: number
      top: number
    }
    const head = copy.prepare('select seq from conversations').pluck().get()
    expect([n, head]).toEqual([top, top])
    expect(top % 2).toBe(0)
    copy.close()
    const opened = await openSqliteStore({ file })
    expect((await opened.commit([append(ann, bob)]))[0]).toMatchObject({ message: { seq: top + 1 } })
    await opened.close()
  })

  it('SQLITE-5 a restored store has what the backup had, and another epoch', async () => {
    const { store, file } = harness
    await store.commit([append(ann, bob)])
    const epoch = await store.epoch()
    const copy = join(file, '..', 'copy.db')
    await store.backup(copy)
    await store.commit([append(ann, bob), receipt(bob, 'read', { directWith: ann.id })])
    await store.close()
    restoreSqlite(copy, file)
    const restored = await harness.reopen!()
    expect(await restored.epoch()).not.toBe(epoch)
    expect((await restored.commit([append(ann, bob)]))[0]).toMatchObject({ message: { seq: 2 } })
    expect((await restored.search({ userId: ann.id, text: 'hello', limit: 10 })).items).toHaveLength(2)
  })

  it('SQLITE-5 a database in use is not replaced', async () => {
    const copy = join(harness.file, '..', 'copy.db')
    await harness.store.backup(copy)
    await harness.store.commit([append(ann, bob)])
    expect(() => restoreSqlite(copy, harness.file)).toThrow('is in use')
    expect((await harness.store.commit([append(ann, bob)]))[0]).toMatchObject({ message: { seq: 2 } })
  })

  it('SQLITE-5 what is no backup is not restored', async () => {
    const { file } = harness
    await harness.store.close()
    const other = join(file, '..', 'other.db')
    new Database(other).exec('create table t (a)').close()
    expect(() => restoreSqlite(other, file)).toThrow('not a backup')
    expect(() => restoreSqlite(join(file, '..', 'none.db'), file)).toThrow()
    await (await harness.reopen!()).ping()
  })
})
