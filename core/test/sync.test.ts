import { newId } from '@parley/model'
import { beforeEach, describe, expect, it } from 'vitest'
import { MAX_BEHIND, type SyncAnswer, type SyncedChannel } from '../index.ts'
import { channelOf, textIn } from './channel-scene.ts'
import { type CoreScene, createScene, textTo } from './core-fixture.ts'

let scene: CoreScene
beforeEach(async () => {
  scene = await createScene({ limits: 'off' })
})

const post = async (channelId: string, count: number, content = 'x'): Promise<string[]> => {
  const { core, ann } = scene
  const sends = Array.from({ length: count }, () =>
    core.channelMessages.send(ann, textIn(channelId, content)),
  )
  return (await Promise.all(sends)).map(({ message }) => message.id)
}

const since = (cursors: Readonly<Record<string, number>>, epoch?: string): Promise<SyncAnswer> =>
  scene.core.sync.since(scene.bob.id, {
    cursors: new Map(Object.entries(cursors)),
    ...(epoch === undefined ? {} : { epoch }),
  })

const idOf = ({ view }: SyncedChannel): string => view.channel.id

const eventsOf = (answer: SyncAnswer, channelId: string): Extract<SyncedChannel, { kind: 'events' }> => {
  const found = answer.channels.find((channel) => idOf(channel) === channelId)
  if (found?.kind !== 'events') throw new Error(`no events of ${channelId}`)
  return found
}

