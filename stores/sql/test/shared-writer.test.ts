import { join } from 'node:path'
import { describeStoreContract } from '@parley/testkit'
import { Kysely, sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore, openSqliteWriter, RemoteWriter, SharedWriter, type StoreWriter } from '../index.ts'
import type { StoreDatabase } from '../schema.ts'
import { addUser, makeFolder } from './harness.ts'
import { append } from './ops.ts'

/** What crosses between processes is a copy. */
const remoteOf = (shared: SharedWriter): RemoteWriter =>
  new RemoteWriter(async (request) => structuredClone(await shared.answer(structuredClone(request))))

describeStoreContract('sqlite, written by another process', async () => {
  const folder = makeFolder()
  const file = join(folder.path, 'parley.db')
  const writer = await openSqliteWriter({ file })
  const open = () => openSqliteStore({ file, writer: remoteOf(new SharedWriter(writer)) })
  const opened = [await open()]
  return {
    store: opened[0]!,
    addUser: (user) => addUser(opened[0]!, user),
    async reopen() {
      await Promise.all(opened.map((store) => store.close()))
      const next = await open()
      opened.push(next)
      return next
    },
    async close() {
      await Promise.all(opened.map((store) => store.close()))
      await writer.close()
      folder.remove()
    },
  }
})

describe('one writing thread for several processes', () => {
  let folder: ReturnType<typeof makeFolder>
  let file: string
  let writer: StoreWriter
  beforeEach(async () => {
    folder = makeFolder()
    file = join(folder.path, 'parley.db')
    writer = await openSqliteWriter({ file })
  })
  afterEach(async () => {
    await writer.close()
    folder.remove()
  })
  const open = async (shared = new SharedWriter(writer)) => {
    const store = await openSqliteStore({ file, writer: remoteOf(shared) })
    return { store, shared, db: new Kysely<StoreDatabase>({ dialect: store.kyselyDialect }) }
  }

  it('WORKERS-7 messages of several processes in one conversation take 1, 2, 3 … in the order of their commits', async () => {
    const [one, two] = [await open(), await open()]
    const [ann, bob] = [
      await addUser(one.store, { username: 'ann' }),
      await addUser(one.store, { username: 'bob' }),
    ]
    const batches = Array.from({ length: 20 }, (_, index) => {
      const { store } = index % 2 === 0 ? one : two
      return store.commit(Array.from({ length: 10 }, () => append(ann, bob)))
    })
    const seqs = (await Promise.all(batches)).map((outcomes) =>
      outcomes.map((outcome) => (outcome.kind === 'appended' ? outcome.message.seq : 0)),
    )
    expect(seqs.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    // Each batch is one transaction: no other process gets in between.
    for (const batch of seqs) expect(batch.at(-1)! - batch[0]!).toBe(9)
    const page = await two.store.directHistory({ userId: ann.id, peerId: bob.id, limit: 1 })
    expect(page.items[0]?.message.seq).toBe(200)
    for (const { store } of [one, two]) await store.close()
  })

  it('WORKERS-7 transactions of several processes never mix, whatever numbers they give them', async () => {
    const [one, two] = [await open(), await open()]
    await one.db.schema.createTable('notes').addColumn('text', 'text').execute()
    const note = (db: typeof one.db, text: string, fails: boolean) =>
      db.transaction().execute(async (tx) => {
        await sql`insert into notes values (${text})`.execute(tx)
        await new Promise((resolve) => setTimeout(resolve, 5))
        await sql`insert into notes values (${text})`.execute(tx)
        if (fails) throw new Error('planted')
      })
    const work = [note(one.db, 'a', false), note(two.db, 'b', true), note(one.db, 'c', true)]
    const ends = await Promise.allSettled([...work, note(two.db, 'd', false)])
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    const { rows } = await sql<{ text: string }>`select text from notes order by text`.execute(two.db)
    expect(rows.map(({ text }) => text)).toEqual(['a', 'a', 'd', 'd'])
    for (const { store } of [one, two]) await store.close()
  })

  it('WORKERS-7 a process that dies within a transaction holds nobody up, and nothing of it stays', async () => {
    const [dying, living] = [await open(), await open()]
    await living.db.schema.createTable('notes').addColumn('text', 'text').execute()
    const begun = new Promise<void>((resolve) => {
      dying.db
        .transaction()
        .execute(async (tx) => {
          await sql`insert into notes values ('half')`.execute(tx)
          resolve()
          await new Promise(() => {})
        })
        .catch(() => {})
    })
    await begun
    const before = performance.now()
    dying.shared.release()
    await sql`insert into notes values ('whole')`.execute(living.db)
    // Far sooner than a transaction that is silent is given up.
    expect(performance.now() - before).toBeLessThan(1_500)
    const { rows } = await sql<{ text: string }>`select text from notes`.execute(living.db)
    expect(rows).toEqual([{ text: 'whole' }])
    for (const { store } of [dying, living]) await store.close()
  })

  it('WORKERS-7 another process may neither close the writer nor read its file for it', async () => {
    const shared = new SharedWriter(writer)
    for (const method of ['close', 'crash', 'backup', 'query'] as const) {
      await expect(shared.answer([method, null])).rejects.toThrow('may not ask')
    }
    expect(await shared.answer(['ping', null])).toBeNull()
  })
})
