import { MAX_BATCH } from '@parley/core'
import { newId } from '@parley/model'
import { expect } from 'vitest'
import { append, type OpenStoreHarness, type Scene, storeTest } from './store-contract-fixture.ts'

/** How many messages two users have. */
const countOf = async ({ store, ann, bob }: Scene): Promise<number> =>
  (await store.directHistory({ userId: ann.id, peerId: bob.id, limit: 100 })).items.length

export function describeAppends(open: OpenStoreHarness): void {
  describeOrder(open)
  describeOnce(open)
  describeRefusals(open)
}

function describeOrder(open: OpenStoreHarness): void {
  storeTest(
    open,
    'STORE-1 positions are 1, 2, 3 … in the order of the batch',
    async ({ store, ann, bob }) => {
      const outcomes = await store.commit([append(ann, bob), append(bob, ann), append(ann, bob)])
      expect(outcomes.map((o) => o.kind === 'appended' && o.message.seq)).toEqual([1, 2, 3])
      const ids = outcomes.map((o) => o.kind === 'appended' && o.message.conversationId)
      expect(new Set(ids).size).toBe(1)
    },
  )

  storeTest(open, 'STORE-1 a stored message is what was sent', async ({ store, ann, bob }) => {
    const op = append(ann, bob, { content: 'ünï\n😀', type: 'image', clientMessageId: 'c', createdAt: 1_234 })
    const [outcome] = await store.commit([op])
    const expected = {
      ...{ id: op.messageId, conversationId: op.newConversationId, seq: 1, rev: 1, senderId: ann.id },
      ...{ type: 'image', content: 'ünï\n😀', clientMessageId: 'c', parentId: null, createdAt: 1_234 },
      ...{ editedAt: null, deletedAt: null },
    }
    expect(outcome).toEqual({ kind: 'appended', message: expected })
    const { items } = await store.directHistory({ userId: bob.id, peerId: ann.id, limit: 1 })
    expect(items[0]?.message).toEqual(expected)
  })

  storeTest(open, 'STORE-1 positions have no gap under concurrent commits', async (scene) => {
    const { store, ann, bob, cleo } = scene
    const batches = Array.from({ length: 40 }, () => [append(ann, bob), append(bob, ann), append(cleo, ann)])
    const lane = async () => {
      for (let next = batches.pop(); next !== undefined; next = batches.pop()) await store.commit(next)
    }
    await Promise.all(Array.from({ length: store.lanes }, lane))
    const { items } = await store.directHistory({ userId: ann.id, peerId: bob.id, limit: 100 })
    expect(items.map(({ message }) => message.seq)).toEqual(Array.from({ length: 80 }, (_, i) => 80 - i))
  })

  storeTest(open, 'STORE-2 an empty batch does nothing', async ({ store }) => {
    expect(await store.commit([])).toEqual([])
  })

  storeTest(open, 'STORE-2 the largest batch is one commit, a larger one is refused whole', async (scene) => {
    const { store, ann, bob, cleo } = scene
    const batch = (size: number) => Array.from({ length: size }, () => append(ann, bob))
    expect(await store.commit(batch(MAX_BATCH))).toHaveLength(MAX_BATCH)
    const tooLarge = Array.from({ length: MAX_BATCH + 1 }, () => append(ann, cleo))
    await expect(store.commit(tooLarge)).rejects.toMatchObject({ code: 'INVALID' })
    expect((await store.directHistory({ userId: ann.id, peerId: cleo.id, limit: 1 })).items).toEqual([])
  })
}

