import type { ChannelMessageView } from '@parley/core'
import { newId } from '@parley/model'
import { expect } from 'vitest'
import {
  allPages,
  append,
  type OpenStoreHarness,
  receipt,
  type Scene,
  storeTest,
} from './store-contract-fixture.ts'
import { addMembers, post, removeMember } from './store-contract-ops.ts'

export function describeChannelReads(open: OpenStoreHarness): void {
  describeVisibility(open)
  describeDirectAlone(open)
  describeMessages(open)
  describeUnread(open)
  describeContacts(open)
}

function describeVisibility(open: OpenStoreHarness): void {
  storeTest(
    open,
    'STORE-50 a public channel may be looked at, a private one by its members',
    async (scene) => {
      const { store, ann, bob, channel, say } = scene
      const [open, hidden] = [await channel(ann), await channel(ann, [], { isPrivate: true })]
      await say(open, ann, '@bob', { mentioned: [bob.id] })
      const seenBy = (channelId: string, userId: string) => store.channel({ channelId, userId })
      expect(await seenBy(open, bob.id)).toMatchObject({
        channel: { id: open, memberCount: 1, seq: 1 },
        ...{
          role: null,
          cursors: { deliveredSeq: 0, readSeq: 0 },
          unreadCount: 0,
          mentionCount: 0,
          peer: null,
        },
      })
      expect(await seenBy(hidden, bob.id)).toBeNull()
      expect(await seenBy(newId(), bob.id)).toBeNull()
      await store.commit([addMembers(hidden, [bob.id], { isPrivate: true })])
      expect(await seenBy(hidden, bob.id)).toMatchObject({ role: 'member', channel: { isPrivate: true } })
      await store.commit([removeMember(hidden, bob)])
      expect(await seenBy(hidden, bob.id)).toBeNull()
      expect(await store.role({ channelId: hidden, userId: bob.id })).toBeNull()
    },
  )

  storeTest(open, 'STORE-50 a direct conversation is seen by its two alone', async (scene) => {
    const { store, ann, bob, cleo, send } = scene
    const { conversationId: channelId } = await send(ann, bob, 'one')
    expect(await store.channel({ channelId, userId: cleo.id })).toBeNull()
    expect(await store.channel({ channelId, userId: bob.id })).toMatchObject({
      channel: { id: channelId, kind: 'direct', name: null, isPrivate: true, memberCount: 2, seq: 1, rev: 1 },
      ...{ role: 'member', unreadCount: 1, peer: { id: ann.id, username: 'Ann' } },
    })
    expect(await store.role({ channelId, userId: ann.id })).toBe('member')
    expect(await store.role({ channelId, userId: cleo.id })).toBeNull()
  })

  storeTest(open, 'STORE-50 a peer whose account is gone is nobody', async ({ store, ann }) => {
    const gone = { id: newId() }
    await store.commit([append(ann, gone)])
    const { items } = await store.channels({ userId: ann.id, limit: 10 })
    expect(items).toMatchObject([{ channel: { kind: 'direct' }, peer: null }])
    expect((await store.message(newId())) ?? null).toBeNull()
  })
}

function describeDirectAlone(open: OpenStoreHarness): void {
  storeTest(
    open,
    'STORE-15 STORE-19 what is said in channels is no chat, and waits for nobody',
    async (scene) => {
      const { store, ann, bob, channel, say, send } = scene
      const channelId = await channel(ann, [bob])
      await say(channelId, ann, 'in the channel')
      const { id } = await send(ann, bob, 'direct')
      await say(channelId, ann, 'in the channel')
      const waiting = await store.waiting({ userId: bob.id, limit: 10 })
      expect(waiting.map(({ message }) => message.id)).toEqual([id])
      const { items } = await store.directConversations({ userId: bob.id, limit: 10 })
      expect(items.map(({ last }) => last.message.id)).toEqual([id])
      expect(items[0]?.unreadCount).toBe(1)
    },
  )
}

/** The positions of every page of a channel, page by page. */
async function pagesOf(
  { store }: Scene,
  query: { channelId: string; parentId?: string; limit: number },
  direction: 'before' | 'after',
): Promise<number[][]> {
  const start = direction === 'before' ? 1_000 : 0
  const pages = await allPages<ChannelMessageView, number>(({ after = start }) =>
    store.messages({ ...query, [direction]: after }),
  )
  return pages.map((page) => page.map(({ message }) => message.seq))
}

function describeMessages(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-54 messages page newest first, or oldest first', async (scene) => {
    const { store, ann, channel, sayMany } = scene
    const channelId = await channel(ann)
    await sayMany(channelId, ann, 7)
    expect(await pagesOf(scene, { channelId, limit: 3 }, 'before')).toEqual([[7, 6, 5], [4, 3, 2], [1]])
    expect(await pagesOf(scene, { channelId, limit: 3 }, 'after')).toEqual([[1, 2, 3], [4, 5, 6], [7]])
    const seqs = async (query: { before?: number; after?: number; limit: number }) =>
      (await store.messages({ channelId, ...query })).items.map(({ message }) => message.seq)
    expect(await seqs({ limit: 2 })).toEqual([7, 6])
    expect(await seqs({ limit: 2, before: 4 })).toEqual([3, 2])
    expect(await seqs({ limit: 2, after: 4 })).toEqual([5, 6])
    expect([await seqs({ limit: 2, before: 1 }), await seqs({ limit: 2, after: 7 })]).toEqual([[], []])
    expect(await store.messages({ channelId: newId(), limit: 1 })).toEqual({ items: [], next: null })
  })

  storeTest(open, 'STORE-54 a page of messages is bounded', async ({ store, ann, channel, sayMany }) => {
    const channelId = await channel(ann)
    await sayMany(channelId, ann, 120)
    const lengthAt = async (limit: number) => (await store.messages({ channelId, limit })).items.length
    expect([await lengthAt(0), await lengthAt(-1), await lengthAt(1e9)]).toEqual([1, 1, 100])
  })

  storeTest(open, 'STORE-54 the answers to one message page too', async (scene) => {
    const { store, ann, channel, sayMany } = scene
    const channelId = await channel(ann)
    const [parentId = '', other = ''] = await sayMany(channelId, ann, 2)
    const parents = [parentId, other, null, parentId, parentId, other, parentId]
    await store.commit(parents.map((id) => post(channelId, ann, { parentId: id })))
    const query = { channelId, parentId, limit: 3 }
    expect(await pagesOf(scene, query, 'before')).toEqual([[9, 7, 6], [3]])
    expect(await pagesOf(scene, query, 'after')).toEqual([[3, 6, 7], [9]])
    expect((await store.messages({ channelId, parentId: newId(), limit: 3 })).items).toEqual([])
  })
}

