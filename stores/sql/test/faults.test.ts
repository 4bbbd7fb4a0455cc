import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from '../index.ts'
import { openWriter } from '../open-database.ts'
import { storeQueries } from '../queries.ts'
import { SqliteStore } from '../sqlite-store.ts'
import { WorkerClient } from '../worker-client.ts'
import { makeFolder, openHarness } from './harness.ts'
import { append } from './ops.ts'

const ann = { id: 'a' }
const bob = { id: 'b' }
const UNAVAILABLE = { code: 'UNAVAILABLE', retry: 'retry' }

/** Tries until the store answers again; how long it took, in ms. */
async function comeback(store: SqliteStore): Promise<number> {
  const start = Date.now()
  for (;;) {
    const isUp = await store.ping().then(
      () => true,
      () => false,
    )
    if (isUp) return Date.now() - start
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('faults', () => {
  const folder = makeFolder()
  let close = async () => {}
  afterEach(async () => {
    await close()
    folder.remove()
  })

  it('SQLITE-6 a thread that dies takes its requests with it, and comes back by itself', async () => {
    const harness = await openHarness()
    close = harness.close
    const { file } = harness
    await harness.store.close()
    const writer = await WorkerClient.open({ file, role: 'writer', maxPages: null })
    const reader = await WorkerClient.open({ file, role: 'reader', maxPages: null })
    const store = new SqliteStore(file, { writer, reader }, storeQueries('sqlite'))
    await store.commit([append(ann, bob)])
    for (const thread of [writer, reader]) {
      const lost = thread.request('crash', null)
      const behind = thread === writer ? store.commit([append(ann, bob)]) : store.epoch()
      await expect(lost).rejects.toMatchObject(UNAVAILABLE)
      await expect(behind).rejects.toMatchObject(UNAVAILABLE)
      expect(await comeback(store)).toBeLessThan(10_000)
    }
    expect((await store.commit([append(ann, bob)]))[0]).toMatchObject({ message: { seq: 2 } })
    await store.close()
  })

  it('SQLITE-7 a full disk refuses the whole batch, and what was stored stays readable', async () => {
    const file = join(folder.path, 'full.db')
    const store = await openSqliteStore({ file, maxPages: 80 })
    close = () => store.close()
    const batch = () =>
      Array.from({ length: 20 }, () => append(ann, bob, { content: 'word '.repeat(100).trim() }))
    let stored = 0
    const fill = async () => {
      for (; stored < 10_000; stored += 20) await store.commit(batch())
    }
    await expect(fill()).rejects.toMatchObject(UNAVAILABLE)
    expect(stored).toBeGreaterThan(0)
    const { items } = await store.directHistory({ userId: ann.id, peerId: bob.id, limit: 1 })
    expect(items[0]?.message.seq).toBe(stored)
    await expect(store.commit(batch())).rejects.toMatchObject(UNAVAILABLE)
    await store.ping()
  })

  it('SQLITE-8 a commit is on the disk when it is answered', () => {
    const db = openWriter({ file: join(makeFolder().path, 'sync.db'), role: 'writer', maxPages: null })
    expect(db.pragma('synchronous', { simple: true })).toBe(2)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
    db.close()
  })

  it('a file in memory is refused', async () => {
    await expect(openSqliteStore({ file: ':memory:' })).rejects.toThrow('needs a file')
  })
})
