import {
  type Core,
  type CoreEvent,
  createCore,
  DEFAULT_LIMITS,
  type DirectoryUser,
  Limits,
  silentObserver,
  systemClock,
  type Topic,
} from '@parley/core'
import { newId } from '@parley/model'
import { MemoryStore, plainAccount, userIdAuthenticator } from '@parley/testkit'
import { type RedisProcess, startRedis } from '@parley/testkit/redis-process'
import { startTcpProxy } from '@parley/testkit/tcp-proxy'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openRedis, type RedisNode } from '../index.ts'

/** Nodes over one store and one real Redis. */

const SOON = { timeout: 15_000, interval: 20 }
/** What is promised after a return of Redis (ms), and what a busy machine may add. */
const CONVERGED = { timeout: 3_000 + 2_000, interval: 20 }

interface Node extends RedisNode {
  readonly core: Core
}

let redis: RedisProcess
let store: MemoryStore
const nodes: Node[] = []
let ann: DirectoryUser
let bob: DirectoryUser
let channelId: string

const open = async (url = redis.url): Promise<Node> => {
  const secret = 'a secret of at least thirty-two characters'
  const opened = await openRedis({ url, secret, onError: () => {} })
  const { bus, leases } = opened
  const core = await createCore({
    nodeId: `node-${newId()}`,
    store,
    bus,
    leases,
    authenticator: userIdAuthenticator(store.directory, 'nobody'),
    clock: systemClock,
    observer: silentObserver,
    limits: 'off',
    presence: { interval: 50, listMax: 500 },
    roomGrace: 1_000,
  })
  const node = { ...opened, core }
  nodes.push(node)
  return node
}

const listen = async ({ core }: Node, topic: Topic): Promise<CoreEvent[]> => {
  const events: CoreEvent[] = []
  const dialect = `test ${newId()}`
  await core.hub.retain(topic, { dialect, deliver: (_topic, event) => void events.push(event) })
  return events
}
const wordsIn = (events: readonly CoreEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'message.created' ? [event.message.content] : []))
const say = ({ core }: Node, content: string): Promise<unknown> =>
  core.channelMessages.send(ann, { channelId, content, parentId: undefined, clientMessageId: undefined })
const write = ({ core }: Node, content: string): Promise<unknown> =>
  core.direct.send(ann, { receiverId: bob.id, content, messageType: 'text' })
const isUp = (): boolean => nodes.every(({ bus }) => bus.isUp)
const isDown = (): boolean => nodes.every(({ bus }) => !bus.isUp)

beforeEach(async () => {
  redis = await startRedis()
  store = new MemoryStore()
  ;[ann, bob] = ['ann', 'bob'].map((username) => plainAccount({ id: newId(), username })) as [
    DirectoryUser,
    DirectoryUser,
  ]
  for (const user of [ann, bob]) store.addUser(user)
})
afterEach(async () => {
  for (const { core, leases, bus } of nodes.splice(0)) {
    await core.stop()
    await leases.close()
    await bus.close()
  }
  redis.resume()
  await redis.stop()
})

const openTwo = async (): Promise<[Node, Node]> => {
  const two: [Node, Node] = [await open(), await open()]
  const command = { name: 'general', isPrivate: false, memberIds: [bob.id] }
  channelId = (await two[0].core.channels.create(ann, command)).channel.id
  return two
}

it('NODE-7 who is online on one node is online on every other, those that start later too', async () => {
  const [one, two] = await openTwo()
  const lease = await one.core.presence.connect(ann, 'a1')
  await expect.poll(() => two.core.presence.isOnline(ann.id)).toBe(true)
  const three = await open()
  expect(three.core.presence.isOnline(ann.id)).toBe(true)
  await two.core.presence.connect(ann, 'a2')
  await one.core.presence.disconnect(lease)
  expect(three.core.presence.online().totalOnline).toBe(1)
  await redis.ask('FLUSHALL')
  for (const { core } of nodes) await core.presence.connect(bob, `b${newId()}`)
  await expect.poll(() => nodes.map(({ core }) => core.presence.isOnline(bob.id))).toEqual([true, true, true])
  await Promise.all(nodes.map(({ core }) => core.presence.connect(bob, 'again')))
  expect(nodes.map(({ core }) => core.presence.isOnline(ann.id))).toEqual([true, true, true])
})

it('NODE-7 chat has one connection of a user over all nodes', async () => {
  const [one, two] = await openTwo()
  const place = { kind: 'chat', key: ann.id, value: {}, capacity: 1, whenFull: 'evict' } as const
  const lost: string[] = []
  one.leases.watch('chat', ({ type, lease }) => type === 'lost' && lost.push(lease.holder))
  await one.core.leases.take({ ...place, holder: 'first' })
  await two.core.leases.take({ ...place, holder: 'second' })
  await expect.poll(() => lost).toEqual(['first'])
})

