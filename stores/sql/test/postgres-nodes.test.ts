import { newId } from '@parley/model'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgresStore, type PostgresStore } from '../index.ts'
import { append, channel, post, receipt } from './ops.ts'
import { PostgresStores } from './postgres-harness.ts'

const users = ['a', 'b', 'c', 'd'].map((id) => ({ id }))
const [ann, bob, cleo] = users as [{ id: string }, { id: string }, { id: string }]
const BATCHES = 12
const SIZE = 40

describe('several nodes on one PostgreSQL', () => {
  let stores: PostgresStores | undefined
  const opened: PostgresStore[] = []
  const open = async (url: string): Promise<PostgresStore> => {
    // Batches that cross wait for each other until the server finds out, each time for a second.
    const patience = { statementTimeout: 60_000 }
    const store = await openPostgresStore({ url, maxConnections: 6, minConnections: 0, ...patience })
    opened.push(store)
    return store
  }
  const nodes = async () => {
    const url = await stores!.database()
    return { url, nodes: [await open(url), await open(url)] as const }
  }
  beforeAll(async () => {
    stores = await PostgresStores.start()
  })
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()))
    await stores?.stop()
  })

  const rows = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows: found } = await client.query<Record<string, unknown>>(sql)
    await client.end()
    return found
  }

  it('PG-3 appends of all nodes to the same conversations take positions without a gap, in the order of their places', async () => {
    const { url, nodes: both } = await nodes()
    await both[0].commit([channel('g', ['a', 'b', 'c', 'd'])])
    const batch = (seed: number) =>
      Array.from({ length: SIZE }, (_, index) => {
        const from = users[(seed + index) % users.length]!
        const to = users[(seed + index + 1 + (index % 3)) % users.length]!
        return index % 3 === 0 ? post(from, 'g') : append(from, to)
      })
    const outcomes = await Promise.all(
      both.flatMap((node, which) =>
        Array.from({ length: BATCHES }, (_, index) => node.commit(batch(which * BATCHES + index))),
      ),
    )
    expect(new Set(outcomes.flat().map(({ kind }) => kind))).toEqual(new Set(['appended']))
    const wrong = await rows(
      url,
      `select conversation_id from messages group by conversation_id
       having count(*) <> max(seq) or min(seq) <> 1 or array_agg(seq order by seq) <> array_agg(seq order by ord)`,
    )
    expect(wrong).toEqual([])
    const heads = await rows(
      url,
      `select c.id from conversations c where c.seq <> (select count(*) from messages m where m.conversation_id = c.id)
         or c.rev <> c.seq or c.last_ord <> (select max(ord) from messages m where m.conversation_id = c.id)`,
    )
    expect(heads).toEqual([])
    const stored = await rows(url, 'select count(*)::int as n from messages')
    expect(stored).toEqual([{ n: 2 * BATCHES * SIZE }])
  })

  it('PG-4 a client id that several nodes are given at once makes one message, and all hear of that one', async () => {
    const { url, nodes: both } = await nodes()
    for (let round = 0; round < 15; round += 1) {
      const clientMessageId = `c${round}`
      const tries = Array.from({ length: 6 }, () => append(ann, bob, { clientMessageId }))
      const answers = await Promise.all(
        tries.map((op, index) => both[index % 2]!.commit([append(cleo, bob), op])),
      )
      const told = answers.map(([, outcome]) => outcome)
      expect(told.filter(({ kind }) => kind === 'appended')).toHaveLength(1)
      expect(told.filter(({ kind }) => kind === 'repeated')).toHaveLength(5)
      const ids = told.map((outcome) => ('message' in outcome ? outcome.message.id : ''))
      expect(new Set(ids).size).toBe(1)
    }
    const stored = await rows(
      url,
      `select count(*)::int as n from messages where client_message_id is not null`,
    )
    expect(stored).toEqual([{ n: 15 }])
  })

  it('PG-4 … also into different conversations: one is stored, the others are refused', async () => {
    const { nodes: both } = await nodes()
    for (let round = 0; round < 10; round += 1) {
      const clientMessageId = `c${round}`
      const answers = await Promise.all(
        [bob, cleo].map((to, index) => both[index]!.commit([append(ann, to, { clientMessageId })])),
      )
      expect(answers.map(([outcome]) => outcome.kind).sort()).toEqual(['appended', 'client-id-reused'])
    }
  })

  it('PG-5 batches that cross each other end, each whole', async () => {
    const { url, nodes: both } = await nodes()
    await both[0].commit([channel('g', ['a', 'b']), channel('h', ['a', 'b'])])
    const crossing = (first: string, second: string) =>
      [
        post(ann, first),
        { kind: 'touch-last-seen', userId: first, at: Date.now() },
        receipt(bob, 'read', { id: second }),
        { kind: 'update-channel', channelId: second, expect: [], name: newId(), at: 1 },
        post(bob, second),
        { kind: 'touch-last-seen', userId: second, at: Date.now() },
        append(ann, bob),
        channel(newId(), ['a', 'b']),
      ] as const
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        both[index % 2]!.commit(index % 4 < 2 ? crossing('g', 'h') : crossing('h', 'g')),
      ),
    )
    const counts = await rows(url, `select seq::int as seq from conversations where id in ('g', 'h')`)
    expect(counts).toEqual([{ seq: 20 }, { seq: 20 }])
  })

  it('PG-5 receipts of one reader on two nodes only rise; reactions and edits of one message are all counted', async () => {
    const { url, nodes: both } = await nodes()
    const said = post(ann, 'g')
    // Some whose reaction stays, and two who change their mind all the time.
    const staying = Array.from({ length: 30 }, (_, index) => `u${index}`)
    await both[0].commit([channel('g', ['a', 'b', 'c', 'd', ...staying]), said])
    await both[0].commit(Array.from({ length: 30 }, () => post(ann, 'g')))
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        both[index % 2]!.commit([
          receipt(bob, 'read', { id: 'g' }, ((index * 7) % 31) + 1),
          { kind: 'react', messageId: said.messageId, userId: `u${index}`, emoji: '+1', on: true, at: 1 },
          {
            kind: 'react',
            messageId: said.messageId,
            userId: ['b', 'c'][index % 2]!,
            emoji: '+1',
            on: index % 4 < 2,
            at: 1,
          },
        ]),
      ),
    )
    const cursor = await rows(url, `select read_seq::int as at from members where user_id = 'b'`)
    expect(cursor).toEqual([{ at: 31 }])
    const counted = await rows(
      url,
      `select (select user_count from emojis) = (select count(*) from reactions) as same,
        (select count(*)::int from reactions where user_id like 'u%') as staying,
        (select rev from conversations where id = 'g') = (select max(rev) from messages) as heads`,
    )
    expect(counted).toEqual([{ same: true, staying: 30, heads: true }])
  })

  it('PG-5 a room that several nodes open at once is one', async () => {
    const { nodes: both } = await nodes()
    const enter = (userId: string) => ({ kind: 'enter-room', code: 'R', userId, at: 1 }) as const
    const answers = await Promise.all(users.map(({ id }, index) => both[index % 2]!.commit([enter(id)])))
    expect(answers.map(([outcome]) => outcome.kind)).toEqual(['room', 'room', 'room', 'room'])
    const view = await both[0].room('R')
    expect([...(view?.memberIds ?? [])].sort()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('PG-6 nodes that start at once on an empty database make its schema once', async () => {
    const url = await stores!.server.createDatabase()
    const started = await Promise.all(Array.from({ length: 4 }, () => open(url)))
    expect(new Set(await Promise.all(started.map((store) => store.epoch()))).size).toBe(1)
    expect(await rows(url, 'select version, name from schema_versions order by version')).toEqual([
      { version: 1, name: 'direct messages' },
      { version: 2, name: 'channels and rooms' },
    ])
  })

  it('PG-6 a database of a newer version is refused with one line, which holds no password', async () => {
    const url = await stores!.database()
    await rows(url, `insert into schema_versions values (99, 'from tomorrow', 0)`)
    const refused = await openPostgresStore({ url }).catch((error: unknown) => error)
    expect(String(refused)).toMatch(/was written by a newer Parley \(schema 99, this one knows 2\)/)
    expect(String(refused)).not.toMatch(/password|\n/)
  })
})
