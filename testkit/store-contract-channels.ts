import { newId } from '@parley/model'
import { expect } from 'vitest'
import { append, type OpenStoreHarness, rolesOf, storeTest } from './store-contract-fixture.ts'
import {
  addMembers,
  createChannel,
  has,
  openDirect,
  removeMember,
  setRole,
  updateChannel,
} from './store-contract-ops.ts'

export function describeChannels(open: OpenStoreHarness): void {
  describeMaking(open)
  describeExpectations(open)
  describeUpdates(open)
  describeDirectUntouched(open)
}

function describeMaking(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-43 a channel is made with its owner and first members', async (scene) => {
    const { store, ann, bob, cleo } = scene
    const memberIds = [bob.id, cleo.id, bob.id, ann.id]
    const op = createChannel(ann, { name: 'Ünïcode', isPrivate: true, memberIds, at: 1_234 })
    const channel = {
      ...{ id: op.channelId, kind: 'channel', name: 'Ünïcode', isPrivate: true, memberCount: 3 },
      ...{ seq: 0, rev: 0, createdAt: 1_234, archivedAt: null },
    }
    const [outcome] = await store.commit([op])
    expect(outcome).toMatchObject({ kind: 'created', channel })
    const added = outcome.kind === 'created' ? outcome.memberIds : []
    expect(added.filter((id) => id !== ann.id)).toEqual([bob.id, cleo.id])
    expect(await rolesOf(scene, op.channelId)).toEqual([
      [ann.id, 'owner'],
      [bob.id, 'member'],
      [cleo.id, 'member'],
    ])
    const none = { deliveredSeq: 0, readSeq: 0 }
    expect(await store.channel({ channelId: op.channelId, userId: bob.id })).toEqual({
      ...{ channel, role: 'member', cursors: none, unreadCount: 0, mentionCount: 0, peer: null },
    })
    const info = { id: op.channelId, kind: 'channel', members: null }
    expect(await store.conversation(op.channelId)).toEqual(info)
  })

  storeTest(open, 'STORE-43 a channel that is made again is the one that is there', async (scene) => {
    const { store, ann, bob, cleo, say } = scene
    const op = createChannel(ann, { memberIds: [bob.id] })
    const [first] = await store.commit([op])
    expect(await store.commit([op])).toEqual([first])
    await store.commit([removeMember(op.channelId, bob)])
    await say(op.channelId, ann, 'one')
    const [again] = await store.commit([{ ...op, memberIds: [cleo.id] }])
    expect(again).toMatchObject({ kind: 'created', channel: { memberCount: 1, seq: 1, rev: 1 } })
    expect(await store.memberIds({ channelId: op.channelId, limit: 10 })).toEqual([ann.id])
  })

  storeTest(open, 'STORE-43 a direct conversation is opened once, by either', async (scene) => {
    const { store, ann, bob } = scene
    expect(await store.directOf(ann.id, bob.id)).toBeNull()
    const op = { ...openDirect(ann, bob), at: 1_234 }
    const outcomes = await store.commit([op, openDirect(bob, ann), openDirect(ann, bob)])
    const id = op.newConversationId
    expect(outcomes.map(({ view, isNew }) => [view.channel.id, view.peer?.id, isNew])).toEqual([
      [id, bob.id, true],
      [id, ann.id, false],
      [id, bob.id, false],
    ])
    expect(outcomes[0].view).toEqual({
      channel: {
        ...{ id, kind: 'direct', name: null, isPrivate: true, memberCount: 2 },
        ...{ seq: 0, rev: 0, createdAt: 1_234, archivedAt: null },
      },
      ...{ role: 'member', cursors: { deliveredSeq: 0, readSeq: 0 }, unreadCount: 0, mentionCount: 0 },
      peer: bob,
    })
    expect(await store.directOf(bob.id, ann.id)).toBe(id)
    const info = await store.conversation(id)
    expect(info).toMatchObject({ id, kind: 'direct' })
    expect([...(info?.members ?? [])].sort()).toEqual([ann.id, bob.id].sort())
  })

  storeTest(open, 'STORE-43 a message and an opening find the same conversation', async (scene) => {
    const { store, ann, bob, cleo, send } = scene
    const { conversationId } = await send(ann, bob, 'one')
    const opened = openDirect(cleo, ann)
    const outcomes = await store.commit([openDirect(bob, ann), opened, append(ann, cleo)])
    expect(outcomes[0]).toMatchObject({
      isNew: false,
      view: { channel: { id: conversationId, seq: 1, rev: 1, memberCount: 2 }, unreadCount: 1 },
    })
    expect(outcomes[2]).toMatchObject({ message: { conversationId: opened.newConversationId, seq: 1 } })
    expect(await store.conversation(newId())).toBeNull()
  })

  storeTest(
    open,
    'STORE-43 an opened conversation without a message is in no list of chats',
    async (scene) => {
      const { store, ann, bob } = scene
      await store.commit([openDirect(ann, bob)])
      const { items } = await store.directConversations({ userId: ann.id, limit: 10 })
      expect(items).toEqual([])
      expect((await store.channels({ userId: bob.id, limit: 10 })).items).toHaveLength(1)
      expect(await store.waiting({ userId: bob.id, limit: 10 })).toEqual([])
    },
  )
}