describe('what a client missed', () => {
  it('CHAN-17 is exactly what changed after its cursor, each message once as it is now', async () => {
    const { core, ann, bob } = scene
    const channelId = await channelOf(scene, ann, [bob])
    const [first = '', second = '', third = ''] = await post(channelId, 3)
    await core.channelMessages.edit(ann, { messageId: first, content: 'y' }, null)
    await core.channelMessages.react(bob, { messageId: first, emoji: 'x', on: true }, null)
    await core.channelMessages.delete(ann, third, null)
    await core.receipts.upToMessage(bob, second, 'read', null)
    const answer = eventsOf(await since({ [channelId]: 2 }), channelId)
    expect(answer.changes.map(({ message }) => [message.id, message.rev])).toEqual([
      [first, 5],
      [third, 6],
    ])
    expect(answer).toMatchObject({ rev: 6, more: false })
    expect(answer.cursors).toEqual([
      { channelId, userId: ann.id, deliveredSeq: 0, readSeq: 0 },
      { channelId, userId: bob.id, deliveredSeq: 2, readSeq: 2 },
    ])
    expect(eventsOf(await since({ [channelId]: 6 }), channelId)).toMatchObject({
      changes: [],
      rev: 6,
      more: false,
    })
  })

  it('CHAN-17 comes in pages, and the pages are the whole', async () => {
    const { ann, bob } = scene
    const channels = [
      await channelOf(scene, ann, [bob]),
      await channelOf(scene, ann, [bob]),
      await channelOf(scene, ann, [bob]),
    ]
    for (const channelId of channels) await post(channelId, 300)
    const cursors: Record<string, number> = {}
    const got = new Map<string, number[]>()
    let pages = 0
    for (let more = true; more; ) {
      const answer = await since(cursors)
      pages += 1
      expect(pages).toBeLessThan(20)
      for (const channel of answer.channels) {
        if (channel.kind !== 'events') throw new Error('void')
        const seqs = got.get(idOf(channel)) ?? []
        seqs.push(...channel.changes.map(({ message }) => message.seq))
        got.set(idOf(channel), seqs)
        cursors[idOf(channel)] = channel.rev
      }
      more = answer.channels.some((channel) => channel.kind === 'events' && channel.more)
    }
    expect(pages).toBeGreaterThan(1)
    const whole = Array.from({ length: 300 }, (_, index) => index + 1)
    expect(channels.map((channelId) => got.get(channelId))).toEqual([whole, whole, whole])
  })

  it('CHAN-18 a page holds a bounded amount of text, and at least one message', async () => {
    const { ann, bob } = scene
    const channelId = await channelOf(scene, ann, [bob])
    await post(channelId, 200, 'x'.repeat(2_000))
    let from = 0
    let pages = 0
    while (from < 200) {
      const { changes, rev, more } = eventsOf(await since({ [channelId]: from }), channelId)
      const units = changes.reduce((sum, { message }) => sum + message.content.length, 0)
      expect(changes.length).toBeGreaterThan(0)
      expect(units).toBeLessThanOrEqual(32_768)
      expect(changes.map(({ message }) => message.seq)).toEqual(changes.map((_, index) => from + index + 1))
      expect([rev, more]).toEqual([from + changes.length, rev < 200])
      from = rev
      pages += 1
    }
    expect(pages).toBeLessThan(20)
  })

  it('CHAN-18 the cursors of others come for the newest channels, up to a bound', async () => {
    const { ann, bob, addUser } = scene
    const others = Array.from({ length: 48 }, () => addUser())
    const channels: string[] = []
    for (let index = 0; index < 60; index += 1) {
      channels.push(await channelOf(scene, ann, [bob, ...others]))
    }
    const answer = await since({})
    const told = channels.map((channelId) => eventsOf(answer, channelId).cursors.length)
    expect(told.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2_000)
    expect([told[0], told.at(-1)]).toEqual([0, 50])
  })

  it('CHAN-19 tells to read anew what is of another epoch, from the future, or too far behind', async () => {
    const { ann, bob } = scene
    const [near, far] = [await channelOf(scene, ann, [bob]), await channelOf(scene, ann, [bob])]
    await post(near, MAX_BEHIND)
    await post(far, MAX_BEHIND + 1)
    const kinds = (answer: SyncAnswer) =>
      [near, far].map((id) => answer.channels.find((one) => idOf(one) === id)?.kind)
    const { epoch } = await since({})
    expect(kinds(await since({}))).toEqual(['events', 'resync'])
    expect(kinds(await since({ [near]: 0, [far]: 1 }, epoch))).toEqual(['events', 'events'])
    expect(kinds(await since({ [near]: MAX_BEHIND + 1, [far]: MAX_BEHIND + 2 }))).toEqual([
      'resync',
      'resync',
    ])
    expect(kinds(await since({ [near]: MAX_BEHIND, [far]: 1 }, 'another'))).toEqual(['resync', 'resync'])
  })

  it('CHAN-19 holds the channels that the client did not name, and says which it is not in', async () => {
    const { core, ann, bob } = scene
    const [named, unnamed, left, foreign] = [
      await channelOf(scene, ann, [bob]),
      await channelOf(scene, ann, [bob]),
      await channelOf(scene, ann, [bob]),
      await channelOf(scene, ann, []),
    ]
    const direct = (await core.direct.send(ann, textTo(bob))).message.conversationId
    await post(left, 1)
    await core.channels.leave(bob.id, left)
    const unknown = newId()
    const answer = await since({ [named]: 0, [left]: 1, [foreign]: 0, [unknown]: 7 })
    expect(answer.channels.map(idOf).sort()).toEqual([named, unnamed, direct].sort())
    expect([...answer.removed].sort()).toEqual([left, foreign, unknown].sort())
  })

  it('CHAN-19 who is in more conversations than one answer holds is told of those that were named, too', async () => {
    const { core, ann, bob, addUser } = scene
    const oldest = (await core.direct.send(ann, textTo(bob))).message.conversationId
    const gone = await channelOf(scene, ann, [bob])
    await core.channels.leave(bob.id, gone)
    for (let index = 0; index < 1_000; index += 1) {
      await scene.store.commit([
        { kind: 'open-direct', newConversationId: newId(), userId: bob.id, peerId: addUser().id, at: 1 },
      ])
    }
    const [page, rest] = [await scene.core.channels.list(bob.id, { limit: 1_000 }), 900]
    const named = page.items.slice(-rest).map(({ channel }) => [channel.id, 0] as const)
    const answer = await since({ [oldest]: 0, [gone]: 0, ...Object.fromEntries(named) })
    expect(answer.removed).toEqual([gone])
    expect(eventsOf(answer, oldest).changes).toHaveLength(1)
  })

  it('CHAN-19 costs the same number of questions, however many channels there are', async () => {
    const { ann, bob, store } = scene
    const asked: string[] = []
    const count = async (): Promise<number> => {
      asked.length = 0
      await since({})
      return asked.length
    }
    await channelOf(scene, ann, [bob])
    const methods = [
      'channels',
      'changesOf',
      'cursorsOf',
      'epoch',
      'channel',
      'role',
      'message',
      'changes',
    ] as const
    for (const method of methods) {
      const original = store[method].bind(store) as (...args: unknown[]) => unknown
      Object.assign(store, {
        [method]: (...args: unknown[]) => {
          asked.push(method)
          return original(...args)
        },
      })
    }
    const few = await count()
    for (let index = 0; index < 100; index += 1) await post(await channelOf(scene, ann, [bob]), 1)
    expect(await count()).toBeLessThanOrEqual(4)
    expect(few).toBeLessThanOrEqual(4)
    expect(few).toBeGreaterThan(0)
  })
})
