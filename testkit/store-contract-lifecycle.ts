import type { Store } from '@parley/core'
import { expect } from 'vitest'
import { append, type OpenStoreHarness, receipt, storeTest } from './store-contract-fixture.ts'
import {
  createChannel,
  deletion,
  edit,
  post,
  react,
  removeMember,
  setRole,
  updateChannel,
} from './store-contract-ops.ts'

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

  storeTest(open, 'STORE-28 … channels, and how their messages stand now', async (scene) => {
    const { ann, bob, cleo, channel, sayMany, reopen } = scene
    if (reopen === undefined) return
    const channelId = await channel(ann, [bob, cleo], { isPrivate: true })
    const [first = '', second = '', third = ''] = await sayMany(channelId, ann, 3)
    await scene.store.commit([
      edit(first, ann, 'edited needle'),
      deletion(second),
      react(third, bob, '👍'),
      post(channelId, cleo, { content: '@bob', clientMessageId: 'c', mentioned: [bob.id] }),
      receipt(bob, 'read', { id: channelId }, 1),
      receipt(cleo, 'delivered', { id: channelId }),
      setRole(channelId, bob, 'moderator'),
      removeMember(channelId, cleo),
      updateChannel(channelId, { name: 'Renamed' }),
    ])
    const stateOf = (store: Store) =>
      Promise.all([
        store.channel({ channelId, userId: bob.id }),
        store.channels({ userId: bob.id, limit: 10 }),
        store.members({ channelId, limit: 10 }),
        store.messages({ channelId, limit: 10 }),
        store.changes({ channelId, rev: 2, limit: 10 }),
        store.search({ userId: bob.id, text: 'needle', limit: 10 }),
      ])
    const before = await stateOf(scene.store)
    expect(before[0]).toMatchObject({ role: 'moderator', channel: { seq: 4, rev: 7 }, mentionCount: 1 })
    const store = await reopen()
    expect(await stateOf(store)).toEqual(before)
    const outcomes = await store.commit([
      post(channelId, cleo, { content: '@bob', clientMessageId: 'c' }),
      post(channelId, cleo),
      post(channelId, bob),
      react(third, bob, '👍'),
    ])
    expect(outcomes).toMatchObject([
      { kind: 'repeated', message: { seq: 4 } },
      { kind: 'not-a-member' },
      { kind: 'appended', message: { seq: 5, rev: 8 } },
      { kind: 'unchanged' },
    ])
  })

  storeTest(open, 'STORE-28 … rooms, and the codes that had a PIN', async (scene) => {
    const { ann, bob, reopen } = scene
    if (reopen === undefined) return
    const room = { kind: 'create-room', name: 'Plans', creatorId: ann.id, pinHash: 'hash', at: 1 } as const
    const bobIn = (code: string) => ({ kind: 'enter-room', code, userId: bob.id, at: 2 }) as const
    await scene.store.commit([
      { ...room, code: 'GONE' },
      { ...room, code: 'KEPT' },
      bobIn('OPEN'),
      { kind: 'admit-to-room', code: 'KEPT', userId: bob.id, at: 2 },
      { kind: 'leave-room', code: 'KEPT', userId: bob.id },
      { kind: 'close-room', code: 'GONE' },
    ])
    const before = [await scene.store.room('KEPT'), await scene.store.rooms({ limit: 10 })]
    expect(before[0]).toMatchObject({ memberIds: [ann.id] })
    const store = await reopen()
    expect([await store.room('KEPT'), await store.rooms({ limit: 10 })]).toEqual(before)
    const outcomes = await store.commit([bobIn('GONE'), bobIn('KEPT'), bobIn('OPEN')])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['not-found', 'room', 'room'])
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
      () => store.commit([createChannel(ann)]),
      () => store.commit([{ kind: 'enter-room', code: 'A', userId, at: 1 }]),
      () => store.conversation(userId),
      () => store.directOf(userId, bob.id),
      () => store.channel({ channelId: userId, userId }),
      () => store.role({ channelId: userId, userId }),
      () => store.channels({ userId, limit: 1 }),
      () => store.publicChannels({ userId, limit: 1 }),
      () => store.members({ channelId: userId, limit: 1 }),
      () => store.memberIds({ channelId: userId, limit: 1 }),
      () => store.cursors({ channelId: userId, limit: 1 }),
      () => store.cursorsOf({ channelIds: [userId] }),
      () => store.messages({ channelId: userId, limit: 1 }),
      () => store.message(userId),
      () => store.changes({ channelId: userId, rev: 0, limit: 1 }),
      () => store.changesOf({ since: [{ channelId: userId, rev: 0 }], limit: 1 }),
      () => store.logEnd(),
      () => store.logged({ after: 0, until: 1 }),
      () => store.room('A'),
      () => store.rooms({ limit: 1 }),
      () => store.epoch(),
      () => store.ping(),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: 'retry' })
    }
  })
}
