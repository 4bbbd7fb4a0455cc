import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tsqueryOf, tsvectorOf } from '../postgres-search.ts'
import { type StoreQueries, storeQueries } from '../queries.ts'
import { PostgresStores } from './postgres-harness.ts'

/** Enough that a walk over a whole table is dearer than any index. */
const LOAD = [
  `insert into "user" (id, name, email, "emailVerified", username)
    select 'u' || n, 'u' || n, 'u' || n || '@x', false, 'u' || n from generate_series(1, 5000) as n`,
  `insert into conversations (id, kind, direct_key, seq, rev, last_ord, created_at, member_count, listed_as, name)
    select 'c' || n, case when n <= 4000 then 'direct' else 'channel' end, case when n <= 4000 then 'k' || n end, 10, 20, n * 10, 0, 2,
      case when n > 4000 then 'c' || n end, 'c' from generate_series(1, 30000) as n`,
  `insert into members (conversation_id, user_id, peer_id, delivered_seq, read_seq, joined_at, join_no)
    select 'c' || n, 'u' || ((n + m * 77) % 5000 + 1), case when n <= 4000 then 'u' || ((n + (1 - m) * 77) % 5000 + 1) end, 5, 5, 0, m + 1
    from generate_series(1, 5000) as n, generate_series(0, 1) as m`,
  `insert into messages (ord, id, conversation_id, seq, rev, sender_id, type, content, client_message_id, created_at, parent_id,
      is_changed, words)
    select n * 10 + s, 'm' || n || '-' || s, 'c' || n, s, s, 'u' || ((n + (s % 2) * 77) % 5000 + 1), 'text', 'hello', n || '-' || s, 0,
      case when s > 5 then 'm' || n || '-1' end, case when s > 8 then 1 else 0 end,
      ('''hello'' ''n' || n || ''' ''#uu' || (n % 5000 + 1) || '''')::tsvector
    from generate_series(1, 5000) as n, generate_series(1, 10) as s`,
  `insert into mentions select 'c' || n, 'u' || (n % 5000 + 1), s from generate_series(1, 5000) as n, generate_series(1, 3) as s`,
  `insert into emojis select 'm' || n || '-1', '+1', 1, 3 from generate_series(1, 5000) as n`,
  `insert into reactions select 'm' || n || '-1', '+1', s, 'u' || s from generate_series(1, 5000) as n, generate_series(1, 3) as s`,
  `insert into rooms select 'R' || n, 'r', 'u1', null, 0, 0 from generate_series(1, 5000) as n`,
  `insert into room_members select 'R' || n, 'u' || s, s, 0 from generate_series(1, 5000) as n, generate_series(1, 3) as s`,
  `insert into user_state select 'u' || n, 0 from generate_series(1, 5000) as n`,
]

const VALUES: Readonly<Record<string, string | number>> = {
  ...{
    directKey: 'k1',
    userId: 'u7',
    id: 'c4100',
    channelId: 'c4100',
    username: 'u7',
    code: 'R7',
    parentId: 'm7-1',
  },
  ...{ before: 9, after: 1, limit: 50, rev: 15, low: 1, high: 9, emojis: 100, reactors: 20, most: 50 },
  ...{ from: 'u1', to: 'u2', now: '2030-01-01T00:00:00.000Z', afterName: '', afterId: '' },
  ...{ ids: '["c4100","c4200","m7-1"]', since: '[["c4100",3],["c4200",4]]' },
  match: tsqueryOf('n7 hello', 'u8', []) ?? '',
}
/** Where a value is of another kind. */
const OTHERS: Partial<Record<keyof StoreQueries, Readonly<Record<string, string>>>> = {
  list: { after: '' },
  rooms: { after: 'R1' },
  publicChannels: { from: 'c41', to: 'c42' },
  find: { id: 'u7' },
  message: { id: 'm7-1' },
}
/** A handful of rows that is walked on purpose. */
const SMALL = new Set(['meta'])

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly Plan[]
}

const walks = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' && !SMALL.has(plan['Relation Name'] ?? '')
    ? [plan['Relation Name'] ?? '']
    : []),
  ...(plan.Plans ?? []).flatMap(walks),
]

describe('query plans of PostgreSQL', () => {
  let stores: PostgresStores | undefined
  let client: pg.Client | undefined
  beforeAll(async () => {
    stores = await PostgresStores.start()
    client = new pg.Client({ connectionString: await stores.database() })
    await client.connect()
    await client.query('set random_page_cost = 1.1')
    for (const sql of LOAD) await client.query(sql)
    await client.query('vacuum analyze')
  })
  afterAll(async () => {
    await client?.end()
    await stores?.stop()
  })

  const planOf = async (sql: string, values: readonly unknown[]): Promise<Plan> => {
    const { rows } = await client!.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (format json) ${sql}`,
      values as unknown[],
    )
    return rows[0]!['QUERY PLAN'][0].Plan
  }

  it.each(Object.entries(storeQueries('postgres')))('PG-7 %s walks no whole table', async (name, query) => {
    const own = OTHERS[name as keyof StoreQueries] ?? {}
    const values = query.bind({ ...VALUES, ...own } as never)
    expect(walks(await planOf(query.sql, values)), query.sql).toEqual([])
  })

  it('PG-7 a whole walk would be noticed', async () => {
    expect(walks(await planOf(`select * from messages where content = $1`, ['x']))).toEqual(['messages'])
  })

  it('PG-8 a word is folded alike where it is kept and where it is sought, and is never syntax', () => {
    expect(tsvectorOf(`Crème 'BRÛLÉE' a:b & (c)`, 'u1 u2')).toBe(`'creme' 'brulee' 'a' 'b' 'c' '#u1' '#u2'`)
    expect(tsqueryOf(`CRÈME 'x' | !brû`, 'u-1', ['c-9'])).toBe(`'creme' & 'x' & 'bru':* & ('#uu1' | '#cc9')`)
    expect(tsqueryOf(`!|&<->()`, 'u1', [])).toBeNull()
  })
})
