import { expect } from 'vitest'
import { append, type OpenStoreHarness, receipt, storeTest } from './store-contract-fixture.ts'

export function describeLifecycle(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-27 a read after a commit sees it', async ({ store, ann, bob }) => {
    for (let round = 1; round <= 50; round += 1) {
      await store.commit([append(ann, bob)])
      const { items } = await store.directHistory({ userId: bob.id, peerId: ann.id, limit: 1 })
      expect(items[0]?.message.seq).toBe(round)
    }
  })

  storeTest(open, 'STORE-28 what was committed survives, and goes on where it was', async (scene) => {
    const { ann, bob, reopen } = scene
    if (reopen === undefined) return
    const op = append(ann, bob, { clientMessageId: 'c' })
    await scene.store.commit([op, append(ann, bob), receipt(bob, 'delivered', { directWith: ann.id }, 1)])
    const store = await reopen()
    const outcomes = await store.commit([op, append(bob, ann)])
    expect(outcomes[0]).toMatchObject({ kind: 'repeated', message: { id: op.messageId, seq: 1 } })
    expect(outcomes[1]).toMatchObject({ kind: 'appended', message: { seq: 3 } })
    const waiting = await store.waiting({ userId: bob.id, limit: 10 })
    expect(waiting.map(({ message }) => message.seq)).toEqual([2])
  })

  storeTest(open, 'STORE-29 the epoch stays', async ({ store, reopen }) => {
    const epoch = await store.epoch()
    expect(epoch).not.toBe('')
    expect(await store.epoch()).toBe(epoch)
    if (reopen !== undefined) expect(await (await reopen()).epoch()).toBe(epoch)
  })

  storeTest(open, 'STORE-30 closing finishes what was accepted', async ({ store, ann, bob }) => {
    const accepted = store.commit([append(ann, bob)])
    await store.close()
    expect((await accepted)[0].kind).toBe('appended')
  })

  storeTest(open, 'STORE-30 a closed store answers UNAVAILABLE; closing again is nothing', async (scene) => {
    const { store, ann, bob } = scene
    await store.ping()
    await Promise.all([store.close(), store.close()])
    await store.close()
    const userId = ann.id
    for (const call of [
      () => store.commit([append(ann, bob)]),
      () => store.directHistory({ userId, peerId: bob.id, limit: 1 }),
      () => store.directConversations({ userId, limit: 1 }),
      () => store.waiting({ userId, limit: 1 }),
      () => store.contacts({ userId, limit: 1 }),
      () => store.search({ userId, text: 'x', limit: 1 }),
      () => store.directory.find(userId),
      () => store.directory.list({ limit: 1 }),
      () => store.epoch(),
      () => store.ping(),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: 'retry' })
    }
  })
}
