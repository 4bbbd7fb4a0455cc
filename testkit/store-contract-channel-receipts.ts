import { MAX_PASSED_SCAN, QUIET_ABOVE } from '@parley/core'
import { newId } from '@parley/model'
import { expect } from 'vitest'
import { type OpenStoreHarness, receipt, type Scene, storeTest } from './store-contract-fixture.ts'
import { addMembers, deletion, post, removeMember } from './store-contract-ops.ts'

export function describeChannelReceipts(open: OpenStoreHarness): void {
  describeOfMessage(open)
  describeNamed(open)
  describeQuiet(open)
  describeProgress(open)
}

/** The positions that a receipt tells authors of. */
async function passedBy({ store }: Scene, op: ReturnType<typeof receipt>) {
  const [outcome] = await store.commit([op])
  if (outcome.kind !== 'advanced') throw new Error(outcome.kind)
  const seqs = (passed: typeof outcome.read) => passed.map(({ seq }) => seq)
  return { ...outcome, delivered: seqs(outcome.delivered), read: seqs(outcome.read), named: outcome.read }
}

function describeOfMessage(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-56 a receipt for a message moves the cursor up to it', async (scene) => {
    const { store, ann, bob, channel, sayMany, send } = scene
    const channelId = await channel(ann, [bob])
    const [, second = ''] = await sayMany(channelId, ann, 3)
    const outcomes = await store.commit([
      receipt(bob, 'read', { ofMessage: second }, 3),
      receipt(bob, 'delivered', { ofMessage: second }),
    ])
    const cursors = { deliveredSeq: 2, readSeq: 2 }
    expect(outcomes[0]).toMatchObject({ kind: 'advanced', conversationId: channelId, cursors, readCount: 2 })
    expect(outcomes[1]).toEqual({ kind: 'unmoved' })
    expect(await store.cursors({ channelId, limit: 10 })).toEqual([
      { userId: ann.id, deliveredSeq: 0, readSeq: 0 },
      { userId: bob.id, ...cursors },
    ])
    const direct = await send(ann, bob, 'one')
    expect(await store.commit([receipt(bob, 'delivered', { ofMessage: direct.id })])).toMatchObject([
      { kind: 'advanced', conversationId: direct.conversationId, delivered: [{ messageId: direct.id }] },
    ])
  })

  storeTest(
    open,
    'STORE-56 what the reader may not see is not found; an own message moves nothing',
    async (s) => {
      const { store, ann, bob, cleo, channel, say, send } = s
      const channelId = await channel(ann, [bob])
      const { id } = await say(channelId, ann, 'one')
      const own = await say(channelId, bob, 'two')
      const direct = await send(ann, bob, 'one')
      const outcomes = await store.commit([
        receipt(cleo, 'read', { ofMessage: id }),
        receipt(cleo, 'read', { ofMessage: direct.id }),
        receipt(bob, 'read', { ofMessage: newId() }),
        receipt(bob, 'read', { ofMessage: own.id }),
        removeMember(channelId, bob),
        receipt(bob, 'read', { ofMessage: id }),
        receipt(bob, 'read', { ofMessage: own.id }),
        receipt(bob, 'read', { id: channelId }),
      ])
      expect(outcomes.map(({ kind }) => kind)).toEqual([
        ...['not-found', 'not-found', 'not-found', 'unmoved'],
        ...['updated', 'not-found', 'not-found', 'unmoved'],
      ])
    },
  )

  storeTest(open, 'STORE-56 a receipt for a deleted message moves the cursor too', async (scene) => {
    const { store, ann, bob, channel, say } = scene
    const { id } = await say(await channel(ann, [bob]), ann, 'one')
    const outcomes = await store.commit([deletion(id), receipt(bob, 'read', { ofMessage: id })])
    expect(outcomes[1]).toMatchObject({ kind: 'advanced', cursors: { readSeq: 1 } })
  })
}

