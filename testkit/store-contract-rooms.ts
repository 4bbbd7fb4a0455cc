import type { CreateRoomOp } from '@parley/core'
import { expect } from 'vitest'
import { type OpenStoreHarness, storeTest } from './store-contract-fixture.ts'

interface WithId {
  readonly id: string
}

const create = (code: string, creator: WithId, fields: Partial<CreateRoomOp> = {}): CreateRoomOp => ({
  ...{ kind: 'create-room', code, name: 'Plans', creatorId: creator.id, pinHash: 'hash', at: 1_000 },
  ...fields,
})

const enter = (code: string, { id: userId }: WithId, at = 2_000) =>
  ({ kind: 'enter-room', code, userId, at }) as const

const admit = (code: string, { id: userId }: WithId) =>
  ({ kind: 'admit-to-room', code, userId, at: 2_000 }) as const

const leave = (code: string, { id: userId }: WithId) => ({ kind: 'leave-room', code, userId }) as const

const close = (code: string) => ({ kind: 'close-room', code }) as const

export function describeRooms(open: OpenStoreHarness): void {
  describeRoomsWithPin(open)
  describeOpenRooms(open)
  describeRoomOwners(open)
  describeRoomList(open)
}

function describeRoomsWithPin(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-62 a room with a PIN is registered once', async ({ store, ann, bob }) => {
    const room = {
      ...{
        code: 'ABC',
        name: 'Plans',
        creatorId: ann.id,
        pinHash: 'hash',
        createdAt: 1_000,
        wasEntered: false,
      },
    }
    const outcomes = await store.commit([create('ABC', ann), create('ABC', bob, { name: 'Other' })])
    expect(outcomes).toEqual([{ kind: 'room', room }, { kind: 'taken' }])
    expect(await store.room('ABC')).toEqual({ room, memberIds: [ann.id] })
    expect(await store.room('ABD')).toBeNull()
    expect(await store.commit([enter('OPEN', ann), create('OPEN', bob)])).toMatchObject([
      { kind: 'room' },
      { kind: 'taken' },
    ])
    expect((await store.room('OPEN'))?.room.pinHash).toBeNull()
  })

  storeTest(open, 'STORE-63 a PIN keeps out who was not admitted', async ({ store, ann, bob, cleo }) => {
    const outcomes = await store.commit([
      create('ABC', ann),
      enter('ABC', bob),
      admit('ABC', cleo),
      enter('ABC', cleo),
      enter('ABC', ann),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['room', 'pin-required', 'room', 'room', 'room'])
    expect(outcomes[2]).toMatchObject({ room: { wasEntered: false } })
    expect(outcomes[3]).toMatchObject({ room: { wasEntered: true, creatorId: ann.id, name: 'Plans' } })
    expect((await store.room('ABC'))?.memberIds).toEqual([ann.id, cleo.id])
  })

  storeTest(open, 'STORE-63 an admission outlives the membership', async ({ store, ann, bob, cleo }) => {
    await store.commit([create('ABC', ann), admit('ABC', bob), admit('ABC', cleo), leave('ABC', bob)])
    expect((await store.room('ABC'))?.memberIds).toEqual([ann.id, cleo.id])
    await store.commit([leave('ABC', ann), leave('ABC', cleo)])
    expect((await store.room('ABC'))?.memberIds).toEqual([])
    const outcomes = await store.commit([enter('ABC', bob), enter('ABC', ann), enter('ABC', { id: 'new' })])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['room', 'room', 'pin-required'])
    expect((await store.room('ABC'))?.memberIds).toEqual([bob.id, ann.id])
  })

  storeTest(open, 'STORE-64 a code that had a PIN never opens again', async ({ store, ann, bob }) => {
    await store.commit([create('ABC', ann), admit('ABC', bob), close('ABC')])
    expect(await store.room('ABC')).toBeNull()
    const outcomes = await store.commit([
      enter('ABC', bob),
      enter('ABC', ann),
      admit('ABC', bob),
      create('ABC', ann),
      leave('ABC', ann),
      close('ABC'),
      enter('ABC', ann),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      ...['not-found', 'not-found', 'not-found', 'taken', 'not-found', 'done', 'not-found'],
    ])
    expect(await store.rooms({ limit: 10 })).toEqual([])
  })
}

