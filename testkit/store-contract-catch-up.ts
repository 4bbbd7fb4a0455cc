import { type ChannelMessageView, MAX_LOGGED } from '@parley/core'
import { newId } from '@parley/model'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type OpenStoreHarness, receipt, type Scene, storeTest } from './store-contract-fixture.ts'
import { deletion, edit, post, react } from './store-contract-ops.ts'

/** All that `changes` tells after `rev`, in pages of `limit`. */
async function catchUp({ store }: Scene, channelId: string, rev: number, limit: number) {
  const all: ChannelMessageView[] = []
  for (let since = rev; ; ) {
    const page = await store.changes({ channelId, rev: since, limit })
    const last = page.at(-1)
    if (last === undefined) return all
    // A page that does not move on would be told for ever.
    expect(last.message.rev).toBeGreaterThan(since)
    all.push(...page)
    since = last.message.rev
  }
}

/** Every message of a channel, by id. */
async function snapshotOf({ store }: Scene, channelId: string): Promise<Map<string, ChannelMessageView>> {
  const { items } = await store.messages({ channelId, limit: 100 })
  return new Map(items.map((view) => [view.message.id, view]))
}

const step = fc.record({
  what: fc.constantFrom('append', 'append', 'edit', 'delete', 'react', 'unreact'),
  who: fc.constantFrom('ann', 'bob'),
  target: fc.nat(30),
  text: fc.constantFrom('one', 'two', 'three'),
  endsBatch: fc.boolean(),
} as const)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** The op of a step; the messages it may aim at are in `ids`, where it adds its own. */
function opOf(scene: Scene, channelId: string, ids: string[], { what, who, target, text }: Step) {
  const actor = scene[who]
  const messageId = ids[target % Math.max(1, ids.length)] ?? newId()
  switch (what) {
    case 'append': {
      const op = post(channelId, actor, { content: text })
      ids.push(op.messageId)
      return op
    }
    case 'edit':
      return edit(messageId, actor, text)
    case 'delete':
      return deletion(messageId)
    default:
      return react(messageId, actor, text, what === 'react')
  }
}

