import { MAX_CHANNEL_MEMBERS, MAX_CHANNELS_PER_USER, newId } from '@parley/model'
import { expect } from 'vitest'
import { append, type OpenStoreHarness, type Scene, storeTest } from './store-contract-fixture.ts'
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
  describeLeaving(open)
  describeCaps(open)
  describeDirectUntouched(open)
}

/** The roles of a channel's members, oldest first. */
const rolesOf = async ({ store }: Scene, channelId: string) =>
  (await store.members({ channelId, limit: 100 })).items.map(({ user, role }) => [user.id, role])

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

  storeTest(open, 'STORE-46 who is added is a member once, to whom everything is unread', async (scene) => {
    const { store, ann, bob, cleo, channel, say } = scene
    const channelId = await channel(ann, [bob])
    await say(channelId, ann, 'before')
    const outcomes = await store.commit([
      { ...addMembers(channelId, [bob.id, cleo.id, cleo.id]), at: 5_000 },
      addMembers(channelId, [bob.id, cleo.id]),
      addMembers(channelId, []),
    ])
    expect(outcomes).toMatchObject([
      { kind: 'updated', added: [cleo.id], newOwnerId: null, channel: { memberCount: 3, seq: 1, rev: 1 } },
      { kind: 'updated', added: [], channel: { memberCount: 3 } },
      { kind: 'updated', added: [] },
    ])
    const { items } = await store.members({ channelId, limit: 10 })
    expect(items[2]).toEqual({
      ...{ user: cleo, role: 'member', cursors: { deliveredSeq: 0, readSeq: 0 }, joinedAt: 5_000 },
    })
    expect((await store.channel({ channelId, userId: cleo.id }))?.unreadCount).toBe(1)
  })

  storeTest(open, 'STORE-46 nobody is added to an archived channel', async ({ store, ann, bob, channel }) => {
    const channelId = await channel(ann)
    await store.commit([updateChannel(channelId, { archived: true })])
    expect(await store.commit([addMembers(channelId, [bob.id])])).toEqual([{ kind: 'archived' }])
    expect(await store.memberIds({ channelId, limit: 10 })).toEqual([ann.id])
  })

  storeTest(open, 'STORE-48 a role is given; a new owner makes the old one a moderator', async (scene) => {
    const { store, ann, bob, cleo, channel } = scene
    const channelId = await channel(ann, [bob, cleo])
    const outcomes = await store.commit([
      setRole(channelId, bob, 'moderator'),
      setRole(channelId, bob, 'member'),
      setRole(channelId, cleo, 'owner'),
    ])
    expect(outcomes.map((o) => o.kind === 'updated' && [o.newOwnerId, o.added])).toEqual([
      [null, []],
      [null, []],
      [cleo.id, []],
    ])
    expect(await rolesOf(scene, channelId)).toEqual([
      [ann.id, 'moderator'],
      [bob.id, 'member'],
      [cleo.id, 'owner'],
    ])
    expect(await store.role({ channelId, userId: cleo.id })).toBe('owner')
    const strangers = [setRole(channelId, { id: newId() }, 'moderator'), setRole(newId(), ann, 'owner')]
    expect(await store.commit(strangers)).toEqual([{ kind: 'not-found' }, { kind: 'not-found' }])
  })
}

