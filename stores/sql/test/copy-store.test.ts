import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyStore, isSame, openPostgresStore, openSqliteStore } from '../index.ts'
import { RowDigest } from '../row-digest.ts'
import { makeFolder } from './harness.ts'
import { append, channel, post, receipt } from './ops.ts'
import { PostgresStores } from './postgres-harness.ts'

const ann = { id: 'a' }
const bob = { id: 'b' }
const ROWS = 1_200

describe('copying a store', () => {
  const folder = makeFolder()
  const file = join(folder.path, 'from.db')
  let stores: PostgresStores | undefined
  beforeAll(async () => {
    stores = await PostgresStores.start()
    const source = await openSqliteStore({ file })
    const said = post(ann, 'g', { mentioned: ['b'], content: 'Grüße, "Welt" \\ \u{1F600}' })
    await source.commit([channel('g', ['a', 'b']), said, receipt(bob, 'read', { id: 'g' })])
    await source.commit([
      { kind: 'react', messageId: said.messageId, userId: 'b', emoji: '👍', on: true, at: 5 },
      { kind: 'create-room', code: 'R', name: 'r', creatorId: 'a', pinHash: 'x', at: 5 },
      { kind: 'touch-last-seen', userId: 'a', at: 7 },
    ])
    for (let made = 0; made < ROWS; made += 400) {
      await source.commit(
        Array.from({ length: 400 }, (_, index) => append(ann, bob, { content: `n${made + index}` })),
      )
    }
    await source.close()
  })
  afterAll(async () => {
    await stores?.stop()
    folder.remove()
  })

  const copyTo = (url: string) =>
    copyStore({ file, to: { url }, prepare: async () => {}, onProgress: () => {} })

  it('PG-11 what was copied is read, searched and gone on with as where it came from', async () => {
    const url = await stores!.database()
    const source = await openSqliteStore({ file })
    const tables = await copyTo(url)
    expect(tables.filter((table) => !isSame(table))).toEqual([])
    expect(tables.find(({ table }) => table === 'messages')?.target.rows).toBe(ROWS + 1)
    const target = await openPostgresStore({ url })
    const seen = (store: typeof source | typeof target) =>
      Promise.all([
        store.epoch(),
        store.channel({ channelId: 'g', userId: 'b' }),
        store.messages({ channelId: 'g', limit: 10 }),
        store.changes({ channelId: 'g', rev: 0, limit: 10 }),
        store.directHistory({ userId: 'a', peerId: 'b', limit: 100 }),
        store.search({ userId: 'b', text: 'grüsse welt', limit: 10 }),
        store.search({ userId: 'b', text: 'grusse', limit: 10 }),
        store.search({ userId: 'b', text: 'n119', limit: 100 }),
        store.room('R'),
        store.channels({ userId: 'a', limit: 10 }),
      ])
    expect(await seen(target)).toEqual(await seen(source))
    const [outcome] = await target.commit([append(bob, ann, { content: 'after' })])
    expect(outcome).toMatchObject({ kind: 'appended', message: { seq: ROWS + 1 } })
    const [waits] = (await target.waiting({ userId: 'a', limit: 10 })).slice(-1)
    expect(waits?.message.content).toBe('after')
    expect((await target.search({ userId: 'a', text: 'after', limit: 10 })).items).toHaveLength(1)
    await Promise.all([source.close(), target.close()])
  })

  it('PG-11 a row that became another is told, and nothing is kept', async () => {
    const url = await stores!.database()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`create function spoil() returns trigger language plpgsql as
      $$ begin if new.seq = 700 then new.content := 'spoilt'; end if; return new; end $$`)
    await client.query('create trigger spoil before insert on messages for each row execute function spoil()')
    const tables = await copyTo(url)
    expect(tables.filter((table) => !isSame(table)).map(({ table }) => table)).toEqual(['messages'])
    expect((await client.query('select count(*)::int as n from messages')).rows).toEqual([{ n: 0 }])
    await client.end()
  })

  it('PG-11 a checksum tells of every change, and of no order', () => {
    const sumOf = (...rows: readonly (readonly (string | number | null)[])[]): string => {
      const digest = new RowDigest()
      for (const row of rows) digest.add(row)
      return digest.sum
    }
    expect(sumOf(['a', 1], ['b', 2])).toBe(sumOf(['b', 2], ['a', 1]))
    const all = [
      sumOf(['a', 1]),
      sumOf(['a', 1], ['a', 1]),
      sumOf(['a', '1']),
      sumOf(['a', null]),
      sumOf(['a1']),
    ]
    expect(new Set(all).size).toBe(all.length)
  })
})
