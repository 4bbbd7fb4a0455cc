import { MAX_REACTORS } from '@parley/core'
import { MAX_REACTIONS, newId } from '@parley/model'
import { expect } from 'vitest'
import { append, type OpenStoreHarness, storeTest } from './store-contract-fixture.ts'
import { deletion, edit, has, post, react, removeMember, updateChannel } from './store-contract-ops.ts'

export function describeChanges(open: OpenStoreHarness): void {
  describeRevisions(open)
  describeRefusedChanges(open)
  describeReactions(open)
  describeDirectChanges(open)
}

function describeRevisions(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-35 a change raises the revision by one, never a position', async (scene) => {
    const { store, ann, bob, channel, sayMany } = scene
    const channelId = await channel(ann, [bob])
    const [first = '', second = ''] = await sayMany(channelId, ann, 2)
    const outcomes = await store.commit([
      edit(first, ann, 'edited'),
      react(second, bob, '👍'),
      deletion(first, has(ann, 'owner')),
      react(second, bob, '👍', false),
      post(channelId, bob),
    ])
    expect(outcomes.map((o) => 'message' in o && [o.kind, o.message.seq, o.message.rev])).toEqual([
      ['changed', 1, 3],
      ['changed', 2, 4],
      ['changed', 1, 5],
      ['changed', 2, 6],
      ['appended', 3, 7],
    ])
    expect((await store.channel({ channelId, userId: ann.id }))?.channel).toMatchObject({ seq: 3, rev: 7 })
  })

  storeTest(open, 'STORE-35 what is like that already stays, and its revision', async (scene) => {
    const { store, ann, channel, say } = scene
    const channelId = await channel(ann)
    const { id } = await say(channelId, ann, 'one')
    const outcomes = await store.commit([
      edit(id, ann, 'one'),
      react(id, ann, '👍', false),
      react(id, ann, '👍'),
      react(id, ann, '👍'),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged', 'changed', 'unchanged'])
    expect(outcomes.map((o) => 'message' in o && o.message.rev)).toEqual([1, 1, 2, 2])
    expect(outcomes[0]).toMatchObject({
      place: { conversationId: channelId, kind: 'channel', members: null },
    })
    const stored = await store.message(id)
    expect(stored?.message).toMatchObject({ rev: 2, content: 'one', editedAt: null })
    expect((await store.channel({ channelId, userId: ann.id }))?.channel.rev).toBe(2)
  })

  storeTest(open, 'STORE-35 an edit is kept, with its time', async ({ store, ann, channel, say }) => {
    const channelId = await channel(ann)
    const before = await say(channelId, ann, 'one')
    const after = { ...before, content: 'zwei\n', editedAt: 5_000, rev: 2 }
    const op = { ...edit(before.id, ann, 'zwei\n'), at: 5_000 }
    const place = { conversationId: channelId, kind: 'channel', members: null }
    expect(await store.commit([op])).toEqual([{ kind: 'changed', message: after, place }])
    expect((await store.message(before.id))?.message).toEqual(after)
  })

  storeTest(open, 'STORE-37 a tombstone keeps its position and nothing else', async (scene) => {
    const { store, ann, bob, channel, say } = scene
    const channelId = await channel(ann, [bob])
    const before = await say(channelId, ann, '@bob', { clientMessageId: 'c', mentioned: [bob.id] })
    await say(channelId, ann, 'two')
    await store.commit([react(before.id, bob, '👍'), { ...deletion(before.id), at: 5_000 }])
    const { items } = await store.messages({ channelId, limit: 10 })
    expect(items.map(({ message }) => message.seq)).toEqual([2, 1])
    expect(items[1]?.message).toEqual({ ...before, content: '', deletedAt: 5_000, rev: 4 })
    expect(items[1]?.reactions).toEqual([])
    expect(await store.channel({ channelId, userId: bob.id })).toMatchObject({
      unreadCount: 2,
      mentionCount: 0,
    })
    const again = post(channelId, ann, { content: '@bob', clientMessageId: 'c' })
    expect(await store.commit([again])).toMatchObject([{ kind: 'repeated', message: { content: '' } }])
  })
}

function describeRefusedChanges(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-36 what is not there, or not to be seen, is not found', async (scene) => {
    const { store, ann, bob, cleo, channel, sayMany } = scene
    const channelId = await channel(ann, [bob])
    const [kept = '', deleted = ''] = await sayMany(channelId, bob, 2)
    await store.commit([deletion(deleted), removeMember(channelId, bob)])
    const outcomes = await store.commit([
      edit(newId(), ann, 'x'),
      react(newId(), ann, '👍'),
      deletion(newId()),
      edit(deleted, ann, 'x'),
      react(deleted, ann, '👍'),
      deletion(deleted),
      edit(kept, cleo, 'x'),
      react(kept, cleo, '👍'),
      edit(kept, bob, 'x'),
      react(kept, bob, '👍'),
    ])
    expect(outcomes).toEqual(Array(10).fill({ kind: 'not-found' }))
    expect((await store.channel({ channelId, userId: ann.id }))?.channel.rev).toBe(3)
  })

  storeTest(open, 'STORE-36 nobody edits what another wrote, nor a call', async (scene) => {
    const { store, ann, bob, channel, say } = scene
    const { id } = await say(await channel(ann, [bob]), bob, 'mine')
    const call = append(ann, bob, { type: 'call', content: 'missed' })
    await store.commit([call])
    const outcomes = await store.commit([edit(id, ann, 'x'), edit(call.messageId, ann, 'x')])
    expect(outcomes).toEqual([{ kind: 'forbidden' }, { kind: 'forbidden' }])
    expect((await store.message(id))?.message.content).toBe('mine')
  })

  storeTest(open, 'STORE-36 nothing changes in an archived channel', async (scene) => {
    const { store, ann, channel, say } = scene
    const channelId = await channel(ann)
    const { id } = await say(channelId, ann, 'one')
    await store.commit([updateChannel(channelId, { archived: true })])
    const outcomes = await store.commit([edit(id, ann, 'x'), react(id, ann, '👍'), deletion(id)])
    expect(outcomes).toEqual(Array(3).fill({ kind: 'archived' }))
    expect((await store.message(id))?.message).toMatchObject({ content: 'one', rev: 1 })
  })

  storeTest(open, 'STORE-36 a deletion on a role that is another by now is stale', async (scene) => {
    const { store, ann, bob, channel, say } = scene
    const { id } = await say(await channel(ann, [bob]), ann, 'one')
    const outcomes = await store.commit([
      deletion(id, has(bob, 'moderator')),
      deletion(id, has(bob, null)),
      deletion(id, has({ id: newId() }, 'member')),
      deletion(id, [...has(ann, 'owner'), ...has(bob, 'owner')]),
    ])
    expect(outcomes).toEqual(Array(4).fill({ kind: 'stale' }))
    expect((await store.message(id))?.message.deletedAt).toBeNull()
    expect(await store.commit([deletion(id, has(bob, 'member'))])).toMatchObject([{ kind: 'changed' }])
  })
}

