import { newId } from '@parley/model'
import { beforeEach, expect, it } from 'vitest'
import { Audience } from '../audience.ts'
import type { EventHub } from '../event-hub.ts'
import type { HeadAnnouncer } from '../head-announcer.ts'
import type { ChannelReads } from '../ports/channel-reads.ts'
import type { Presence } from '../presence.ts'

const place = { conversationId: newId(), members: null }
let members: string[]
let told: string[]
let audience: Audience

beforeEach(() => {
  members = Array.from({ length: 5_000 }, () => newId())
  told = []
  audience = new Audience({
    hub: { publish: (topic: string) => void told.push(topic.slice('user:'.length)) } as unknown as EventHub,
    presence: { isOnline: () => true } as unknown as Presence,
    heads: { note() {} } as unknown as HeadAnnouncer,
    reads: { memberIds: async () => [...members] } as unknown as ChannelReads,
  })
})

const tell = (): Promise<void> =>
  audience.tellOnline(place, () => ({
    type: 'channel.activity',
    channelId: place.conversationId,
    seq: 1,
    mention: false,
  }))

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('CHAN-10 while a great channel is told, others have their turn; each member hears once', async () => {
  const telling = tell()
  await nextTurn()
  expect(told.length).toBeGreaterThan(0)
  expect(told.length).toBeLessThan(members.length)
  await telling
  expect(told).toEqual(members)
})

it('CHAN-10 who is removed while a great channel is told hears nothing afterwards', async () => {
  const telling = tell()
  await nextTurn()
  const removed = members.pop()
  audience.forget(place.conversationId)
  await telling
  expect(told).toEqual(members)
  expect(told).not.toContain(removed)
})
