import { type RedisProcess, startRedis } from '@parley/testkit/redis-process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const SOON = { timeout: 15_000, interval: 50 }

let redis: RedisProcess
let server: TestServer | null = null
beforeEach(async () => {
  redis = await startRedis()
})
afterEach(async () => {
  await server?.stop()
  server = null
  await redis.stop()
})

const start = async (): Promise<TestServer> => {
  server = await startTestServer({ REDIS_URL: redis.url, JWT_SECRET: 'x'.repeat(40) })
  return server
}

const ready = async ({ url }: TestServer): Promise<unknown> => {
  const response = await fetch(`${url}/api/ready`)
  return [response.status, await response.json()]
}

it('NODE-6 a server is degraded while Redis is away, says so, and people connect, talk and are refused as before', async () => {
  const world = await start()
  const [ann, bob] = [await world.register('ann'), await world.register('bob')]
  expect(await ready(world)).toEqual([200, { status: 'ok' }])
  const before = await world.chat(ann)
  await before.next('online_users')
  await redis.kill()
  await expect.poll(() => ready(world), SOON).toEqual([200, { status: 'degraded', away: ['bus'] }])

  // Chat's one connection, presence, the way of a message, a whisper room: on this node as ever.
  const again = await world.chat(ann)
  await again.next('online_users')
  expect((await before.closed).code).toBe(4005)
  const other = await world.chat(bob)
  await other.next('online_users')
  again.send({ type: 'chat_message', data: { receiverId: bob.id, content: 'hello' } })
  expect(await other.data('new_message')).toMatchObject({ content: 'hello' })
  const room = await world.whisper(bob)
  await room.ask('join_room', 'open')

  await redis.start()
  await expect.poll(() => ready(world), SOON).toEqual([200, { status: 'ok' }])
  again.send({ type: 'chat_message', data: { receiverId: bob.id, content: 'and again' } })
  expect(await other.data('new_message')).toMatchObject({ content: 'and again' })
  const metrics = await (await fetch(`${world.url}/metrics`)).text()
  expect(metrics).toContain('parley_bus_up 1')
  expect(metrics).toContain('parley_bus_reconnects_total 1')
  expect(metrics).toMatch(/parley_bus_events_total\{result="published"\} [1-9]/)
}, 60_000)

it('NODE-6 a server starts without Redis and joins the others when that comes', async () => {
  await redis.kill()
  const world = await start()
  expect(await ready(world)).toEqual([200, { status: 'degraded', away: ['bus'] }])
  const ann = await world.register('ann')
  const chat = await world.chat(ann)
  await chat.next('online_users')
  await redis.start()
  await expect.poll(() => ready(world), SOON).toEqual([200, { status: 'ok' }])
  expect(await redis.ask('PUBSUB', 'SHARDCHANNELS')).toContain('parley:')
}, 60_000)