function describeReactions(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-38 reactions come in the order of their first appearance', async (scene) => {
    const { store, ann, bob, cleo, channel, say } = scene
    const { id } = await say(await channel(ann, [bob, cleo]), ann, 'one')
    await store.commit([
      react(id, cleo, '👍'),
      react(id, ann, '❤️'),
      react(id, bob, '👍'),
      react(id, ann, '👍'),
      react(id, cleo, 'ok'),
      react(id, cleo, 'ok', false),
      react(id, bob, '❤️'),
    ])
    const reactionsOf = async () => (await store.message(id))?.reactions
    expect(await reactionsOf()).toEqual([
      { emoji: '👍', count: 3, userIds: [cleo.id, bob.id, ann.id] },
      { emoji: '❤️', count: 2, userIds: [ann.id, bob.id] },
    ])
    await store.commit([react(id, cleo, '👍', false), react(id, cleo, '👍')])
    expect(await reactionsOf()).toEqual([
      { emoji: '👍', count: 3, userIds: [bob.id, ann.id, cleo.id] },
      { emoji: '❤️', count: 2, userIds: [ann.id, bob.id] },
    ])
    await store.commit([...[ann, bob].map((user) => react(id, user, '❤️', false)), react(id, ann, '👎')])
    await store.commit([react(id, ann, '❤️')])
    expect((await reactionsOf())?.map(({ emoji }) => emoji)).toEqual(['👍', '👎', '❤️'])
  })

  storeTest(open, 'STORE-38 a message has no more different reactions than allowed', async (scene) => {
    const { store, ann, bob, channel, say } = scene
    const { id } = await say(await channel(ann, [bob]), ann, 'one')
    const emojis = Array.from({ length: MAX_REACTIONS }, (_, index) => `e${index}`)
    await store.commit(emojis.map((emoji) => react(id, ann, emoji)))
    const outcomes = await store.commit([
      react(id, ann, 'more'),
      react(id, bob, 'e0'),
      react(id, bob, 'more', false),
      react(id, ann, 'e1', false),
      react(id, bob, 'more'),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      ...['too-many', 'changed', 'unchanged', 'changed', 'changed'],
    ])
    expect((await store.message(id))?.reactions).toHaveLength(MAX_REACTIONS)
  })

  storeTest(open, 'STORE-38 a reaction names those who reacted first, and counts all', async (scene) => {
    const { store, ann, channel, say } = scene
    const reactors = Array.from({ length: MAX_REACTORS + 3 }, () => ({ id: newId() }))
    const memberIds = reactors.map(({ id }) => id)
    const { id } = await say(await channel(ann, [], { memberIds }), ann, 'one')
    await store.commit(reactors.map((user) => react(id, user, '👍')))
    expect((await store.message(id))?.reactions).toEqual([
      { emoji: '👍', count: reactors.length, userIds: memberIds.slice(0, MAX_REACTORS) },
    ])
  })
}