function describeLeaving(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-47 when the owner leaves the oldest moderator follows', async (scene) => {
    const { store, ann, bob, cleo, addUser, channel } = scene
    const dora = await addUser({ username: 'Dora' })
    const channelId = await channel(ann, [bob, cleo, dora])
    const outcomes = await store.commit([
      setRole(channelId, dora, 'moderator'),
      setRole(channelId, cleo, 'moderator'),
      removeMember(channelId, ann),
      removeMember(channelId, dora),
    ])
    expect(outcomes[2]).toMatchObject({ newOwnerId: cleo.id, channel: { memberCount: 3, archivedAt: null } })
    expect(outcomes[3]).toMatchObject({ newOwnerId: null, channel: { memberCount: 2 } })
    expect(await rolesOf(scene, channelId)).toEqual([
      [bob.id, 'member'],
      [cleo.id, 'owner'],
    ])
  })

  storeTest(open, 'STORE-47 … else the oldest member; who comes again is the newest', async (scene) => {
    const { store, ann, bob, cleo, channel } = scene
    const channelId = await channel(ann, [bob, cleo])
    const outcomes = await store.commit([
      removeMember(channelId, bob),
      addMembers(channelId, [bob.id]),
      removeMember(channelId, ann),
    ])
    expect(outcomes[0]).toMatchObject({ kind: 'updated', newOwnerId: null, added: [] })
    expect(outcomes[2]).toMatchObject({ kind: 'updated', newOwnerId: cleo.id })
    expect(await rolesOf(scene, channelId)).toEqual([
      [cleo.id, 'owner'],
      [bob.id, 'member'],
    ])
  })

  storeTest(open, 'STORE-47 when the last member leaves the channel is archived', async (scene) => {
    const { store, ann, bob, channel, say } = scene
    const channelId = await channel(ann, [bob])
    await say(channelId, ann, 'one')
    const last = { ...removeMember(channelId, ann), at: 5_000 }
    const outcomes = await store.commit([removeMember(channelId, bob), last, removeMember(channelId, ann)])
    expect(outcomes[0]).toMatchObject({ channel: { archivedAt: null } })
    expect(outcomes[1]).toMatchObject({
      kind: 'updated',
      newOwnerId: null,
      channel: { memberCount: 0, archivedAt: 5_000, seq: 1, rev: 1 },
    })
    expect(outcomes[2]).toEqual({ kind: 'not-found' })
    expect(await store.commit([addMembers(channelId, [bob.id])])).toEqual([{ kind: 'archived' }])
  })

  storeTest(open, 'STORE-47 one leaves an archived channel too', async ({ store, ann, bob, channel }) => {
    const channelId = await channel(ann, [bob])
    const archive = { ...updateChannel(channelId, { archived: true }), at: 5_000 }
    const leave = { ...removeMember(channelId, bob), at: 6_000 }
    const outcomes = await store.commit([archive, leave])
    expect(outcomes[1]).toMatchObject({ kind: 'updated', channel: { memberCount: 1, archivedAt: 5_000 } })
    expect(await store.role({ channelId, userId: bob.id })).toBeNull()
  })
}

function describeCaps(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-46 a channel has no more members than allowed', async (scene) => {
    const { store, ann, bob, cleo, channel } = scene
    const memberIds = Array.from({ length: MAX_CHANNEL_MEMBERS - 2 }, () => newId())
    const channelId = await channel(ann, [], { memberIds })
    const outcomes = await store.commit([
      addMembers(channelId, [bob.id, cleo.id]),
      addMembers(channelId, [bob.id]),
      addMembers(channelId, [cleo.id]),
      addMembers(channelId, [bob.id]),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['full', 'updated', 'full', 'updated'])
    const view = await store.channel({ channelId, userId: ann.id })
    expect(view?.channel.memberCount).toBe(MAX_CHANNEL_MEMBERS)
    expect(await store.role({ channelId, userId: cleo.id })).toBeNull()
    expect(await store.memberIds({ channelId, limit: 1e9 })).toHaveLength(MAX_CHANNEL_MEMBERS)
  })

  storeTest(open, 'STORE-46 an account is in no more channels than allowed', async (scene) => {
    const { store, ann, bob, cleo, channel } = scene
    await store.commit([openDirect(ann, bob)])
    const ops = Array.from({ length: MAX_CHANNELS_PER_USER }, () => createChannel(ann))
    for (let next = 0; next < ops.length; next += 500) await store.commit(ops.slice(next, next + 500))
    expect(await store.commit([createChannel(ann)])).toEqual([{ kind: 'too-many' }])
    const channelId = await channel(bob, [ann])
    expect(await store.memberIds({ channelId, limit: 10 })).toEqual([bob.id])
    const outcomes = await store.commit([
      addMembers(channelId, [ann.id]),
      addMembers(channelId, [ann.id, cleo.id]),
      removeMember(ops[0]!.channelId, ann),
      addMembers(channelId, [ann.id]),
    ])
    expect(outcomes[0]).toEqual({ kind: 'full' })
    expect(outcomes[1]).toMatchObject({ kind: 'updated', added: [cleo.id] })
    expect(outcomes[3]).toMatchObject({ kind: 'updated', added: [ann.id], channel: { memberCount: 3 } })
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