function describeOpenRooms(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-65 a code that nobody registered is an open room', async ({ store, ann, bob }) => {
    const room = {
      ...{
        code: 'LOBBY',
        name: 'LOBBY',
        creatorId: ann.id,
        pinHash: null,
        createdAt: 2_000,
        wasEntered: true,
      },
    }
    const outcomes = await store.commit([
      enter('LOBBY', ann),
      enter('LOBBY', bob, 3_000),
      enter('LOBBY', ann),
    ])
    expect(outcomes).toEqual(Array(3).fill({ kind: 'room', room }))
    expect(await store.room('LOBBY')).toEqual({ room, memberIds: [ann.id, bob.id] })
    expect(await store.commit([admit('NONE', ann), leave('NONE', ann), close('NONE')])).toEqual([
      { kind: 'not-found' },
      { kind: 'not-found' },
      { kind: 'done' },
    ])
    expect(await store.room('NONE')).toBeNull()
  })

  storeTest(
    open,
    'STORE-64 an open room that went can be opened again',
    async ({ store, ann, bob, cleo }) => {
      await store.commit([enter('LOBBY', ann), enter('LOBBY', cleo), close('LOBBY')])
      expect(await store.room('LOBBY')).toBeNull()
      const [outcome] = await store.commit([enter('LOBBY', bob, 9_000)])
      expect(outcome).toMatchObject({ kind: 'room', room: { creatorId: bob.id, createdAt: 9_000 } })
      expect((await store.room('LOBBY'))?.memberIds).toEqual([bob.id])
      await store.commit([close('LOBBY')])
      expect(await store.commit([create('LOBBY', ann)])).toMatchObject([{ kind: 'room' }])
      expect(await store.commit([enter('LOBBY', cleo)])).toEqual([{ kind: 'pin-required' }])
    },
  )
}

function describeRoomOwners(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-66 when the creator leaves the oldest member owns the room', async (scene) => {
    const { store, ann, bob, cleo } = scene
    const outcomes = await store.commit([
      enter('LOBBY', ann),
      enter('LOBBY', bob),
      enter('LOBBY', cleo),
      leave('LOBBY', bob),
      enter('LOBBY', bob),
      leave('LOBBY', ann),
      enter('LOBBY', ann),
      leave('LOBBY', bob),
    ])
    const owners = outcomes.map((outcome) => outcome.kind === 'room' && outcome.room.creatorId)
    expect(owners).toEqual([...Array(5).fill(ann.id), ...Array(3).fill(cleo.id)])
    const view = await store.room('LOBBY')
    expect([view?.room.creatorId, view?.memberIds]).toEqual([cleo.id, [cleo.id, ann.id]])
  })

  storeTest(open, 'STORE-66 a creator who came back later owns the room still', async (scene) => {
    const { store, ann, bob, cleo } = scene
    await store.commit([create('ABC', ann), leave('ABC', ann), admit('ABC', bob), enter('ABC', ann)])
    const outcomes = await store.commit([admit('ABC', cleo), leave('ABC', cleo)])
    expect(outcomes).toMatchObject(Array(2).fill({ kind: 'room', room: { creatorId: ann.id } }))
    expect((await store.room('ABC'))?.memberIds).toEqual([bob.id, ann.id])
  })

  storeTest(open, 'STORE-66 a leave of who is no member changes nothing', async ({ store, ann, bob }) => {
    await store.commit([enter('LOBBY', ann)])
    const before = await store.room('LOBBY')
    expect(await store.commit([leave('LOBBY', bob)])).toEqual([{ kind: 'room', room: before?.room }])
    expect(await store.room('LOBBY')).toEqual(before)
  })
}

function describeRoomList(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-67 rooms are listed by code, in pages', async ({ store, ann }) => {
    const codes = ['C', 'A', 'É', 'B2', 'B', '東']
    await store.commit([create('AA', ann), ...codes.map((code) => enter(code, ann))])
    const listed = async (query: { after?: string; limit: number }) =>
      (await store.rooms(query)).map(({ code }) => code)
    expect(await listed({ limit: 1e9 })).toEqual(['A', 'AA', 'B', 'B2', 'C', 'É', '東'])
    expect(await listed({ limit: 3 })).toEqual(['A', 'AA', 'B'])
    expect(await listed({ limit: 3, after: 'B' })).toEqual(['B2', 'C', 'É'])
    expect([await listed({ limit: 0 }), await listed({ limit: 3, after: '東' })]).toEqual([['A'], []])
    expect((await store.rooms({ limit: 2 }))[1]).toEqual((await store.room('AA'))?.room)
  })

  storeTest(open, 'STORE-67 a room names its first thousand members', async ({ store, ann }) => {
    const ops = Array.from({ length: 1_001 }, (_, index) => enter('LOBBY', { id: `user-${index}` }))
    for (let next = 0; next < ops.length; next += 500) await store.commit(ops.slice(next, next + 500))
    await store.commit([enter('LOBBY', ann)])
    const ids = (await store.room('LOBBY'))?.memberIds
    expect(ids).toHaveLength(1_000)
    expect([ids?.[0], ids?.[999]]).toEqual(['user-0', 'user-999'])
  })
}