function describeDirectChanges(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-39 a direct message is changed like any other', async (scene) => {
    const { store, ann, bob, cleo, send } = scene
    const { id, conversationId } = await send(ann, bob, 'one')
    const outcomes = await store.commit([
      react(id, bob, '👍'),
      edit(id, ann, 'two'),
      edit(id, bob, 'x'),
      react(id, cleo, '👍'),
      deletion(id, has(bob, 'owner')),
      deletion(id, has(ann, 'member')),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      ...['changed', 'changed', 'forbidden', 'not-found', 'stale', 'changed'],
    ])
    const [first] = outcomes
    const place = first.kind === 'changed' ? first.place : null
    expect(place).toMatchObject({ conversationId, kind: 'direct' })
    expect([...(place?.members ?? [])].sort()).toEqual([ann.id, bob.id].sort())
    expect((await store.message(id))?.message).toMatchObject({ seq: 1, rev: 4, content: '' })
  })

  storeTest(open, 'STORE-39 what waits is replayed as it now stands, deleted messages not', async (scene) => {
    const { store, ann, bob, send } = scene
    const ids: string[] = []
    for (const content of ['one', 'two', 'three']) ids.push((await send(ann, bob, content)).id)
    await store.commit([edit(ids[0]!, ann, 'edited'), deletion(ids[1]!)])
    const waiting = await store.waiting({ userId: bob.id, limit: 10 })
    expect(waiting.map(({ message }) => message.content)).toEqual(['edited', 'three'])
    const { items } = await store.directHistory({ userId: bob.id, peerId: ann.id, limit: 10 })
    expect(items.map(({ message }) => message.content)).toEqual(['three', '', 'edited'])
  })

  storeTest(open, 'STORE-40 a search finds a message as it now stands', async (scene) => {
    const { store, ann, bob, channel, say, send } = scene
    const texts = [await send(ann, bob, 'old needle'), await say(await channel(ann), ann, 'old needle')]
    const finds = async (text: string) =>
      (await store.search({ userId: ann.id, text, limit: 10 })).items.map(({ message }) => message.id)
    const ids = texts.map(({ id }) => id).reverse()
    expect(await finds('old')).toEqual(ids)
    await store.commit(ids.map((id) => edit(id, ann, 'new needle')))
    expect([await finds('old'), await finds('new'), await finds('needle')]).toEqual([[], ids, ids])
    await store.commit(ids.map((id) => deletion(id)))
    expect([await finds('new'), await finds('needle')]).toEqual([[], []])
  })
}
