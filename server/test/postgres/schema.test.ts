import { silentObserver, systemClock } from '@parley/core'
import { openPostgresStore } from '@parley/store-sql'
import { type PostgresServer, startPostgres } from '@parley/testkit/postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Accounts } from '../../accounts/accounts.ts'
import { openStorage, type Storage } from '../../storage.ts'

let postgres: PostgresServer | undefined
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.stop())

const POOL = { maxConnections: 6, minConnections: 0, connectTimeout: 5_000, statementTimeout: 5_000 }
const CLIENT = { address: '127.0.0.1', userAgent: 'test' }

const openAccounts = ({ accountsDatabase }: Storage): Promise<Accounts> =>
  Accounts.open({
    database: accountsDatabase,
    jwtSecret: 's'.repeat(32),
    clock: systemClock,
    observer: silentObserver,
    onIdentityEnded: () => {},
  })

const columnsOf = async (url: string): Promise<string[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ one: string }>(
    `select column_name || ' ' || data_type as one from information_schema.columns where table_name = 'user' order by 1`,
  )
  await client.end()
  return rows.map(({ one }) => one)
}

it('PG-6 accounts of several nodes make their tables once, and find the one of users as it should be', async () => {
  const url = await postgres!.createDatabase()
  await (await openPostgresStore({ url })).close()
  const before = await columnsOf(url)
  const database = { kind: 'postgres', url, address: 'test', pool: POOL } as const
  const nodes = await Promise.all([1, 2, 3].map(() => openStorage(database, { isServing: true })))
  const accounts = await Promise.all(nodes.map(openAccounts))
  expect(await columnsOf(url)).toEqual(before)
  const ann = await accounts[0]!.register(
    { username: 'Ann', email: 'ann@example.org', password: 'correct horse' },
    CLIENT,
  )
  const guest = await accounts[1]!.guest('visitor', CLIENT)
  await accounts[2]!.createUser({ username: 'root', password: 'correct horse', admin: true })
  await accounts[2]!.createUser({ username: 'gone', password: 'correct horse' })
  const directory = nodes[1]!.store.directory
  const gone = await directory.findByName('gone')
  await accounts[0]!.setDisabled(gone!.id, true)
  expect(await directory.find(ann.account.id)).toMatchObject({
    username: 'Ann',
    role: 'user',
    disabled: false,
  })
  expect((await directory.find(ann.account.id))!.createdAt).toBeGreaterThan(Date.now() - 60_000)
  expect(await directory.find(guest.account.id)).toMatchObject({ role: 'guest' })
  expect(await directory.findByName('ROOT')).toMatchObject({ role: 'admin' })
  expect(await directory.findByName('gone')).toMatchObject({ disabled: true })
  const listed = await directory.list({ limit: 10 })
  expect(listed.items.map(({ username }) => username)).toEqual(['Ann', 'root'])
  const guests = await accounts[0]!.reader.listGuests({ before: Date.now() + 1_000, after: '', limit: 10 })
  expect(guests.map(({ username }) => username)).toEqual(['visitor'])
  expect((await accounts[0]!.reader.list({ limit: 10 })).map(({ username }) => username)).toEqual([
    ...['Ann', 'gone', 'root', 'visitor'],
  ])
  expect(await accounts[2]!.authenticator.byToken(ann.token)).toMatchObject({ ok: true })
  await Promise.all(nodes.map((node) => node.close()))
})

it('CFG-8 an address that does not answer stops a start with one line, without the password', async () => {
  const url = 'postgres://parley:hunter2@127.0.0.1:1/parley'
  const database = { kind: 'postgres', url, address: '127.0.0.1:1/parley', pool: POOL } as const
  const refused = await openStorage(database, { isServing: true }).catch((error: unknown) => String(error))
  expect(refused).toMatch(/127\.0\.0\.1:1\/parley does not answer: .*DATABASE_URL/)
  expect(refused).not.toMatch(/hunter2|\n/)
})