it('NODE-7 while Redis is killed for a while sends go on, and what was said meanwhile is everywhere within 3 s of its return', async () => {
  const [one, two] = await openTwo()
  await one.core.presence.connect(ann, 'a1')
  const shown = await listen(two, `conversation:${channelId}`)
  const inbox = await listen(two, `user:${bob.id}`)
  const own = await listen(one, `conversation:${channelId}`)
  await say(one, 'before')
  await expect.poll(() => wordsIn(shown)).toEqual(['before'])
  await redis.kill()
  await expect.poll(isDown, SOON).toBe(true)
  const words = Array.from({ length: 50 }, (_, index) => `word ${index}`)
  for (const word of words) {
    await say(one, word)
    await write(one, word)
  }
  await two.core.presence.connect(bob, 'b1')
  await expect.poll(() => wordsIn(own)).toEqual(['before', ...words])
  // Longer than what waits for Redis is worth sending. What is shown is looked after meanwhile, from the store.
  await new Promise((resolve) => setTimeout(resolve, 5_500))
  expect(wordsIn(inbox)).toEqual([])
  await redis.start()
  const everything = (): unknown => [wordsIn(shown), wordsIn(inbox)]
  await expect.poll(everything, CONVERGED).toEqual([['before', ...words], words])
  const online = (): unknown =>
    nodes.map(({ core }) => [ann, bob].map(({ id }) => core.presence.isOnline(id)))
  await expect.poll(online, CONVERGED).toEqual([
    [true, true],
    [true, true],
  ])
}, 60_000)

it('NODE-7 who left while Redis was away is offline everywhere when it is back, and who stayed is not', async () => {
  const [one, two] = await openTwo()
  const lease = await one.core.presence.connect(ann, 'a1')
  await one.core.presence.connect(bob, 'b1')
  await one.leases.renew(lease.nodeId)
  await expect.poll(() => two.core.presence.online().totalOnline).toBe(2)
  await redis.kill()
  await expect.poll(isDown, SOON).toBe(true)
  await one.core.presence.disconnect(lease)
  expect(one.core.presence.isOnline(ann.id)).toBe(false)
  expect(two.core.presence.isOnline(ann.id)).toBe(true)
  await redis.start()
  await expect.poll(() => two.core.presence.isOnline(ann.id), CONVERGED).toBe(false)
  await expect.poll(isUp, SOON).toBe(true)
  expect(nodes.map(({ core }) => core.presence.isOnline(bob.id))).toEqual([true, true])
}, 60_000)

it('NODE-7 a session that is revoked on one node ends on every other', async () => {
  const [one, two] = await openTwo()
  const ended: string[] = []
  const { id: userId, username, avatar } = ann
  for (const sessionId of ['s1', 's2']) {
    const identity = {
      userId,
      username,
      avatar,
      email: 'ann@example.org',
      role: 'user',
      sessionId,
      expiresAt: null,
    } as const
    two.core.identities.watch(identity, () => ended.push(sessionId))
  }
  one.core.identities.end(userId, 's1')
  await expect.poll(() => ended).toEqual(['s1'])
  one.core.identities.end(userId, null)
  await expect.poll(() => ended).toEqual(['s1', 's2'])
})

it('LIMIT-3 guesses count over all nodes: each node lets through one more at most, and counts for itself while Redis is away', async () => {
  const setting = { points: 5, windowMs: 60_000 }
  const settings = { ...DEFAULT_LIMITS, login: setting, chat: setting }
  const limits = [await open(), await open(), await open()].map(
    ({ counts }) => new Limits(systemClock, settings, counts),
  )
  let passed = 0
  for (let guess = 0; guess < 30; guess += 1) {
    const limit = limits[guess % 3]!
    if (limit.peek('login', 'ann').ok && limit.hit('login', 'ann').ok) passed += 1
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(passed).toBeGreaterThanOrEqual(5)
  expect(passed).toBeLessThanOrEqual(5 + 2)
  expect(limits.map((limit) => limit.hit('chat', 'ann').ok)).toEqual([true, true, true])
  expect(await redis.ask('KEYS', '*')).not.toContain('ann')
  await redis.kill()
  await expect.poll(isDown, SOON).toBe(true)
  const alone = Array.from({ length: 10 }, () => limits[0]!.hit('login', 'bob').ok)
  expect(alone.filter(Boolean)).toHaveLength(5)
}, 60_000)

it('NODE-7 the same when Redis hangs for 5 s, and the last word was said just before', async () => {
  const [one, two] = await openTwo()
  const shown = await listen(two, `conversation:${channelId}`)
  const inbox = await listen(two, `user:${bob.id}`)
  redis.pause()
  await say(one, 'last')
  await write(one, 'last')
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  redis.resume()
  await expect.poll(() => [wordsIn(shown), wordsIn(inbox)], CONVERGED).toEqual([['last'], ['last']])
  await expect.poll(isUp, SOON).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect([wordsIn(shown), wordsIn(inbox)]).toEqual([['last'], ['last']])
}, 60_000)

it('NODE-7 a slow Redis delays what is said and loses nothing', async () => {
  const proxy = await startTcpProxy(redis.port, 300)
  const [one, two] = [await open(), await open(`redis://127.0.0.1:${proxy.port}`)]
  const command = { name: 'general', isPrivate: false, memberIds: [bob.id] }
  channelId = (await one.core.channels.create(ann, command)).channel.id
  await expect.poll(isUp, SOON).toBe(true)
  const shown = await listen(two, `conversation:${channelId}`)
  const words = Array.from({ length: 200 }, (_, index) => `word ${index}`)
  for (const word of words) await say(one, word)
  await expect.poll(() => wordsIn(shown), SOON).toEqual(words)
  expect(two.bus.isUp).toBe(true)
  proxy.close()
}, 60_000)
