import { turn } from '@parley/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { ACTIVITY_INTERVAL } from '../index.ts'
import { channelOf, ofType, textIn } from './channel-scene.ts'
import { type CoreScene, createScene } from './core-fixture.ts'

let scene: CoreScene
beforeEach(async () => {
  scene = await createScene({ limits: 'off' })
  const { core, ann, bob } = scene
  await Promise.all([ann, bob].map((user) => core.presence.connect(user, `of ${user.id}`)))
})

describe('activity in a channel', () => {
  it('CHAN-10 is told once a second with the newest position, however much is said', async () => {
    const { core, ann, bob, clock } = scene
    const channelId = await channelOf(scene, ann, [bob])
    const heard = await scene.hear(`user:${bob.id}`)
    for (let index = 0; index < 20; index += 1) await core.channelMessages.send(ann, textIn(channelId))
    await clock.advance(ACTIVITY_INTERVAL - 1)
    expect(ofType(heard, 'channel.activity')).toEqual([])
    await clock.advance(1)
    expect(ofType(heard, 'channel.activity')).toEqual([
      { type: 'channel.activity', channelId, seq: 20, mention: false },
    ])
    await clock.advance(10 * ACTIVITY_INTERVAL)
    expect(ofType(heard, 'channel.activity')).toHaveLength(1)
    await core.channelMessages.send(ann, textIn(channelId))
    await clock.advance(ACTIVITY_INTERVAL)
    expect(ofType(heard, 'channel.activity').map(({ seq }) => seq)).toEqual([20, 21])
  })

  it('CHAN-10 names a mention to the mentioned alone, also when others spoke after it', async () => {
    const { core, ann, bob, cas, clock } = scene
    await core.presence.connect(cas, 'c')
    const channelId = await channelOf(scene, ann, [bob, cas])
    const [toBob, toCas] = [await scene.hear(`user:${bob.id}`), await scene.hear(`user:${cas.id}`)]
    await core.channelMessages.send(ann, textIn(channelId, `hey @${bob.username}!`))
    await core.channelMessages.send(ann, textIn(channelId, 'well'))
    await clock.advance(ACTIVITY_INTERVAL)
    expect(ofType(toBob, 'channel.activity')).toMatchObject([{ seq: 2, mention: true }])
    expect(ofType(toCas, 'channel.activity')).toMatchObject([{ seq: 2, mention: false }])
    await core.channelMessages.send(ann, textIn(channelId, 'again'))
    await clock.advance(ACTIVITY_INTERVAL)
    expect(ofType(toBob, 'channel.activity').at(-1)).toMatchObject({ seq: 3, mention: false })
  })

  it('CHAN-10 a mention of a stranger, of oneself, or in a deleted message counts for nobody', async () => {
    const { core, ann, bob, cas, store } = scene
    const channelId = await channelOf(scene, ann, [bob])
    const text = `@${ann.username} @${cas.username} @${bob.username}`
    const { message } = await core.channelMessages.send(ann, textIn(channelId, text))
    const countOf = async (user: typeof bob) =>
      (await store.channel({ channelId, userId: user.id }))?.mentionCount
    expect([await countOf(ann), await countOf(bob), await countOf(cas)]).toEqual([0, 1, 0])
    await core.channelMessages.delete(ann, message.id, null)
    expect(await countOf(bob)).toBe(0)
  })

  it('CHAN-10 goes to members who are online, of a direct conversation to both', async () => {
    const { core, ann, bob, cas, clock } = scene
    const channelId = await channelOf(scene, ann, [bob, cas])
    const [toAnn, toCas] = [await scene.hear(`user:${ann.id}`), await scene.hear(`user:${cas.id}`)]
    await core.channelMessages.send(bob, textIn(channelId))
    const { message } = await core.direct.send(ann, {
      receiverId: bob.id,
      content: 'x',
      messageType: 'text',
    })
    const toBob = await scene.hear(`user:${bob.id}`)
    await clock.advance(ACTIVITY_INTERVAL)
    expect(ofType(toCas, 'channel.activity')).toEqual([])
    const channels = [channelId, message.conversationId].sort()
    expect(
      ofType(toAnn, 'channel.activity')
        .map((event) => event.channelId)
        .sort(),
    ).toEqual(channels)
    expect(
      ofType(toBob, 'channel.activity')
        .map((event) => event.channelId)
        .sort(),
    ).toEqual(channels)
  })

  it('CHAN-10 that cannot be told is given up, and the next is told', async () => {
    const { core, ann, bob, store, clock } = scene
    const channelId = await channelOf(scene, ann, [bob])
    const heard = await scene.hear(`user:${bob.id}`)
    await core.channelMessages.send(ann, textIn(channelId))
    store.setAway(true)
    await clock.advance(ACTIVITY_INTERVAL)
    store.setAway(false)
    expect(ofType(heard, 'channel.activity')).toEqual([])
    await core.channelMessages.send(ann, textIn(channelId))
    await clock.advance(ACTIVITY_INTERVAL)
    expect(ofType(heard, 'channel.activity')).toMatchObject([{ seq: 2 }])
  })

  it('CHAN-10 ends with the core', async () => {
    const { core, ann, bob, clock } = scene
    const channelId = await channelOf(scene, ann, [bob])
    const heard = await scene.hear(`user:${bob.id}`)
    await core.channelMessages.send(ann, textIn(channelId))
    await core.stop()
    await clock.advance(2 * ACTIVITY_INTERVAL)
    await turn()
    expect(ofType(heard, 'channel.activity')).toEqual([])
  })
})
