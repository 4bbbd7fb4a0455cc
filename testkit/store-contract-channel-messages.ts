import { newId } from '@parley/model'
import { expect } from 'vitest'
import { append, type OpenStoreHarness, storeTest } from './store-contract-fixture.ts'
import {
  addMembers,
  createChannel,
  edit,
  openDirect,
  post,
  removeMember,
  updateChannel,
} from './store-contract-ops.ts'

export function describeChannelMessages(open: OpenStoreHarness): void {
  describeChannelOrder(open)
  describeWhoMayPost(open)
  describeChannelOnce(open)
  describeMentions(open)
}

function describeChannelOrder(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-31 positions and revisions are 1, 2, 3 … in every channel', async (scene) => {
    const { store, ann, bob, channel } = scene
    const [one, other] = [await channel(ann, [bob]), await channel(ann, [bob])]
    const outcomes = await store.commit([
      post(one, ann),
      post(other, ann),
      post(one, bob),
      append(ann, bob),
      post(one, ann),
    ])
    expect(
      outcomes.map((o) => o.kind === 'appended' && [o.message.conversationId, o.message.seq, o.message.rev]),
    ).toEqual([
      [one, 1, 1],
      [other, 1, 1],
      [one, 2, 2],
      [expect.any(String), 1, 1],
      [one, 3, 3],
    ])
  })

  storeTest(open, 'STORE-31 a text of a channel is kept as it was sent', async (scene) => {
    const { store, ann, channel } = scene
    const op = post(await channel(ann), ann, { content: 'ünï\n😀', clientMessageId: 'c', createdAt: 1_234 })
    const message = {
      ...{ id: op.messageId, conversationId: op.channelId, seq: 1, rev: 1, senderId: ann.id, type: 'text' },
      ...{ content: 'ünï\n😀', clientMessageId: 'c', parentId: null, createdAt: 1_234 },
      ...{ editedAt: null, deletedAt: null },
    }
    expect(await store.commit([op])).toEqual([{ kind: 'appended', message, mentioned: [] }])
    expect(await store.message(op.messageId)).toMatchObject({
      message,
      sender: { id: ann.id, username: 'Ann', avatar: ann.avatar },
      receiverId: null,
    })
  })

  storeTest(open, 'STORE-31 channels have no gap under concurrent commits', async (scene) => {
    const { store, ann, bob, channel } = scene
    const channelId = await channel(ann, [bob])
    const batches = Array.from({ length: 30 }, () => [
      ...[post(channelId, ann), post(channelId, bob), post(newId(), ann)],
    ])
    const lane = async () => {
      for (let next = batches.pop(); next !== undefined; next = batches.pop()) await store.commit(next)
    }
    await Promise.all(Array.from({ length: store.lanes }, lane))
    const { items } = await store.messages({ channelId, limit: 100 })
    const descending = Array.from({ length: 60 }, (_, i) => 60 - i)
    expect(items.map(({ message }) => message.seq)).toEqual(descending)
    expect(items.map(({ message }) => message.rev)).toEqual(descending)
  })

  storeTest(open, 'STORE-5 a reply needs its parent in the same channel', async (scene) => {
    const { store, ann, bob, channel, say, send } = scene
    const [channelId, other] = [await channel(ann), await channel(ann)]
    const parentId = (await say(channelId, ann, 'parent')).id
    const foreign = [(await say(other, ann, 'x')).id, (await send(ann, bob, 'x')).id, newId()]
    const outcomes = await store.commit([
      ...foreign.map((id) => post(channelId, ann, { parentId: id })),
      post(channelId, ann, { parentId }),
    ])
    expect(outcomes.slice(0, 3)).toEqual(Array(3).fill({ kind: 'parent-not-found' }))
    expect(outcomes[3]).toMatchObject({ kind: 'appended', message: { parentId, seq: 2, rev: 2 } })
  })
}

