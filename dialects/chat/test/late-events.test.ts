import type { Bus } from '@parley/core'
import { checkHistory, turn } from '@parley/testkit'
import { expect, it } from 'vitest'
import { ChatWorld, intercept, userId } from './chat-world.ts'

it('NODE-5 a message that the replay sent is not sent again when its event comes late', async () => {
  const late: (() => void)[] = []
  let isLate = true
  const spoilBus = (bus: Bus): Bus =>
    intercept(bus, 'publish', (topic, envelope) => {
      const publish = (): void => bus.publish(topic, envelope)
      if (isLate && envelope.event.type === 'message.created') late.push(publish)
      else publish()
    })
  const world = await ChatWorld.create({ users: 2, spoilBus })
  world.connect(0)
  await turn()
  world.send(0, 1, 'id-1', 'one')
  world.send(0, 1, 'id-2', 'two')
  for (let step = 0; step < 5; step += 1) await world.clock.advance(10)
  await world.settle()
  const received = (): string[] =>
    world.history.flatMap((event) => (event.type === 'received' ? [event.content] : []))
  expect([received(), late.length > 0]).toEqual([['one', 'two'], true])
  isLate = false
  for (const publish of late) publish()
  await world.settle()
  world.send(0, 1, 'id-3', 'three')
  await world.settle()
  expect(received()).toEqual(['one', 'two', 'three'])
  const final = { stored: await world.stored(), settledReaders: [userId(0), userId(1)] }
  expect(checkHistory(world.history, final)).toEqual([])
})
