import { expect } from 'vitest'
import { append, type OpenStoreHarness, receipt, type Scene, storeTest } from './store-contract-fixture.ts'

export function describeReads(open: OpenStoreHarness): void {
  describeHistory(open)
  describeConversations(open)
  describeWaiting(open)
}

/** The positions of every page, page by page. */
async function pagesOf({ store, ann, bob }: Scene, limit: number): Promise<number[][]> {
  const pages: number[][] = []
  for (let before: number | null | undefined; before !== null; ) {
    const query = { userId: ann.id, peerId: bob.id, limit }
    const page = await store.directHistory(before === undefined ? query : { ...query, before })
    pages.push(page.items.map(({ message }) => message.seq))
    before = page.next
  }
  return pages
}

function describeHistory(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-12 history is newest first and pages without a skip or a repeat', async (scene) => {
    await scene.sendMany(scene.ann, scene.bob, 7)
    expect(await pagesOf(scene, 3)).toEqual([[7, 6, 5], [4, 3, 2], [1]])
  })

  storeTest(open, 'STORE-12 a page that ends where history ends has no next', async (scene) => {
    await scene.sendMany(scene.ann, scene.bob, 6)
    expect(await pagesOf(scene, 3)).toEqual([
      [6, 5, 4],
      [3, 2, 1],
    ])
  })

  storeTest(open, 'STORE-12 strangers have no history', async ({ store, ann, bob, cleo, send }) => {
    await send(ann, bob, 'secret')
    const page = await store.directHistory({ userId: ann.id, peerId: cleo.id, limit: 10 })
    expect(page).toEqual({ items: [], next: null })
  })

  storeTest(open, 'STORE-13 a message tells its author, its receiver and how far it came', async (scene) => {
    const { store, ann, bob, sendMany } = scene
    await sendMany(ann, bob, 3)
    await store.commit([
      receipt(bob, 'delivered', { directWith: ann.id }, 2),
      receipt(bob, 'read', { directWith: ann.id }, 1),
    ])
    const { items } = await store.directHistory({ userId: ann.id, peerId: bob.id, limit: 3 })
    expect(items.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read'])
    expect(items[0]).toMatchObject({
      receiverId: bob.id,
      sender: { id: ann.id, username: 'Ann', avatar: ann.avatar },
    })
  })

  storeTest(open, 'STORE-14 limits out of range count as the nearest in it', async (scene) => {
    const { store, ann, bob, sendMany } = scene
    await sendMany(ann, bob, 120)
    const lengthAt = async (limit: number) =>
      (await store.directHistory({ userId: ann.id, peerId: bob.id, limit })).items.length
    expect([await lengthAt(0), await lengthAt(-1), await lengthAt(1e9)]).toEqual([1, 1, 100])
  })
}

function describeConversations(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-15 conversations come newest first, with the last message', async (scene) => {
    const { store, ann, bob, cleo, send } = scene
    await send(ann, bob, 'one')
    await send(cleo, ann, 'two')
    await send(bob, ann, 'three')
    const { items, next } = await store.directConversations({ userId: ann.id, limit: 10 })
    expect(items.map(({ peer, last }) => [peer.id, last.message.content])).toEqual([
      [bob.id, 'three'],
      [cleo.id, 'two'],
    ])
    expect(next).toBeNull()
  })

  storeTest(open, 'STORE-15 conversations page', async ({ store, ann, bob, cleo, send }) => {
    await send(ann, bob, 'one')
    await send(ann, cleo, 'two')
    const first = await store.directConversations({ userId: ann.id, limit: 1 })
    expect(first.items[0]?.peer.id).toBe(cleo.id)
    const second = await store.directConversations({ userId: ann.id, after: first.next!, limit: 1 })
    expect(second.items.map(({ peer }) => peer.id)).toEqual([bob.id])
    expect(second.next).toBeNull()
  })

  storeTest(open, 'STORE-16 unread are the peer’s messages after one’s own cursor', async (scene) => {
    const { store, ann, bob, sendMany } = scene
    const unread = async (userId: string) =>
      (await store.directConversations({ userId, limit: 1 })).items[0]?.unreadCount
    await sendMany(ann, bob, 3)
    await sendMany(bob, ann, 2)
    expect([await unread(ann.id), await unread(bob.id)]).toEqual([2, 3])
    await store.commit([receipt(bob, 'read', { directWith: ann.id }, 1)])
    expect(await unread(bob.id)).toBe(2)
    await store.commit([receipt(bob, 'read', { directWith: ann.id })])
    expect([await unread(ann.id), await unread(bob.id)]).toEqual([2, 0])
  })

  storeTest(
    open,
    'STORE-17 contacts are the peers, newest first',
    async ({ store, ann, bob, cleo, send }) => {
      await send(ann, bob, 'one')
      await send(cleo, ann, 'two')
      expect(await store.contacts({ userId: ann.id, limit: 10 })).toEqual([cleo.id, bob.id])
      expect(await store.contacts({ userId: ann.id, limit: 1 })).toEqual([cleo.id])
      expect(await store.contacts({ userId: bob.id, limit: 10 })).toEqual([ann.id])
    },
  )

  storeTest(open, 'STORE-18 a cursor that no page answered is refused', async ({ store, ann }) => {
    const refused = { code: 'INVALID' }
    for (const after of ['x', '-1', "1' or 1=1", '']) {
      const query = { userId: ann.id, after, limit: 1 }
      await expect(store.directConversations(query)).rejects.toMatchObject(refused)
      await expect(store.search({ ...query, text: 'hi' })).rejects.toMatchObject(refused)
    }
  })
}

function describeWaiting(open: OpenStoreHarness): void {
  const contents = async ({ store, ann }: Scene, limit = 10) =>
    (await store.waiting({ userId: ann.id, limit })).map(({ message }) => message.content)

  storeTest(open, 'STORE-19 what waits comes oldest first over all conversations', async (scene) => {
    const { ann, bob, cleo, send } = scene
    await send(bob, ann, 'b1')
    await send(cleo, ann, 'c1')
    await send(ann, bob, 'own')
    await send(bob, ann, 'b2')
    expect(await contents(scene)).toEqual(['b1', 'c1', 'b2'])
    expect(await contents(scene, 2)).toEqual(['b1', 'c1'])
  })

  storeTest(open, 'STORE-19 what was taken waits no more', async (scene) => {
    const { store, ann, bob, cleo } = scene
    await store.commit([
      append(bob, ann, { content: 'b1' }),
      append(cleo, ann, { content: 'c1' }),
      append(bob, ann, { content: 'b2' }),
      receipt(ann, 'delivered', { directWith: bob.id }, 1),
    ])
    expect(await contents(scene)).toEqual(['c1', 'b2'])
    await store.commit([
      receipt(ann, 'read', { directWith: bob.id }),
      receipt(ann, 'delivered', { directWith: cleo.id }),
    ])
    expect(await contents(scene)).toEqual([])
  })

  storeTest(open, 'STORE-19 a long backlog is taken page by page, by moving the cursor', async (scene) => {
    const { store, ann, bob, sendMany } = scene
    await sendMany(bob, ann, 45)
    const taken: number[] = []
    for (;;) {
      const page = await store.waiting({ userId: ann.id, limit: 20 })
      const last = page.at(-1)
      if (last === undefined) break
      taken.push(...page.map(({ message }) => message.seq))
      await store.commit([receipt(ann, 'delivered', { directWith: bob.id }, last.message.seq)])
    }
    expect(taken).toEqual(Array.from({ length: 45 }, (_, index) => index + 1))
  })
}
