import type { DirectoryUser } from '@parley/core'
import { Fault, newId } from '@parley/model'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MAX_WATCHED } from '../index.ts'
import { ChannelsWorld } from './world.ts'

let world: ChannelsWorld
let ann: DirectoryUser
let bob: DirectoryUser

beforeEach(async () => {
  world = await ChannelsWorld.start()
  ann = world.addUser('ann')
  bob = world.addUser('bob')
})

afterEach(() => world.stop())

const unavailable = (): Promise<never> => Promise.reject(new Fault('UNAVAILABLE', 'Not now. Try again.'))

describe('presence:subscribe', () => {
  it('CHANNELS-11 ids that nobody has take nobody’s place', async () => {
    const a = await world.connect(ann)
    const nobody = Array.from({ length: MAX_WATCHED }, () => newId())
    expect(await a.ask('presence:subscribe', { userIds: nobody })).toEqual({ ok: true })
    expect(await a.ask('presence:subscribe', { userIds: [bob.id] })).toEqual({ ok: true })
    expect(await a.next('presence')).toMatchObject({ userId: bob.id, status: 'offline' })
  })

  it('CHANNELS-11 what was refused as the store was away is not followed, and can be asked for again', async () => {
    const a = await world.connect(ann)
    const { topics } = world.core.hub
    const { findMany } = world.store.directory
    world.store.directory.findMany = unavailable
    expect(await a.ask('presence:subscribe', { userIds: [bob.id] })).toMatchObject({ ok: false })
    expect(world.core.hub.topics).toBe(topics)
    world.store.directory.findMany = findMany
    expect(await a.ask('presence:subscribe', { userIds: [bob.id] })).toEqual({ ok: true })
    await world.connect(bob)
    await a.next('presence', ({ status }) => status === 'online')
    expect(a.of('presence')).toHaveLength(2)
  })

  it('CHANNELS-13 what could not be subscribed to on the bus is not held', async () => {
    const a = await world.connect(ann)
    const release = vi.spyOn(world.core.hub, 'release')
    const retain = vi.spyOn(world.core.hub, 'retain').mockImplementationOnce(unavailable)
    expect(await a.ask('presence:subscribe', { userIds: [bob.id] })).toMatchObject({ ok: false })
    expect(retain.mock.calls.map(([topic]) => topic)).toEqual(['presence'])
    expect(release.mock.calls.map(([topic]) => topic)).toEqual(['presence'])
  })
})