function describeWhoMayPost(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-32 only members post', async (scene) => {
    const { store, ann, bob, channel, send } = scene
    const channelId = await channel(ann)
    const { conversationId: direct } = await send(ann, bob, 'one')
    const refused = { kind: 'not-a-member' }
    expect(await store.commit([post(channelId, bob), post(newId(), ann), post(direct, ann)])).toEqual([
      ...[refused, refused, refused],
    ])
    expect((await store.channel({ channelId, userId: ann.id }))?.channel).toMatchObject({ seq: 0, rev: 0 })
    expect((await store.channel({ channelId: direct, userId: ann.id }))?.channel.seq).toBe(1)
  })

  storeTest(open, 'STORE-32 nothing is posted to an archived channel', async ({ store, ann, channel }) => {
    const channelId = await channel(ann)
    const outcomes = await store.commit([
      updateChannel(channelId, { archived: true }),
      post(channelId, ann),
      updateChannel(channelId, { archived: false }),
      post(channelId, ann),
    ])
    expect(outcomes[1]).toEqual({ kind: 'archived' })
    expect(outcomes[3]).toMatchObject({ kind: 'appended', message: { seq: 1 } })
  })

  storeTest(open, 'STORE-32 the ops of one batch see each other', async ({ store, ann, bob }) => {
    const op = createChannel(ann)
    const { channelId } = op
    const first = post(channelId, bob, { content: 'first' })
    const outcomes = await store.commit([
      op,
      post(channelId, bob),
      addMembers(channelId, [bob.id]),
      first,
      edit(first.messageId, bob, 'edited'),
      removeMember(channelId, bob),
      post(channelId, bob),
      edit(first.messageId, bob, 'again'),
      post(channelId, ann),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      ...['created', 'not-a-member', 'updated', 'appended', 'changed', 'updated'],
      ...['not-a-member', 'not-found', 'appended'],
    ])
    expect(outcomes[8]).toMatchObject({ message: { seq: 2, rev: 3 } })
    expect((await store.message(first.messageId))?.message.content).toBe('edited')
    expect(await store.memberIds({ channelId, limit: 10 })).toEqual([ann.id])
  })

  storeTest(open, 'STORE-32 a membership that another batch ended is over', async (scene) => {
    const { store, ann, bob, channel, say } = scene
    const channelId = await channel(ann, [bob])
    await say(channelId, bob, 'one')
    await store.commit([removeMember(channelId, bob)])
    expect(await store.commit([post(channelId, bob)])).toEqual([{ kind: 'not-a-member' }])
    await store.commit([addMembers(channelId, [bob.id])])
    expect((await say(channelId, bob, 'two')).seq).toBe(2)
  })
}

function describeChannelOnce(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-33 a repeated text answers the message as it is now', async (scene) => {
    const { store, ann, bob, channel } = scene
    const channelId = await channel(bob, [ann])
    const op = post(channelId, ann, { clientMessageId: 'c', content: 'first' })
    const outcomes = await store.commit([op, { ...op, messageId: newId() }, post(channelId, ann)])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'repeated', 'appended'])
    expect(outcomes[2]).toMatchObject({ message: { seq: 2 } })
    await store.commit([edit(op.messageId, ann, 'second')])
    const message = { id: op.messageId, seq: 1, rev: 3, content: 'second' }
    expect(await store.commit([op])).toMatchObject([{ kind: 'repeated', message }])
    expect(await store.commit([{ ...op, content: 'second' }])).toEqual([{ kind: 'client-id-reused' }])
  })

  storeTest(open, 'STORE-33 what was stored is answered also to who may post no more', async (scene) => {
    const { store, ann, bob, channel } = scene
    const channelId = await channel(bob, [ann])
    const op = post(channelId, ann, { clientMessageId: 'c' })
    const outcomes = await store.commit([
      op,
      removeMember(channelId, ann),
      op,
      updateChannel(channelId, { archived: true }),
      op,
    ])
    expect([outcomes[2].kind, outcomes[4].kind]).toEqual(['repeated', 'repeated'])
  })

  storeTest(open, 'STORE-33 a used client id tells a stranger nothing of a channel', async (scene) => {
    const { store, ann, bob, channel, say } = scene
    const [own, hidden] = [await channel(bob), await channel(ann)]
    await say(hidden, ann, 'secret')
    const used = post(own, bob, { clientMessageId: 'c' })
    const again = { messageId: newId(), clientMessageId: 'c' }
    const outcomes = await store.commit([used, post(hidden, bob, again), post(newId(), bob, again)])
    expect(outcomes.slice(1)).toEqual([{ kind: 'not-a-member' }, { kind: 'not-a-member' }])
  })

  storeTest(open, 'STORE-33 a client id is one over channels and direct conversations', async (scene) => {
    const { store, ann, bob, channel } = scene
    const [one, other] = [await channel(ann, [bob]), await channel(ann)]
    const outcomes = await store.commit([
      post(one, ann, { clientMessageId: 'c' }),
      post(other, ann, { clientMessageId: 'c' }),
      append(ann, bob, { clientMessageId: 'c' }),
      post(one, bob, { clientMessageId: 'c' }),
      append(ann, bob, { clientMessageId: 'd' }),
      post(one, ann, { clientMessageId: 'd' }),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      ...['appended', 'client-id-reused', 'client-id-reused', 'appended', 'appended', 'client-id-reused'],
    ])
  })

  for (const [what, change] of [
    ['content', { content: 'other' }],
    ['parent', { parentId: newId() }],
  ] as const) {
    storeTest(open, `STORE-33 a client id with another ${what} is refused`, async (scene) => {
      const { store, ann, channel } = scene
      const op = post(await channel(ann), ann, { clientMessageId: 'c' })
      expect((await store.commit([op, { ...op, messageId: newId(), ...change }]))[1]).toEqual({
        kind: 'client-id-reused',
      })
    })
  }

  storeTest(open, 'STORE-33 a direct message that was edited is repeated as it is now', async (scene) => {
    const { store, ann, bob } = scene
    const op = append(ann, bob, { clientMessageId: 'c' })
    await store.commit([op, edit(op.messageId, ann, 'edited')])
    const message = { id: op.messageId, content: 'edited', rev: 2 }
    expect(await store.commit([op])).toMatchObject([{ kind: 'repeated', message }])
  })
}