function describeExpectations(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-44 what was decided on another role is stale', async (scene) => {
    const { store, ann, bob, cleo, channel } = scene
    const channelId = await channel(ann, [bob])
    for (const wrong of [has(ann, 'moderator'), has(bob, null), has(cleo, 'member')]) {
      const outcomes = await store.commit([
        updateChannel(channelId, { name: 'x' }, wrong),
        addMembers(channelId, [cleo.id], { expect: wrong }),
        removeMember(channelId, bob, wrong),
        setRole(channelId, bob, 'moderator', [...has(ann, 'owner'), ...wrong]),
      ])
      expect(outcomes).toEqual(Array(4).fill({ kind: 'stale' }))
    }
    expect(await rolesOf(scene, channelId)).toEqual([
      [ann.id, 'owner'],
      [bob.id, 'member'],
    ])
    const expected = [...has(ann, 'owner'), ...has(bob, 'member'), ...has(cleo, null)]
    const outcomes = await store.commit([
      setRole(channelId, bob, 'moderator', expected),
      updateChannel(channelId, { name: 'New' }, has(bob, 'moderator')),
      removeMember(channelId, bob, has(bob, 'member')),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['updated', 'updated', 'stale'])
  })

  storeTest(open, 'STORE-44 nobody is added on another privacy than was seen', async (scene) => {
    const { store, ann, bob, channel } = scene
    const channelId = await channel(ann)
    const outcomes = await store.commit([
      addMembers(channelId, [bob.id], { isPrivate: true }),
      updateChannel(channelId, { isPrivate: true }),
      addMembers(channelId, [bob.id]),
      addMembers(channelId, [bob.id], { isPrivate: true, expect: has(ann, 'owner') }),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['stale', 'updated', 'stale', 'updated'])
  })
}

function describeUpdates(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-45 an update changes what it names', async ({ store, ann, bob, channel, say }) => {
    const channelId = await channel(ann, [bob], { name: 'Old', at: 1_000 })
    await say(channelId, ann, 'one')
    const same = {
      ...{ id: channelId, kind: 'channel', memberCount: 2, seq: 1, rev: 1, createdAt: 1_000 },
    }
    const rename = updateChannel(channelId, { name: 'New' })
    const close = { ...updateChannel(channelId, { isPrivate: true, archived: true }), at: 5_000 }
    const again = { ...updateChannel(channelId, { archived: true }), at: 6_000 }
    const reopen = updateChannel(channelId, { archived: false })
    const outcomes = await store.commit([rename, close, again, reopen])
    expect(outcomes).toEqual(
      [
        { ...same, name: 'New', isPrivate: false, archivedAt: null },
        { ...same, name: 'New', isPrivate: true, archivedAt: 5_000 },
        { ...same, name: 'New', isPrivate: true, archivedAt: 5_000 },
        { ...same, name: 'New', isPrivate: true, archivedAt: null },
      ].map((changed) => ({ kind: 'updated', channel: changed, added: [], newOwnerId: null })),
    )
    expect((await store.channel({ channelId, userId: ann.id }))?.channel).toMatchObject({ name: 'New' })
  })
}

function describeDirectUntouched(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-49 a direct conversation is no channel to change', async (scene) => {
    const { store, ann, bob, cleo, send } = scene
    const { conversationId: id } = await send(ann, bob, 'one')
    const before = await store.channel({ channelId: id, userId: ann.id })
    for (const channelId of [id, newId()]) {
      const outcomes = await store.commit([
        updateChannel(channelId, { name: 'x', isPrivate: false, archived: true }),
        addMembers(channelId, [cleo.id], { isPrivate: true }),
        removeMember(channelId, bob),
        setRole(channelId, ann, 'owner'),
      ])
      expect(outcomes).toEqual(Array(4).fill({ kind: 'not-found' }))
    }
    expect(await store.channel({ channelId: id, userId: ann.id })).toEqual(before)
    expect(await store.memberIds({ channelId: id, limit: 10 })).toHaveLength(2)
  })
}