export function describeCatchingUp(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-41 changes put over an old snapshot make a fresh one', async (scene) => {
    const steps = fc.array(step, { minLength: 1, maxLength: 40 })
    const property = fc.asyncProperty(steps, fc.integer({ min: 1, max: 7 }), async (all, limit) => {
      const channelId = await scene.channel(scene.ann, [scene.bob])
      const revOf = async () =>
        (await scene.store.channel({ channelId, userId: scene.ann.id }))?.channel.rev ?? -1
      const ids: string[] = []
      const seen = [{ rev: 0, snapshot: new Map<string, ChannelMessageView>() }]
      let expectedRev = 0
      let batch: ReturnType<typeof opOf>[] = []
      for (const [index, one] of all.entries()) {
        batch.push(opOf(scene, channelId, ids, one))
        if (!one.endsBatch && index < all.length - 1) continue
        const outcomes = await scene.store.commit(batch)
        expectedRev += outcomes.filter(({ kind }) => kind === 'appended' || kind === 'changed').length
        batch = []
        expect(await revOf()).toBe(expectedRev)
        seen.push({ rev: expectedRev, snapshot: await snapshotOf(scene, channelId) })
      }
      const fresh = await snapshotOf(scene, channelId)
      for (const { rev, snapshot } of seen) {
        const changes = await catchUp(scene, channelId, rev, limit)
        const revs = changes.map(({ message }) => message.rev)
        expect(revs).toEqual([...new Set(revs)].sort((a, b) => a - b))
        for (const view of changes) snapshot.set(view.message.id, view)
        expect(snapshot).toEqual(fresh)
      }
    })
    await fc.assert(property, { numRuns: 40 })
  })

  storeTest(open, 'STORE-41 nothing changed, nothing told; a page is bounded', async (scene) => {
    const { store, ann, channel, sayMany } = scene
    const channelId = await channel(ann)
    await sayMany(channelId, ann, 150)
    const countOf = async (rev: number, limit: number) =>
      (await store.changes({ channelId, rev, limit })).length
    expect([await countOf(0, 1e9), await countOf(140, 100), await countOf(0, 0)]).toEqual([100, 10, 1])
    expect([await countOf(150, 10), await countOf(1_000, 10)]).toEqual([0, 0])
    expect(await store.changes({ channelId: newId(), rev: 0, limit: 10 })).toEqual([])
  })

  storeTest(open, 'STORE-42 changes of many conversations come in the order asked for', async (scene) => {
    const { store, ann, bob, channel, say, send } = scene
    const [one, two] = [await channel(ann, [bob]), await channel(ann)]
    const first = await say(one, ann, 'one')
    await say(one, bob, 'two')
    await say(two, ann, 'other')
    const { conversationId: direct } = await send(ann, bob, 'direct')
    await store.commit([react(first.id, bob, '👍'), receipt(bob, 'read', { id: one })])
    const since = [
      { channelId: two, rev: 0 },
      { channelId: newId(), rev: 0 },
      { channelId: one, rev: 1 },
      { channelId: direct, rev: 0 },
    ]
    const told = await store.changesOf({ since, limit: 500 })
    expect(told.map(({ message }) => [message.conversationId, message.rev])).toEqual([
      ...[
        [two, 1],
        [one, 2],
        [one, 3],
        [direct, 1],
      ],
    ])
    expect(told[2]).toMatchObject({
      message: { id: first.id },
      sender: { id: ann.id, username: 'Ann' },
      reactions: [{ emoji: '👍', count: 1, userIds: [bob.id] }],
      ...{ deliveredTo: 0, readBy: 0, receiverId: null },
    })
    expect(told[3]?.receiverId).toBe(bob.id)
    const cut = await store.changesOf({ since, limit: 2 })
    expect(cut).toEqual(told.slice(0, 2))
    expect(await store.changesOf({ since: [], limit: 10 })).toEqual([])
  })

  storeTest(
    open,
    'STORE-68 the log names the conversations written to since its end was asked',
    async (scene) => {
      const { store, ann, bob, channel, say, send } = scene
      const before = await store.logEnd()
      const channelId = await channel(ann, [bob])
      const { conversationId: direct } = await send(ann, bob, 'one')
      const first = await say(channelId, ann, 'two')
      const middle = await store.logEnd()
      await say(channelId, bob, 'three')
      const { conversationId: alone } = await send(ann, ann, 'four')
      await store.commit([react(first.id, bob, '👍')])
      const end = await store.logEnd()
      const logged = async (after: number, until: number) =>
        [...(await store.logged({ after, until }))].sort((a, b) => a.from - b.from || a.rev - b.rev)
      const pair = [ann.id, bob.id].sort()
      expect(await logged(before, middle)).toEqual([
        { conversationId: direct, members: pair, from: 1, rev: 1, seqFrom: 1 },
        // Its first message was changed since, which is its revision now.
        { conversationId: channelId, members: null, from: 3, rev: 3, seqFrom: 1 },
      ])
      expect(await logged(middle, end)).toEqual([
        { conversationId: alone, members: [ann.id, ann.id], from: 1, rev: 1, seqFrom: 1 },
        { conversationId: channelId, members: null, from: 2, rev: 2, seqFrom: 2 },
      ])
      expect(await logged(before, end)).toContainEqual({
        ...{ conversationId: channelId, members: null },
        ...{ from: 2, rev: 3, seqFrom: 1 },
      })
      expect([await logged(end, end), await logged(end, end + 1e6)]).toEqual([[], []])
    },
  )

  storeTest(
    open,
    'STORE-68 the log goes back over the last 10,000 numbers at most',
    async ({ store, ann, bob, send }) => {
      await send(ann, bob, 'long ago')
      const end = await store.logEnd()
      expect(await store.logged({ after: 0, until: end })).toHaveLength(1)
      expect(await store.logged({ after: 0, until: end + MAX_LOGGED - 1 })).toHaveLength(1)
      expect(await store.logged({ after: 0, until: end + MAX_LOGGED })).toEqual([])
    },
  )
}
