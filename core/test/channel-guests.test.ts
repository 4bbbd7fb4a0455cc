import { describe, expect, it } from 'vitest'
import { createChannelScene, viewOf } from './channel-scene.ts'
import { createScene } from './core-fixture.ts'

describe('channels and accounts that are not there to stay', () => {
  it('CHAN-8 guests leave a channel that becomes private, and others stay', async () => {
    const scene = await createChannelScene(false)
    const { core, people, channelId } = scene
    expect((await viewOf(scene, people.guest, channelId))?.role).toBe('member')
    const before = (await core.channels.get(people.owner.id, channelId)).channel.memberCount
    const { channel } = await core.channels.update(people.owner, channelId, { isPrivate: true })
    expect(channel).toMatchObject({ isPrivate: true, memberCount: before - 1 })
    expect(await viewOf(scene, people.guest, channelId)).toBeNull()
    expect((await viewOf(scene, people.member, channelId))?.role).toBe('member')
  })

  it('CHAN-8 a guest can be no more than a member', async () => {
    const { core, people, channelId } = await createChannelScene(false)
    for (const role of ['moderator', 'owner'] as const) {
      await expect(
        core.channels.setRole(people.owner, channelId, people.guest.id, role),
      ).rejects.toMatchObject({
        code: 'FORBIDDEN',
      })
    }
  })

  it('CHAN-5 an account that is gone leaves its channels, and somebody else owns them', async () => {
    const scene = await createChannelScene(true)
    const { core, people, channelId, second } = scene
    const { view } = await core.channels.openDirect(people.owner, second.id)
    await core.channels.leaveAll(people.owner.id)
    expect(await viewOf(scene, people.owner, channelId)).toBeNull()
    expect((await viewOf(scene, people.moderator, channelId))?.role).toBe('owner')
    expect((await viewOf(scene, second, view.channel.id))?.role).toBe('member')
  })

  it('CHAN-18 a user who asks for `sync` without end is asked to slow down', async () => {
    const { core, ann, bob, clock } = await createScene()
    const ask = (userId: string) => core.sync.since(userId, { cursors: new Map() })
    for (let index = 0; index < 120; index += 1) await ask(ann.id)
    await expect(ask(ann.id)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await ask(bob.id)
    await clock.advance(60_000)
    await ask(ann.id)
  })
})
