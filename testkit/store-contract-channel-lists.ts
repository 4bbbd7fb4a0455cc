import { newId } from '@parley/model'
import { expect } from 'vitest'
import { allPages, type OpenStoreHarness, receipt, storeTest } from './store-contract-fixture.ts'
import { addMembers, createChannel, openDirect, removeMember, updateChannel } from './store-contract-ops.ts'

export function describeChannelLists(open: OpenStoreHarness): void {
  describeLists(open)
  describeMembers(open)
}

function describeLists(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-51 own conversations come newest activity first', async (scene) => {
    const { store, ann, bob, cleo, channel, say, send } = scene
    const first = await channel(ann)
    const { conversationId: direct } = await send(bob, ann, 'one')
    const second = await channel(bob, [ann], { isPrivate: true })
    await channel(bob)
    const listed = async (limit = 10) => {
      const { items } = await store.channels({ userId: ann.id, limit })
      return items.map(({ channel: { id } }) => id)
    }
    expect(await listed()).toEqual([second, direct, first])
    await say(first, ann, 'two')
    expect(await listed()).toEqual([first, second, direct])
    const opened = openDirect(ann, cleo)
    await store.commit([opened, openDirect(ann, bob)])
    expect(await listed()).toEqual([opened.newConversationId, first, second, direct])
    expect(await listed(2)).toEqual([opened.newConversationId, first])
    await store.commit([removeMember(second, ann), updateChannel(first, { archived: true })])
    expect(await listed()).toEqual([opened.newConversationId, first, direct])
  })

  storeTest(open, 'STORE-51 own conversations page', async ({ store, ann, bob }) => {
    const made = Array.from({ length: 7 }, () => createChannel(ann))
    await store.commit([...made.slice(0, 4), openDirect(ann, bob), ...made.slice(4)])
    const pages = await allPages((after) => store.channels({ userId: ann.id, limit: 4, ...after }))
    const direct = await store.directOf(ann.id, bob.id)
    const ids = made.map(({ channelId }) => channelId)
    expect(pages.map((page) => page.map(({ channel }) => channel.id))).toEqual([
      [ids[6], ids[5], ids[4], direct],
      [ids[3], ids[2], ids[1], ids[0]],
    ])
    const refused = store.channels({ userId: ann.id, after: 'x', limit: 1 })
    await expect(refused).rejects.toMatchObject({ code: 'INVALID' })
  })

  storeTest(open, 'STORE-52 public channels in use are listed by name, to everyone', async (scene) => {
    const { store, ann, bob, channel, send } = scene
    for (const name of ['beta', 'Alpha', 'alphabet', 'Änderungen', 'a_b', 'a%b'])
      await channel(ann, [], { name })
    await channel(ann, [bob], { name: 'alpha secret', isPrivate: true })
    const renamed = await channel(ann, [bob], { name: 'alpha old' })
    await store.commit([updateChannel(renamed, { name: 'Gamma' })])
    const archived = await channel(ann, [], { name: 'alpha archived' })
    await store.commit([updateChannel(archived, { archived: true })])
    await send(ann, bob, 'one')
    const listed = async (search?: string) => {
      const query = { userId: bob.id, limit: 100, ...(search === undefined ? {} : { search }) }
      return (await store.publicChannels(query)).items.map((view) => [view.channel.name, view.role])
    }
    const names = async (search?: string) => (await listed(search)).map(([name]) => name)
    expect(await names('ALPHA')).toEqual(['Alpha', 'alphabet'])
    expect([await names('än'), await names('a_'), await names('a%')]).toEqual([
      ...[['Änderungen'], ['a_b'], ['a%b']],
    ])
    expect(await names('lpha')).toEqual([])
    expect((await names()).slice(-3)).toEqual(['beta', 'Gamma', 'Änderungen'])
    expect(await listed('g')).toEqual([['Gamma', 'member']])
    await store.commit([
      updateChannel(archived, { archived: false }),
      updateChannel(renamed, { isPrivate: true }),
    ])
    expect([await names('alpha'), await names('g')]).toEqual([['Alpha', 'alpha archived', 'alphabet'], []])
  })

  storeTest(open, 'STORE-52 public channels page, also those of one name', async (scene) => {
    const { store, ann, bob } = scene
    const names = ['b', 'A', 'a', 'A', 'c', 'a', 'B']
    await store.commit(names.map((name) => createChannel(ann, { name })))
    const pages = await allPages((after) => store.publicChannels({ userId: bob.id, limit: 2, ...after }))
    const seen = pages.flat().map(({ channel }) => channel)
    expect(pages.map((page) => page.length)).toEqual([2, 2, 2, 1])
    expect(seen.map(({ name }) => name?.toLowerCase())).toEqual(['a', 'a', 'a', 'a', 'b', 'b', 'c'])
    expect(new Set(seen.map(({ id }) => id)).size).toBe(7)
  })
}

function describeMembers(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-53 members come oldest first, in pages, without gone accounts', async (scene) => {
    const { store, ann, bob, cleo, channel } = scene
    const gone = [newId(), newId()]
    const channelId = await channel(ann, [], { memberIds: [gone[0]!, bob.id, gone[1]!], at: 5_000 })
    await store.commit([{ ...addMembers(channelId, [cleo.id]), at: 4_000 }])
    const pages = await allPages((after) => store.members({ channelId, limit: 1, ...after }))
    expect(pages.flat().map(({ user }) => user.id)).toEqual([ann.id, bob.id, cleo.id])
    expect(pages.every((page) => page.length <= 1)).toBe(true)
    const all = [ann.id, gone[0], bob.id, gone[1], cleo.id]
    expect(await store.memberIds({ channelId, limit: 100 })).toEqual(all)
    expect(await store.memberIds({ channelId, limit: 2 })).toHaveLength(2)
    expect(await store.memberIds({ channelId: newId(), limit: 2 })).toEqual([])
    expect(await store.members({ channelId: newId(), limit: 2 })).toEqual({ items: [], next: null })
  })

  storeTest(open, 'STORE-53 the cursors of those who joined first', async (scene) => {
    const { store, ann, bob, channel, sayMany } = scene
    const memberIds = [bob.id, ...Array.from({ length: 120 }, () => newId())]
    const channelId = await channel(ann, [], { memberIds })
    await sayMany(channelId, ann, 3)
    await store.commit([
      receipt(bob, 'delivered', { id: channelId }, 3),
      receipt(bob, 'read', { id: channelId }, 2),
    ])
    const cursors = await store.cursors({ channelId, limit: 1_000 })
    const ids = [ann.id, ...memberIds.slice(0, 99)]
    expect(cursors.map(({ userId }) => userId)).toEqual(ids)
    expect(cursors.slice(0, 3)).toEqual([
      { userId: ann.id, deliveredSeq: 0, readSeq: 0 },
      { userId: bob.id, deliveredSeq: 3, readSeq: 2 },
      { userId: memberIds[1], deliveredSeq: 0, readSeq: 0 },
    ])
    expect(await store.cursors({ channelId, limit: 2 })).toHaveLength(2)
  })
}
