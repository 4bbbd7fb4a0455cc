import { beforeEach, describe, expect, it } from 'vitest'
import { ACTIVITY_INTERVAL } from '../index.ts'
import { channelOf, ofType, textIn } from './channel-scene.ts'
import { type CoreScene, createScene } from './core-fixture.ts'

let scene: CoreScene
beforeEach(async () => {
  scene = await createScene({ limits: 'off' })
})

/** How often the members of a channel were read. */
const countReads = (): (() => number) => {
  const { store } = scene
  const { memberIds } = store
  let reads = 0
  store.memberIds = (query) => {
    reads += 1
    return memberIds(query)
  }
  return () => reads
}

describe('who is told of what happens in a channel', () => {
  it('CHAN-10 the members are read once for many tellings, and again after a change', async () => {
    const { core, ann, bob, cas, clock } = scene
    const channelId = await channelOf(scene, ann, [bob])
    await core.presence.connect(cas, 'c')
    const heard = await scene.hear(`user:${cas.id}`)
    const reads = countReads()
    for (let round = 0; round < 5; round += 1) {
      await core.channelMessages.send(ann, textIn(channelId))
      await clock.advance(ACTIVITY_INTERVAL)
    }
    expect(reads()).toBe(1)
    await core.channels.invite(ann, channelId, [cas.id])
    await core.channelMessages.send(ann, textIn(channelId))
    await clock.advance(ACTIVITY_INTERVAL)
    expect(reads()).toBe(2)
    expect(ofType(heard, 'channel.activity')).toMatchObject([{ channelId, seq: 6 }])
  })

  it('CHAN-10 of a direct conversation nobody has to be read, and strangers hear nothing', async () => {
    const { core, ann, bob, cas, clock } = scene
    await core.presence.connect(cas, 'c')
    const heard = await scene.hear(`user:${cas.id}`)
    const reads = countReads()
    await core.direct.send(ann, { receiverId: bob.id, content: 'x', messageType: 'text' })
    await clock.advance(ACTIVITY_INTERVAL)
    expect(reads()).toBe(0)
    expect(heard).toEqual([])
  })

  it('CHAN-10 members who change all the time are read a bounded number of times', async () => {
    const { core, ann, bob, cas, store, clock } = scene
    const channelId = await channelOf(scene, ann, [bob, cas])
    const { memberIds } = store
    let reads = 0
    store.memberIds = async (query) => {
      reads += 1
      const found = await memberIds(query)
      await core.channels.setRole(ann, channelId, bob.id, reads % 2 === 0 ? 'member' : 'moderator')
      return found
    }
    await core.channelMessages.send(ann, textIn(channelId))
    await clock.advance(ACTIVITY_INTERVAL)
    await clock.advance(0)
    expect(reads).toBeGreaterThan(1)
    expect(reads).toBeLessThanOrEqual(3)
  })
})
