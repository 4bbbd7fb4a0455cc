import { MAX_CHANNEL_MEMBERS, MAX_CHANNELS_PER_USER, newId } from '@parley/model'
import { expect } from 'vitest'
import { type OpenStoreHarness, receipt, rolesOf, storeTest } from './store-contract-fixture.ts'
import {
  addMembers,
  createChannel,
  openDirect,
  removeMember,
  setRole,
  updateChannel,
} from './store-contract-ops.ts'

export function describeMemberships(open: OpenStoreHarness): void {
  describeJoining(open)
  describeLeaving(open)
  describeCaps(open)
}

function describeJoining(open: OpenStoreHarness): void {
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

  storeTest(open, 'STORE-47 who comes again goes on where they were, as a member', async (scene) => {
    const { store, ann, bob, channel, sayMany } = scene
    const channelId = await channel(ann, [bob])
    await sayMany(channelId, ann, 4)
    await store.commit([
      setRole(channelId, bob, 'moderator'),
      receipt(bob, 'delivered', { id: channelId }, 3),
      receipt(bob, 'read', { id: channelId }, 2),
      removeMember(channelId, bob),
    ])
    await sayMany(channelId, ann, 1)
    const outcomes = await store.commit([
      addMembers(channelId, [bob.id]),
      receipt(bob, 'read', { id: channelId }, 2),
      receipt(bob, 'delivered', { id: channelId }),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['updated', 'unmoved', 'advanced'])
    expect(outcomes[2].kind === 'advanced' && outcomes[2].delivered.map(({ seq }) => seq)).toEqual([4, 5])
    expect(await store.channel({ channelId, userId: bob.id })).toMatchObject({
      ...{ role: 'member', cursors: { deliveredSeq: 5, readSeq: 2 }, unreadCount: 3 },
    })
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
    for (let next = 0; next < ops.length; next += 500) {
      const outcomes = await store.commit(ops.slice(next, next + 500))
      expect(outcomes.filter(({ kind }) => kind !== 'created')).toEqual([])
    }
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