function describeOnce(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-3 a repeated client id answers the first message', async (scene) => {
    const { store, ann, bob } = scene
    const [first] = await store.commit([append(ann, bob, { clientMessageId: 'c' })])
    const [again] = await store.commit([append(ann, bob, { clientMessageId: 'c', createdAt: 1 })])
    expect(first.kind).toBe('appended')
    expect(again).toEqual({ ...first, kind: 'repeated' })
    expect(await countOf(scene)).toBe(1)
  })

  storeTest(open, 'STORE-3 a repeat within one batch is stored once, and leaves no gap', async (scene) => {
    const { store, ann, bob } = scene
    const outcomes = await store.commit([
      append(ann, bob, { clientMessageId: 'c' }),
      append(ann, bob, { clientMessageId: 'c' }),
      append(ann, bob),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'repeated', 'appended'])
    expect(outcomes[2].kind === 'appended' && outcomes[2].message.seq).toBe(2)
  })

  storeTest(open, 'STORE-3 a client id is its sender’s own', async ({ store, ann, bob }) => {
    const both = [append(ann, bob, { clientMessageId: 'c' }), append(bob, ann, { clientMessageId: 'c' })]
    expect((await store.commit(both)).map(({ kind }) => kind)).toEqual(['appended', 'appended'])
  })

  for (const [what, change] of [
    ['content', { content: 'other' }],
    ['type', { type: 'image' }],
    ['parent', { parentId: newId() }],
  ] as const) {
    storeTest(open, `STORE-4 a client id with another ${what} is refused`, async (scene) => {
      const { store, ann, bob } = scene
      await store.commit([append(ann, bob, { clientMessageId: 'c' })])
      const [outcome] = await store.commit([append(ann, bob, { clientMessageId: 'c', ...change })])
      expect(outcome).toEqual({ kind: 'client-id-reused' })
      expect(await countOf(scene)).toBe(1)
    })
  }

  storeTest(open, 'STORE-4 a client id for another receiver is refused and opens nothing', async (scene) => {
    const { store, ann, bob, cleo } = scene
    await store.commit([append(ann, bob, { clientMessageId: 'c' })])
    const [outcome] = await store.commit([append(ann, cleo, { clientMessageId: 'c' })])
    expect(outcome).toEqual({ kind: 'client-id-reused' })
    expect(await store.contacts({ userId: cleo.id, limit: 10 })).toEqual([])
  })

  storeTest(open, 'STORE-4 … also where the other conversation exists', async (scene) => {
    const { store, ann, bob, cleo } = scene
    await store.commit([append(ann, cleo), append(ann, bob, { clientMessageId: 'c' })])
    const outcomes = await store.commit([append(ann, cleo, { clientMessageId: 'c' }), append(ann, cleo)])
    expect(outcomes[0]).toEqual({ kind: 'client-id-reused' })
    expect(outcomes[1]).toMatchObject({ kind: 'appended', message: { seq: 2 } })
  })
}

function describeRefusals(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-5 a reply is stored with its parent', async ({ store, ann, bob, send }) => {
    const parent = await send(ann, bob, 'first')
    const [outcome] = await store.commit([append(bob, ann, { parentId: parent.id })])
    expect(outcome).toMatchObject({ kind: 'appended', message: { parentId: parent.id, seq: 2 } })
  })

  storeTest(open, 'STORE-5 a parent of another conversation is not found', async (scene) => {
    const { store, ann, bob, cleo, send } = scene
    const elsewhere = await send(ann, cleo, 'first')
    await send(ann, bob, 'first')
    const [outcome] = await store.commit([append(ann, bob, { parentId: elsewhere.id })])
    expect(outcome).toEqual({ kind: 'parent-not-found' })
    expect(await countOf(scene)).toBe(1)
  })

  storeTest(open, 'STORE-5 a reply to nothing opens no conversation', async ({ store, ann, bob }) => {
    const [outcome] = await store.commit([append(ann, bob, { parentId: newId() })])
    expect(outcome).toEqual({ kind: 'parent-not-found' })
    expect(await store.contacts({ userId: ann.id, limit: 10 })).toEqual([])
  })

  storeTest(
    open,
    'STORE-6 a refused op leaves the others of its batch alone',
    async ({ store, ann, bob }) => {
      const outcomes = await store.commit([
        append(ann, bob),
        append(ann, bob, { parentId: newId() }),
        append(ann, bob),
      ])
      expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'parent-not-found', 'appended'])
      expect(outcomes[2].kind === 'appended' && outcomes[2].message.seq).toBe(2)
    },
  )
}
