import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { admin, anonymous, username } from 'better-auth/plugins'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StoreDatabase } from '../schema.ts'
import { openHarness, type SqliteHarness } from './harness.ts'
import { append } from './ops.ts'

const ann = { id: 'a' }
const bob = { id: 'b' }

describe('kysely dialect', () => {
  let harness: SqliteHarness
  let db: Kysely<StoreDatabase>
  beforeEach(async () => {
    harness = await openHarness()
    db = new Kysely<StoreDatabase>({ dialect: harness.store.kyselyDialect })
  })
  afterEach(() => harness.close())

  const state = (user_id: string) => ({ user_id, last_seen: 1 })
  const idsOf = async () =>
    (await db.selectFrom('user_state').select('user_id').execute()).map((r) => r.user_id)

  it('SQLITE-10 commits wait for an open transaction', async () => {
    const order: string[] = []
    let commit: Promise<unknown> = Promise.resolve()
    await db.transaction().execute(async (trx) => {
      await trx.insertInto('user_state').values(state('x')).execute()
      commit = harness.store.commit([append(ann, bob)]).then(() => order.push('commit'))
      await new Promise((resolve) => setTimeout(resolve, 100))
      await trx.insertInto('user_state').values(state('y')).execute()
      order.push('transaction')
    })
    await commit
    expect(order).toEqual(['transaction', 'commit'])
    expect(await idsOf()).toEqual(['x', 'y'])
  })

  it('SQLITE-10 transactions run one after the other; a failed one leaves nothing', async () => {
    const run = (id: string, fails: boolean) =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('user_state').values(state(id)).execute()
        if (fails) throw new Error('no')
      })
    const results = await Promise.allSettled([run('p', false), run('q', true), run('r', false)])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await idsOf()).toEqual(['p', 'r'])
  })

  it('SQLITE-11 a transaction that is silent for 2 s is rolled back', async () => {
    const silent = db.transaction().execute(async (trx) => {
      await trx.insertInto('user_state').values(state('x')).execute()
      await new Promise((resolve) => setTimeout(resolve, 2_500))
      await trx.insertInto('user_state').values(state('y')).execute()
    })
    const waiting = harness.store.commit([append(ann, bob)])
    await expect(silent).rejects.toThrow('rolled back')
    expect((await waiting)[0].kind).toBe('appended')
    expect(await idsOf()).toEqual([])
  })

  it('SQLITE-12 the accounts component finds its tables, and the directory its accounts', async () => {
    const auth = betterAuth({
      database: { db, type: 'sqlite', transaction: true },
      baseURL: 'http://localhost',
      secret: 'kZ8-only-for-this-test-0aQ4xW7pL2mN',
      emailAndPassword: { enabled: true },
      logger: { disabled: true },
      plugins: [username(), admin(), anonymous()],
    })
    const first = await getMigrations(auth.options)
    expect(first.toBeCreated.map(({ table }) => table)).not.toContain('user')
    expect(first.toBeAdded).toEqual([])
    await first.runMigrations()
    const second = await getMigrations(auth.options)
    expect([...second.toBeCreated, ...second.toBeAdded]).toEqual([])
    const body = { email: 'dora@example.test', password: 'long enough', name: 'Dora', username: 'DoRa' }
    const { user } = await auth.api.signUpEmail({ body })
    const found = await harness.store.directory.findByName('dora')
    expect(found).toMatchObject({ id: user.id, username: 'DoRa', role: 'user', disabled: false })
    expect(Math.abs(found!.createdAt - Date.now())).toBeLessThan(60_000)
  })
})
