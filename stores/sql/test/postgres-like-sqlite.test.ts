import type { WriteOp } from '@parley/core'
import { randomFrom } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHarness, type SqliteHarness } from './harness.ts'
import { append, channel, post, receipt } from './ops.ts'
import { type PostgresHarness, PostgresStores } from './postgres-harness.ts'

const USERS = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }))
const CHANNELS = ['g', 'h']
const BATCHES = 40
const SIZE = 60

/** Ops of every kind about few things, so that they meet. */
const makeOps = (seed: number) => {
  const random = randomFrom(seed)
  const chance = (below: number): number => Math.floor(random() * below)
  let made = 0
  const ids: string[] = []
  const user = () => USERS[chance(USERS.length)]!
  const place = () => CHANNELS[chance(CHANNELS.length)]!
  const someId = () => ids[chance(Math.max(1, ids.length))] ?? 'none'
  const newOne = (prefix: string) => {
    made += 1
    return `${prefix}${made}`
  }
  const fields = () => {
    const messageId = chance(30) === 0 ? someId() : newOne('m')
    ids.push(messageId)
    return {
      ...{ messageId, content: `text ${chance(3)}`, createdAt: made },
      clientMessageId: chance(3) === 0 ? `client ${chance(20)}` : null,
      parentId: chance(8) === 0 ? someId() : null,
    }
  }
  const kinds: (() => WriteOp)[] = [
    () => append(user(), user(), { ...fields(), newConversationId: newOne('c') }),
    () => post(user(), place(), { ...fields(), mentioned: USERS.map(({ id }) => id).slice(0, chance(4)) }),
    () => {
      const upTo = chance(3) === 0 ? 'head' : chance(40)
      const about = [{ id: place() }, { directWith: user().id }, { ofMessage: someId() }][chance(3)]!
      return { ...receipt(user(), chance(2) === 0 ? 'read' : 'delivered', about, upTo), at: made }
    },
    () => ({ kind: 'touch-last-seen', userId: user().id, at: chance(1_000) }),
  ]
  const rare: (() => WriteOp)[] = [
    () => ({
      kind: 'react',
      messageId: someId(),
      userId: user().id,
      emoji: '+1',
      on: chance(2) === 0,
      at: made,
    }),
    () => ({
      ...{ kind: 'edit-message', messageId: someId(), actorId: user().id, content: `edit ${chance(3)}` },
      ...{ mentioned: [user().id], at: made },
    }),
    () => ({ kind: 'delete-message', messageId: someId(), expect: [], at: made }),
    () => ({ kind: 'remove-member', channelId: place(), expect: [], userId: user().id, at: made }),
    () => ({
      ...{ kind: 'add-members', channelId: place(), expect: [], isPrivate: false },
      ...{ userIds: [user().id, user().id], at: made },
    }),
    () => ({
      kind: 'open-direct',
      newConversationId: newOne('c'),
      userId: user().id,
      peerId: user().id,
      at: made,
    }),
    () => ({ kind: 'enter-room', code: `R${chance(3)}`, userId: user().id, at: made }),
    () => ({ kind: 'leave-room', code: `R${chance(3)}`, userId: user().id }),
  ]
  return (rareOnes: number): WriteOp =>
    (chance(100) < rareOnes ? rare[chance(rare.length)]! : kinds[chance(kinds.length)]!)()
}

describe('PostgreSQL like SQLite', () => {
  let stores: PostgresStores | undefined
  let postgres: PostgresHarness | undefined
  let sqlite: SqliteHarness | undefined
  beforeAll(async () => {
    stores = await PostgresStores.start()
  })
  afterAll(async () => {
    await stores?.stop()
  })

  it.each([1, 2, 3])(
    'PG-2 a batch of any ops has the outcomes, and leaves the rows, that it has on SQLite (seed %i)',
    async (seed) => {
      postgres = await stores!.open()
      sqlite = await openHarness()
      try {
        const make = makeOps(seed)
        const all = USERS.map(({ id }) => id)
        const setUp = CHANNELS.map((id) => ({ ...channel(id, all), at: 0 }))
        await Promise.all([sqlite.store.commit(setUp), postgres.store.commit(setUp)])
        for (let batch = 0; batch < BATCHES; batch += 1) {
          const ops = Array.from({ length: 1 + (batch % SIZE) }, () => make(batch % 3 === 0 ? 15 : 0))
          const [expected, found] = await Promise.all([sqlite.store.commit(ops), postgres.store.commit(ops)])
          for (const [index, outcome] of found.entries()) {
            expect({ op: ops[index], outcome }).toEqual({ op: ops[index], outcome: expected[index] })
          }
        }
        const view = async ({ store }: SqliteHarness | PostgresHarness) =>
          Promise.all([
            ...CHANNELS.flatMap((channelId) => [
              store.changes({ channelId, rev: 0, limit: 100 }),
              store.cursors({ channelId, limit: 100 }),
              store.messages({ channelId, limit: 100 }),
            ]),
            ...USERS.flatMap(({ id }) => [
              store.waiting({ userId: id, limit: 500 }),
              store.channels({ userId: id, limit: 100 }),
              store.search({ userId: id, text: 'text edit', limit: 100 }),
              store.search({ userId: id, text: 'edi', limit: 100 }),
            ]),
            store.rooms({ limit: 100 }),
          ])
        expect(withoutPlaces(await view(postgres))).toEqual(withoutPlaces(await view(sqlite)))
      } finally {
        await Promise.all([postgres.close(), sqlite.close()])
      }
    },
  )
})

/** Pages go on by places among the messages, of which each database has its own. */
const withoutPlaces = (views: readonly unknown[]): unknown =>
  JSON.parse(JSON.stringify(views, (key, value: unknown) => (key === 'next' ? null : value)))