function describeMentions(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-34 members get a mention, others and the author do not', async (scene) => {
    const { store, ann, bob, cleo, channel } = scene
    const channelId = await channel(ann, [bob])
    const mentioned = [ann.id, bob.id, cleo.id, newId(), bob.id]
    expect(await store.commit([post(channelId, ann, { mentioned })])).toMatchObject([
      { kind: 'appended', mentioned: [bob.id] },
    ])
    const countOf = async (userId: string) => (await store.channel({ channelId, userId }))?.mentionCount
    expect([await countOf(ann.id), await countOf(bob.id), await countOf(cleo.id)]).toEqual([0, 1, 0])
    await store.commit([addMembers(channelId, [cleo.id])])
    expect(await countOf(cleo.id)).toBe(0)
  })

  storeTest(open, 'STORE-34 an edit replaces the mentions', async (scene) => {
    const { store, ann, bob, cleo, channel, say } = scene
    const channelId = await channel(ann, [bob, cleo])
    const { id } = await say(channelId, ann, '@bob', { mentioned: [bob.id] })
    await store.commit([edit(id, ann, '@cleo @ann', [cleo.id, ann.id, newId()])])
    const countOf = async (userId: string) => (await store.channel({ channelId, userId }))?.mentionCount
    expect([await countOf(ann.id), await countOf(bob.id), await countOf(cleo.id)]).toEqual([0, 0, 1])
  })

  storeTest(open, 'STORE-34 mentions of who left are gone', async (scene) => {
    const { store, ann, bob, channel, say } = scene
    const channelId = await channel(ann, [bob])
    await say(channelId, ann, '@bob', { mentioned: [bob.id] })
    await store.commit([removeMember(channelId, bob), addMembers(channelId, [bob.id])])
    expect(await store.channel({ channelId, userId: bob.id })).toMatchObject({
      unreadCount: 1,
      mentionCount: 0,
    })
  })

  storeTest(open, 'STORE-32 an opened direct conversation takes no post, but messages', async (scene) => {
    const { store, ann, bob } = scene
    const op = openDirect(ann, bob)
    const outcomes = await store.commit([op, post(op.newConversationId, ann), append(bob, ann)])
    expect(outcomes[1]).toEqual({ kind: 'not-a-member' })
    expect(outcomes[2]).toMatchObject({ message: { conversationId: op.newConversationId, seq: 1 } })
  })
}