function describeNamed(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-57 each author’s newest hundred are named, ascending', async (scene) => {
    const { ann, bob, cleo, channel, sayMany, store } = scene
    const channelId = await channel(ann, [bob, cleo])
    await sayMany(channelId, ann, 40)
    await sayMany(channelId, cleo, 130)
    await sayMany(channelId, ann, 120)
    await sayMany(channelId, bob, 5)
    const { read, delivered, named, readCount } = await passedBy(
      scene,
      receipt(bob, 'read', { id: channelId }),
    )
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
    expect(read).toEqual([...range(71, 170), ...range(191, 290)])
    expect(delivered).toEqual(read)
    expect(readCount).toBe(290)
    expect(new Set(named.slice(0, 100).map(({ senderId }) => senderId))).toEqual(new Set([cleo.id]))
    expect(new Set(named.slice(100).map(({ senderId }) => senderId))).toEqual(new Set([ann.id]))
    const { items } = await store.messages({ channelId, limit: 1, before: 72 })
    expect(named[0]).toEqual({ messageId: items[0]?.message.id, senderId: cleo.id, seq: 71 })
  })

  storeTest(open, 'STORE-57 … of the newest that one receipt looks at', async (scene) => {
    const { ann, bob, cleo, channel, sayMany } = scene
    const channelId = await channel(ann, [bob, cleo])
    await sayMany(channelId, cleo, 3)
    for (let rest = MAX_PASSED_SCAN - 1; rest > 0; rest -= 333)
      await sayMany(channelId, ann, Math.min(333, rest))
    const { named, readCount } = await passedBy(scene, receipt(bob, 'read', { id: channelId }))
    expect(named.filter(({ senderId }) => senderId === cleo.id).map(({ seq }) => seq)).toEqual([3])
    expect(named).toHaveLength(101)
    expect(readCount).toBe(MAX_PASSED_SCAN + 2)
  })

  storeTest(open, 'STORE-57 what was delivered before is read, and not delivered again', async (scene) => {
    const { ann, bob, channel, sayMany } = scene
    const channelId = await channel(ann, [bob])
    await sayMany(channelId, ann, 5)
    const first = await passedBy(scene, receipt(bob, 'delivered', { id: channelId }, 3))
    expect([first.delivered, first.read, first.readCount]).toEqual([[1, 2, 3], [], 0])
    const second = await passedBy(scene, receipt(bob, 'read', { id: channelId }, 4))
    expect([second.delivered, second.read, second.readCount]).toEqual([[4], [1, 2, 3, 4], 4])
  })
}