function describeUnread(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-55 unread are messages of others after one’s own cursor', async (scene) => {
    const { store, ann, bob, channel, sayMany, say } = scene
    const channelId = await channel(ann, [bob])
    await sayMany(channelId, ann, 3)
    await say(channelId, bob, 'own', { mentioned: [ann.id] })
    await say(channelId, ann, '@bob', { mentioned: [bob.id] })
    await say(channelId, ann, '@bob', { mentioned: [bob.id] })
    const countsOf = async (userId: string) => {
      const { items } = await store.channels({ userId, limit: 1 })
      const view = await store.channel({ channelId, userId })
      expect(items[0]).toEqual(view)
      return [view?.unreadCount, view?.mentionCount]
    }
    expect([await countsOf(ann.id), await countsOf(bob.id)]).toEqual([
      [1, 1],
      [5, 2],
    ])
    await store.commit([
      receipt(bob, 'delivered', { id: channelId }),
      receipt(bob, 'read', { id: channelId }, 5),
      receipt(ann, 'read', { id: channelId }),
    ])
    expect([await countsOf(ann.id), await countsOf(bob.id)]).toEqual([
      [0, 0],
      [1, 1],
    ])
    expect((await store.channel({ channelId, userId: bob.id }))?.cursors).toEqual({
      ...{ deliveredSeq: 6, readSeq: 5 },
    })
  })
}

function describeContacts(open: OpenStoreHarness): void {
  storeTest(
    open,
    'STORE-17 contacts are also the members of one’s channels, after the peers',
    async (scene) => {
      const { store, ann, bob, cleo, addUser, channel, send } = scene
      const dora = await addUser({ username: 'Dora' })
      await send(ann, bob, 'one')
      const channelId = await channel(cleo, [ann, bob])
      await channel(dora)
      const contacts = (user: { id: string }, limit = 10) => store.contacts({ userId: user.id, limit })
      expect(await contacts(ann)).toEqual([bob.id, cleo.id])
      expect([...(await contacts(cleo))].sort()).toEqual([ann.id, bob.id].sort())
      expect(await contacts(dora)).toEqual([])
      expect(await contacts(ann, 1)).toEqual([bob.id])
      await store.commit([removeMember(channelId, ann)])
      expect(await contacts(ann)).toEqual([bob.id])
      expect(await contacts(cleo)).toEqual([bob.id])
    },
  )

  storeTest(open, 'STORE-25 a search finds what is in channels one is a member of', async (scene) => {
    const { store, ann, bob, channel, say, send } = scene
    const open = await channel(ann, [bob])
    const hidden = await channel(ann, [], { isPrivate: true })
    const ids = [
      await say(open, ann, 'a needle'),
      await send(ann, bob, 'b needle'),
      await say(hidden, ann, 'c needle'),
    ]
    const [inOpen, direct, inHidden] = ids.map(({ id }) => id)
    const finds = async (user: { id: string }) =>
      (await store.search({ userId: user.id, text: 'needle', limit: 10 })).items.map(
        ({ message }) => message.id,
      )
    expect([await finds(ann), await finds(bob)]).toEqual([
      [inHidden, direct, inOpen],
      [direct, inOpen],
    ])
    await store.commit([removeMember(open, bob)])
    expect(await finds(bob)).toEqual([direct])
    await store.commit([addMembers(open, [bob.id]), addMembers(hidden, [bob.id], { isPrivate: true })])
    expect(await finds(bob)).toEqual([inHidden, direct, inOpen])
    const { items } = await store.search({ userId: bob.id, text: 'needle', limit: 1 })
    expect(items[0]).toMatchObject({ sender: { username: 'Ann' }, status: 'sent', receiverId: null })
  })

  storeTest(open, 'STORE-26 results of own and of foreign channels page without a skip', async (scene) => {
    const { store, ann, bob, channel } = scene
    const [mine, foreign] = [await channel(ann), await channel(bob)]
    const ops = Array.from({ length: 40 }, (_, index) =>
      index % 4 === 0
        ? post(mine, ann, { content: `needle n${index}` })
        : post(foreign, bob, { content: `needle n${index}` }),
    )
    await store.commit(ops)
    const pages = await allPages((after) =>
      store.search({ userId: ann.id, text: 'needle', limit: 3, ...after }),
    )
    const found = pages.flat().map(({ message }) => message.content.slice(8))
    expect(found).toEqual(['36', '32', '28', '24', '20', '16', '12', '8', '4', '0'])
  })
}
