import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Heads } from '../heads.ts'
import { SqliteDriver } from '../sqlite-driver.ts'
import { SQLITE_FLAVOUR } from '../sqlite-flavour.ts'
import { type CommitterHarness, openCommitter } from './harness.ts'
import { append, channel, post, receipt } from './ops.ts'

const ann = { id: 'a' }
const bob = { id: 'b' }
const NO_PLACE = { expect: [], at: 5 } as const

describe('batches', () => {
  let harness: CommitterHarness
  beforeEach(() => {
    harness = openCommitter()
  })
  afterEach(() => harness.close())

  /** Everything there is, but for what only counts. */
  const dump = () =>
    ['conversations', 'members', 'messages', 'emojis', 'reactions', 'mentions', 'rooms', 'room_members'].map(
      (table) => harness.db.prepare(`select * from ${table} order by 1, 2`).all(),
    )

  /** One of each kind that writes, in an order in which each has an effect. */
  const mixed = (first: string) => {
    const direct = append(ann, bob, { newConversationId: 'd' })
    const said = post(ann, 'g', { mentioned: ['b'] })
    const opened = { newConversationId: 'o', userId: 'a', peerId: 'c', at: 5 } as const
    return [
      direct,
      said,
      { kind: 'edit-message', messageId: first, actorId: 'a', content: 'new', mentioned: ['b'], at: 5 },
      { kind: 'react', messageId: said.messageId, userId: 'b', emoji: '+1', on: true, at: 5 },
      {
        kind: 'edit-message',
        messageId: direct.messageId,
        actorId: 'a',
        content: 'new',
        mentioned: [],
        at: 5,
      },
      post(bob, 'g'),
      receipt(bob, 'read', { id: 'g' }),
      channel('h', ['a', 'b']),
      { kind: 'open-direct', ...opened },
      { kind: 'add-members', channelId: 'g', isPrivate: false, userIds: ['c'], ...NO_PLACE },
      { kind: 'update-channel', channelId: 'g', archived: true, ...NO_PLACE },
      { kind: 'create-room', code: 'R', name: 'r', creatorId: 'a', pinHash: 'x', at: 5 },
      { kind: 'delete-message', messageId: direct.messageId, ...NO_PLACE },
      append(bob, ann),
    ] as const
  }

  it('SQLITE-14 a batch that fails at its end leaves nothing, and the next one goes on where the last stood', () => {
    const first = post(ann, 'g')
    harness.commit([channel('g', ['a', 'b']), first])
    const before = dump()
    harness.db.exec(`create trigger boom before insert on user_state begin select raise(abort, 'boom'); end`)
    const touch = { kind: 'touch-last-seen', userId: 'a', at: 1 } as const
    expect(() => harness.commit([...mixed(first.messageId), touch])).toThrow('boom')
    expect(harness.db.inTransaction).toBe(false)
    expect(dump()).toEqual(before)
    // Neither archived nor moved: what the failed batch knew is forgotten.
    const [said] = harness.commit([post(ann, 'g')])
    expect(said).toMatchObject({ kind: 'appended', message: { seq: 2, rev: 2 } })
  })

  it('SQLITE-14 positions and revisions rise through appends and changes of one batch, and the row has them', () => {
    const first = post(ann, 'g')
    harness.commit([channel('g', ['a', 'b']), first])
    const outcomes = harness.commit(mixed(first.messageId))
    const revs = outcomes.map((o) => ('message' in o ? `${o.message.conversationId}${o.message.rev}` : ''))
    expect(revs.filter((rev) => rev.startsWith('g'))).toEqual(['g2', 'g3', 'g4', 'g5'])
    expect(revs.filter((rev) => rev.startsWith('d'))).toEqual(['d1', 'd2', 'd3', 'd4'])
    const rows = harness.db.prepare('select id, seq, rev from conversations order by id').raw().all()
    expect(rows).toEqual([
      ['d', 2, 4],
      ['g', 3, 5],
      ['h', 0, 0],
      ['o', 0, 0],
    ])
    const stored = harness.db.prepare(`select rev from messages where conversation_id = 'g' order by rev`)
    expect(stored.pluck().all()).toEqual([3, 4, 5])
  })

  it('SQLITE-14 a batch that is sent again answers as the first time', () => {
    const ops = [channel('g', ['a', 'b']), post(ann, 'g'), append(ann, bob)] as const
    const [made, said, sent] = harness.commit(ops)
    const again = harness.commit(ops)
    expect(made).toMatchObject({ kind: 'created', memberIds: ['a', 'b'] })
    expect(again[0]).toMatchObject({ kind: 'created', memberIds: ['a', 'b'], channel: { seq: 1 } })
    expect(again[1]).toEqual({ ...said, kind: 'repeated', mentioned: undefined })
    expect(again[2]).toEqual({ ...sent, kind: 'repeated' })
  })

  it('SQLITE-15 a head that is forgotten in the middle of a batch is written first', () => {
    const { db } = harness
    harness.commit([append(ann, bob, { newConversationId: 'd' }), channel('g', ['a']), channel('h', ['a'])])
    const heads = new Heads(SQLITE_FLAVOUR, 2)
    const driver = new SqliteDriver(db)
    const find = (key: string) => driver.drive(heads.find(key))
    const findById = (id: string) => driver.drive(heads.findById(id))
    const direct = find('a:b')!
    heads.move(direct, 9)
    expect(findById('d')).toBe(direct)
    findById('g')
    findById('h')
    expect(db.prepare(`select seq, rev, last_ord from conversations where id = 'd'`).raw().get()).toEqual([
      2, 2, 9,
    ])
    const found = find('a:b')
    expect(found).not.toBe(direct)
    expect(found).toMatchObject({ id: 'd', seq: 2, rev: 2, lastOrd: 9 })
    expect(findById('d')).toBe(found)
  })
})