function describeQuiet(open: OpenStoreHarness): void {
  /** A channel of `count` members: Ann, Bob, Cleo and accounts that are gone. */
  const crowd = ({ channel, ann, bob, cleo }: Scene, count: number): Promise<string> =>
    channel(ann, [], { memberIds: [bob.id, cleo.id, ...Array.from({ length: count - 3 }, () => newId())] })

  storeTest(open, 'STORE-58 in a small channel authors hear of every reader', async (scene) => {
    const { ann, bob, cleo, sayMany } = scene
    const channelId = await crowd(scene, QUIET_ABOVE)
    await sayMany(channelId, ann, 2)
    for (const reader of [bob, cleo]) {
      const { delivered, read } = await passedBy(scene, receipt(reader, 'read', { id: channelId }))
      expect([delivered, read]).toEqual([
        [1, 2],
        [1, 2],
      ])
    }
  })

  storeTest(open, 'STORE-58 an author who left hears of no reader any more', async (scene) => {
    const { store, ann, bob, cleo, channel, sayMany } = scene
    const channelId = await channel(ann, [bob, cleo])
    await sayMany(channelId, bob, 2)
    await sayMany(channelId, ann, 1)
    await store.commit([removeMember(channelId, bob)])
    const { named, readCount } = await passedBy(scene, receipt(cleo, 'read', { id: channelId }))
    expect([named.map(({ senderId }) => senderId), readCount]).toEqual([[ann.id], 3])
    await store.commit([addMembers(channelId, [bob.id])])
    expect((await passedBy(scene, receipt(ann, 'read', { id: channelId }))).read).toEqual([1, 2])
  })

  storeTest(open, 'STORE-58 in a crowd they hear of the first one only', async (scene) => {
    const { ann, bob, cleo, sayMany } = scene
    const channelId = await crowd(scene, QUIET_ABOVE + 1)
    await sayMany(channelId, ann, 4)
    const where = { id: channelId }
    expect((await passedBy(scene, receipt(bob, 'delivered', where, 2))).delivered).toEqual([1, 2])
    expect((await passedBy(scene, receipt(bob, 'read', where, 1))).read).toEqual([1])
    const next = await passedBy(scene, receipt(cleo, 'read', where, 3))
    expect([next.delivered, next.read, next.readCount]).toEqual([[3], [2, 3], 3])
    const last = await passedBy(scene, receipt(bob, 'read', where))
    expect([last.delivered, last.read, last.readCount]).toEqual([[4], [4], 3])
  })

  storeTest(open, 'STORE-58 an author’s own cursor is not progress of the others', async (scene) => {
    const { ann, bob, cleo, sayMany } = scene
    const channelId = await crowd(scene, QUIET_ABOVE + 1)
    await sayMany(channelId, ann, 2)
    await sayMany(channelId, cleo, 2)
    const where = { id: channelId }
    // Ann takes Cleo's messages, and passes her own.
    expect((await passedBy(scene, receipt(ann, 'read', where))).read).toEqual([3, 4])
    const { read, delivered, readCount } = await passedBy(scene, receipt(bob, 'read', where))
    expect([read, delivered, readCount]).toEqual([[1, 2], [1, 2], 4])
  })

  storeTest(open, 'STORE-58 a batch of readers is as one after the other', async (scene) => {
    const { store, ann, bob, cleo } = scene
    const channelId = await crowd(scene, QUIET_ABOVE + 1)
    const outcomes = await store.commit([
      post(channelId, ann),
      receipt(bob, 'delivered', { id: channelId }),
      receipt(cleo, 'delivered', { id: channelId }),
      post(channelId, ann),
      receipt(cleo, 'delivered', { id: channelId }),
    ])
    expect(outcomes.map((o) => o.kind === 'advanced' && o.delivered.map(({ seq }) => seq))).toEqual([
      ...[false, [1], [], false, [2]],
    ])
  })

  storeTest(open, 'STORE-59 a receipt in a crowd moves its reader alone', async (scene) => {
    const { store, ann, bob, sayMany } = scene
    const channelId = await crowd(scene, 100)
    await sayMany(channelId, ann, 3)
    await store.commit([receipt(bob, 'read', { id: channelId }, 2)])
    const cursors = await store.cursors({ channelId, limit: 100 })
    expect(cursors).toHaveLength(100)
    expect(cursors.filter(({ deliveredSeq, readSeq }) => deliveredSeq + readSeq > 0)).toEqual([
      { userId: bob.id, deliveredSeq: 2, readSeq: 2 },
    ])
  })

  storeTest(open, 'STORE-60 the cursors of small conversations are read at once', async (scene) => {
    const { store, ann, bob, channel, sayMany, send } = scene
    const [small, large] = [await channel(ann, [bob]), await crowd(scene, QUIET_ABOVE + 1)]
    const { conversationId: direct } = await send(ann, bob, 'one')
    await sayMany(small, ann, 2)
    await store.commit([receipt(bob, 'read', { id: small }, 1), receipt(bob, 'delivered', { id: direct })])
    const found = await store.cursorsOf({ channelIds: [small, large, newId(), direct] })
    const of = (channelId: string) =>
      found
        .filter((one) => one.channelId === channelId)
        .map(({ userId, deliveredSeq, readSeq }) => [userId, deliveredSeq, readSeq])
        .sort()
    expect(of(small)).toEqual(
      [
        [ann.id, 0, 0],
        [bob.id, 1, 1],
      ].sort(),
    )
    expect(of(direct)).toEqual(
      [
        [ann.id, 0, 0],
        [bob.id, 1, 0],
      ].sort(),
    )
    expect(found).toHaveLength(4)
    await store.commit([removeMember(large, bob)])
    expect(await store.cursorsOf({ channelIds: [large] })).toHaveLength(QUIET_ABOVE)
    expect(await store.cursorsOf({ channelIds: [] })).toEqual([])
  })
}

