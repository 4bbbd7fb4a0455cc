import { newId } from '@parley/model'
import { expect } from 'vitest'
import { append, type OpenStoreHarness, receipt, storeTest } from './store-contract-fixture.ts'

export function describeReceipts(open: OpenStoreHarness): void {
  describeCursors(open)
  describePassed(open)
}

function describeCursors(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-7 a cursor moves forward only', async ({ store, ann, bob, sendMany }) => {
    await sendMany(ann, bob, 5)
    const where = { directWith: ann.id }
    await store.commit([receipt(bob, 'delivered', where, 3)])
    const outcomes = await store.commit([
      receipt(bob, 'delivered', where, 2),
      receipt(bob, 'delivered', where, 3),
      receipt(bob, 'delivered', where, 4),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unmoved', 'unmoved', 'advanced'])
  })

  storeTest(open, 'STORE-7 a receipt beyond the head counts as the head', async (scene) => {
    const { store, ann, bob, sendMany } = scene
    await sendMany(ann, bob, 2)
    const [outcome] = await store.commit([receipt(bob, 'read', { directWith: ann.id }, 99)])
    expect(outcome).toMatchObject({ cursors: { deliveredSeq: 2, readSeq: 2 }, readCount: 2 })
  })

  storeTest(
    open,
    'STORE-7 a receipt sees the messages before it in its batch',
    async ({ store, ann, bob }) => {
      const outcomes = await store.commit([
        append(ann, bob),
        append(ann, bob),
        receipt(bob, 'delivered', { directWith: ann.id }),
        append(ann, bob),
      ])
      expect(outcomes[2]).toMatchObject({ cursors: { deliveredSeq: 2, readSeq: 0 } })
    },
  )

  storeTest(open, 'STORE-8 reading also delivers', async ({ store, ann, bob, send }) => {
    const { id: messageId, conversationId } = await send(ann, bob, 'one')
    const [outcome] = await store.commit([receipt(bob, 'read', { id: conversationId })])
    const passed = [{ messageId, senderId: ann.id, seq: 1 }]
    const cursors = { deliveredSeq: 1, readSeq: 1 }
    expect(outcome).toEqual({
      ...{ kind: 'advanced', conversationId, cursors },
      ...{ delivered: passed, read: passed, readCount: 1 },
    })
  })

  storeTest(open, 'STORE-8 delivering does not read', async ({ store, ann, bob, send }) => {
    await send(ann, bob, 'one')
    const [outcome] = await store.commit([receipt(bob, 'delivered', { directWith: ann.id })])
    expect(outcome).toMatchObject({ cursors: { deliveredSeq: 1, readSeq: 0 }, read: [], readCount: 0 })
  })

  storeTest(open, 'STORE-9 nobody moves a cursor where they are no member', async (scene) => {
    const { store, ann, bob, cleo, send } = scene
    const { conversationId } = await send(ann, bob, 'one')
    const outcomes = await store.commit([
      receipt(cleo, 'read', { id: conversationId }),
      receipt(cleo, 'read', { directWith: ann.id }),
      receipt(cleo, 'read', { id: newId() }),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unmoved', 'unmoved', 'unmoved'])
    expect((await store.waiting({ userId: bob.id, limit: 10 })).length).toBe(1)
  })
}

function describePassed(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-10 own messages are passed in silence', async ({ store, ann, bob }) => {
    const where = { directWith: ann.id }
    const outcomes = await store.commit([append(bob, ann), append(ann, bob), receipt(bob, 'read', where)])
    expect(outcomes[2]).toMatchObject({ cursors: { readSeq: 2 }, read: [{ seq: 2 }], readCount: 1 })
  })

  storeTest(open, 'STORE-10 the newest hundred are named, ascending; all are counted', async (scene) => {
    const { store, ann, bob, sendMany } = scene
    await sendMany(ann, bob, 250)
    const [outcome] = await store.commit([receipt(bob, 'read', { directWith: ann.id }, 240)])
    if (outcome.kind !== 'advanced') throw new Error(outcome.kind)
    const newest = Array.from({ length: 100 }, (_, index) => 141 + index)
    expect(outcome.read.map(({ seq }) => seq)).toEqual(newest)
    expect(outcome.delivered.map(({ seq }) => seq)).toEqual(newest)
    expect(outcome.readCount).toBe(240)
  })

  storeTest(open, 'STORE-10 what was delivered before is read, and not delivered again', async (scene) => {
    const { store, ann, bob, sendMany } = scene
    await sendMany(ann, bob, 5)
    await store.commit([receipt(bob, 'delivered', { directWith: ann.id }, 3)])
    const [outcome] = await store.commit([receipt(bob, 'read', { directWith: ann.id }, 4)])
    if (outcome.kind !== 'advanced') throw new Error(outcome.kind)
    expect(outcome.delivered.map(({ seq }) => seq)).toEqual([4])
    expect(outcome.read.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  })

  storeTest(open, 'STORE-11 the latest time last seen wins', async ({ store, ann }) => {
    const touch = (at: number) => ({ kind: 'touch-last-seen', userId: ann.id, at }) as const
    expect((await store.directory.find(ann.id))?.lastSeen).toBeNull()
    expect(await store.commit([touch(2_000), touch(1_000)])).toEqual([{ kind: 'done' }, { kind: 'done' }])
    expect((await store.directory.find(ann.id))?.lastSeen).toBe(2_000)
  })
}
