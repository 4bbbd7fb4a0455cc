import { type OwnPostgresServer, startOwnPostgres } from '@parley/testkit/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgresStore, type PostgresStore } from '../index.ts'
import { migratePostgres } from '../postgres-migrate.ts'
import { type PostgresConnection, PostgresPool } from '../postgres-pool.ts'
import { PostgresTransactions } from '../postgres-transactions.ts'
import { append } from './ops.ts'

const ann = { id: 'a' }
const bob = { id: 'b' }
const UNAVAILABLE = { code: 'UNAVAILABLE', retry: 'retry', retryAfterMs: 1_000 }

const lost = (): Error => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

describe('faults of PostgreSQL', () => {
  let server: OwnPostgresServer | undefined
  let pool: PostgresPool | undefined
  beforeAll(async () => {
    server = await startOwnPostgres()
    const url = await server.createDatabase()
    pool = new PostgresPool({ url, minConnections: 0 })
    await migratePostgres(pool, url)
    await pool.query('create table tries (n integer)', [])
  })
  afterAll(async () => {
    await pool?.close()
    await server?.stop()
  })

  /** A pool whose first `times` commits break `before` or after they took effect. */
  const breaking = (before: boolean, times: number) => {
    let left = times
    const wrap = (connection: PostgresConnection) =>
      ({
        query: (text: string, values: never[]) => connection.query(text, values),
        release: (isBroken: boolean) => connection.release(isBroken),
        run: async (text: string) => {
          if (text !== 'commit' || left === 0) return connection.run(text)
          left -= 1
          await connection.run(before ? 'rollback' : 'commit')
          throw lost()
        },
      }) as unknown as PostgresConnection
    return {
      lend: (task: (connection: PostgresConnection) => Promise<unknown>) =>
        pool!.lend((connection) => task(wrap(connection))),
      query: (sql: string, values: never[]) => pool!.query(sql, values),
    } as unknown as PostgresPool
  }
  const tries = async (): Promise<unknown> =>
    (await pool!.query('select n from tries order by n', [])).rows.map(([n]) => n)

  it('PG-1 a commit whose answer was lost is found out: answered when it took effect, made again when not', async () => {
    for (const before of [false, true]) {
      await pool!.query('delete from tries', [])
      let runs = 0
      const answer = await new PostgresTransactions(breaking(before, 1)).run(async (connection) => {
        runs += 1
        await connection.query('insert into tries values ($1)', [runs])
        return `run ${runs}`
      })
      expect([answer, runs, await tries()]).toEqual(before ? ['run 2', 2, [2]] : ['run 1', 1, [1]])
    }
  })

  it('PG-1 a transaction that a crash took away is not taken for another that got its number then', async () => {
    for (const others of [0, 5]) {
      await pool!.query('delete from tries', [])
      let runs = 0
      const answer = await new PostgresTransactions(pool!).run(async (connection) => {
        runs += 1
        await connection.query('insert into tries values ($1)', [runs])
        if (runs > 1) return `run ${runs}`
        await server!.kill()
        await server!.start()
        for (let other = 0; other < others; other += 1) await pool!.query('insert into tries values (9)', [])
        return `run ${runs}`
      })
      expect(answer).toBe('run 2')
      expect(await tries()).toEqual([2, ...Array.from({ length: others }, () => 9)])
    }
  })

  it('PG-1 what cannot be found out in time is UNAVAILABLE, and no acknowledgement', async () => {
    const silent = { ...breaking(false, 1), query: () => Promise.reject(lost()) } as unknown as PostgresPool
    const transactions = new PostgresTransactions(silent, 300)
    const answer = transactions.run(async (connection) =>
      connection.query('insert into tries values (9)', []),
    )
    await expect(answer).rejects.toMatchObject(UNAVAILABLE)
  })

  it('PG-10 a conflict with another node is begun anew, a few times; another failure is not', async () => {
    let runs = 0
    const conflict = (code: string, times: number) =>
      new PostgresTransactions(pool!).run(async (connection) => {
        runs += 1
        if (runs <= times)
          await connection.run(`do $$ begin raise exception 'x' using errcode = '${code}'; end $$`)
        return runs
      })
    for (const code of ['40001', '40P01', '23505']) {
      runs = 0
      expect(await conflict(code, 2)).toBe(3)
    }
    runs = 0
    await expect(conflict('40001', 1_000)).rejects.toMatchObject(UNAVAILABLE)
    expect(runs).toBe(11)
    runs = 0
    await expect(conflict('22012', 1)).rejects.toMatchObject({ code: '22012' })
    expect(runs).toBe(1)
  })

  it('PG-1 while the server is away every call fails at once, and works again when it is back', async () => {
    const url = await server!.createDatabase()
    const store: PostgresStore = await openPostgresStore({ url })
    await store.commit([append(ann, bob)])
    await server!.kill()
    const began = Date.now()
    for (const call of [() => store.ping(), () => store.epoch(), () => store.commit([append(ann, bob)])]) {
      await expect(call()).rejects.toMatchObject(UNAVAILABLE)
    }
    const refused = await openPostgresStore({ url }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'UNAVAILABLE' })
    expect(String(refused)).not.toContain('password')
    expect(Date.now() - began).toBeLessThan(10_000)
    await server!.start()
    await store.ping()
    const [outcome] = await store.commit([append(ann, bob)])
    expect(outcome).toMatchObject({ kind: 'appended', message: { seq: 2 } })
    await store.close()
  })
})
