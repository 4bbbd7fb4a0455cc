import { afterEach, expect, test } from 'vitest'
import { Topics, textFrame } from '../index.ts'
import { eventually } from './eventually.ts'
import { openInboxes, startNode, type TestServer } from './node-server.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

async function threeClients(): Promise<string[][]> {
  server = await startNode()
  return openInboxes(server, 3)
}

test('SOCK-25 publish reaches every open member but the excepted one, and says how many', async () => {
  const inboxes = await threeClients()
  const topics = new Topics()
  const [one, two, three] = server!.opened
  for (const connection of [one!, two!]) topics.join('room', connection)
  expect(topics.publish('room', textFrame('all'))).toBe(2)
  expect(topics.publish('room', textFrame('others'), one!.id)).toBe(1)
  expect(topics.publish('nowhere', textFrame('lost'))).toBe(0)
  await eventually('came', () => inboxes[1]!.length === 2)
  expect(inboxes).toEqual([['all'], ['all', 'others'], []])
  expect(topics.members('room').has(three!)).toBe(false)
})

test('SOCK-26 empty topics vanish, and who is closed cannot join', async () => {
  await threeClients()
  const topics = new Topics()
  const [one, two] = server!.opened
  topics.join('a', one!)
  topics.join('b', one!)
  topics.join('a', two!)
  topics.leave('a', two!)
  expect([topics.size('a'), topics.size('b')]).toEqual([1, 1])
  topics.leaveAll(one!)
  expect([topics.size('a'), topics.size('b')]).toEqual([0, 0])
  // The same shared empty set for any unknown topic: nothing is kept for these names.
  expect(topics.members('a')).toBe(topics.members('never used'))
  two!.terminate()
  topics.join('a', two!)
  expect(topics.size('a')).toBe(0)
})