function describeProgress(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-61 a message counts those who took it and read it', async (scene) => {
    const { store, ann, bob, cleo, channel, sayMany } = scene
    const channelId = await channel(ann, [bob, cleo])
    await sayMany(channelId, ann, 3)
    await store.commit([
      receipt(bob, 'read', { id: channelId }, 1),
      receipt(bob, 'delivered', { id: channelId }, 2),
      receipt(cleo, 'delivered', { id: channelId }, 1),
      receipt(ann, 'read', { id: channelId }),
    ])
    const { items } = await store.messages({ channelId, limit: 10, after: 0 })
    expect(items.map(({ deliveredTo, readBy, status }) => [deliveredTo, readBy, status])).toEqual([
      [2, 1, 'read'],
      [1, 0, 'delivered'],
      [0, 0, 'sent'],
    ])
    expect(await store.message(items[0]!.message.id)).toEqual(items[0])
    expect((await store.changes({ channelId, rev: 0, limit: 1 }))[0]).toEqual(items[0])
  })

  storeTest(
    open,
    'STORE-61 the furthest of anybody but its author stands against a message',
    async (scene) => {
      const { store, ann, bob, cleo, channel, say } = scene
      const channelId = await channel(ann, [bob, cleo])
      for (const author of [ann, bob, cleo]) await say(channelId, author, 'x')
      const statuses = async () => {
        const { items } = await store.messages({ channelId, limit: 10, after: 0 })
        return items.map(({ status }) => status)
      }
      await store.commit([receipt(bob, 'read', { id: channelId })])
      expect(await statuses()).toEqual(['read', 'sent', 'read'])
      await store.commit([receipt(cleo, 'delivered', { id: channelId }, 2)])
      expect(await statuses()).toEqual(['read', 'delivered', 'read'])
      await store.commit([receipt(cleo, 'read', { id: channelId }, 2)])
      expect(await statuses()).toEqual(['read', 'read', 'read'])
    },
  )

  storeTest(open, 'STORE-61 who left is in the status still, and in no count', async (scene) => {
    const { store, ann, bob, cleo, channel, say } = scene
    const channelId = await channel(ann, [bob, cleo])
    const { id } = await say(channelId, ann, 'one')
    await store.commit([
      receipt(bob, 'read', { id: channelId }),
      receipt(cleo, 'delivered', { id: channelId }),
      removeMember(channelId, bob),
    ])
    expect(await store.message(id)).toMatchObject({ status: 'read', deliveredTo: 1, readBy: 0 })
    const { id: later } = await say(channelId, ann, 'two')
    expect((await store.message(later))?.status).toBe('sent')
    await store.commit([addMembers(channelId, [bob.id])])
    expect((await store.message(id))?.status).toBe('read')
  })

  storeTest(open, 'STORE-61 a direct message counts its receiver', async (scene) => {
    const { store, ann, bob, send } = scene
    const { id } = await send(ann, bob, 'one')
    expect(await store.message(id)).toMatchObject({ deliveredTo: 0, readBy: 0, status: 'sent' })
    await store.commit([receipt(bob, 'read', { ofMessage: id })])
    expect(await store.message(id)).toMatchObject({
      ...{ deliveredTo: 1, readBy: 1, status: 'read', receiverId: bob.id, reactions: [] },
    })
  })
}
