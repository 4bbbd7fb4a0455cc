import type { RawClient } from '@parley/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { TestUser } from '../harness/test-server.ts'
import { Crowd, type CrowdServer, startCrowdServer } from './crowd.ts'

/** Storms of arrivals on a real server: what they cost its clients, in frames and bytes. */

const INTERVAL = 500
let crowd: CrowdServer | undefined
afterEach(() => crowd?.stop())

const seen = (client: RawClient, type: string): Readonly<Record<string, unknown>>[] =>
  client.all.filter((frame) => frame.type === type).map(({ data }) => data as Record<string, unknown>)

const idOf = (data: Readonly<Record<string, unknown>>): unknown => data['userId']

/** A burst of arrivals below the limit, seen by somebody who was there before. */
const burst = async (count: number) => {
  crowd = await startCrowdServer({ PRESENCE_LIST_MAX: '10000', PRESENCE_INTERVAL: String(INTERVAL) })
  const { server, users } = crowd
  const [watcher] = users(1)
  const client = await server.chat(watcher!)
  await client.next('online_users')
  const all = new Crowd(server)
  const began = performance.now()
  await all.arrive(users(count), 50)
  await client.next('online_users', ({ data }) => (data as { totalOnline: number }).totalOnline === count + 1)
  const elapsed = performance.now() - began
  // Without the one on connecting.
  const lists = seen(client, 'online_users').length - 1
  const arrivals = new Set(seen(client, 'user_online').map(idOf)).size
  await all.quiet(INTERVAL * 2)
  const late = seen(client, 'online_users').length - 1 - lists
  const { bytes } = all
  all.leave()
  await crowd.stop()
  crowd = undefined
  return { elapsed, lists, arrivals, late, bytes }
}

/** A crowd above the limit. Ann and Bob came before it; Bob has nothing to do with anybody. */
const flood = async (count: number) => {
  crowd = await startCrowdServer({ PRESENCE_LIST_MAX: '50', PRESENCE_INTERVAL: String(INTERVAL) })
  const { server, users } = crowd
  const [ann, bob, friend] = users(3) as [TestUser, TestUser, TestUser]
  await server.call(friend, 'POST', '/api/messages', { receiverId: ann.id, content: 'hi' })
  const [a, b] = [await server.chat(ann), await server.chat(bob)]
  const all = new Crowd(server)
  await all.arrive(users(count), 50)
  await all.quiet(INTERVAL)
  const f = await server.chat(friend)
  await a.next('user_online', ({ data }) => idOf(data as Record<string, unknown>) === friend.id)
  b.frames.length = 0
  b.send({ type: 'get_online_users' })
  const answer = (await b.data('online_users')) as { users: object[]; totalOnline: number }
  await f.close()
  await a.next('user_offline', ({ data }) => idOf(data as Record<string, unknown>) === friend.id)
  const result = {
    bytes: all.bytes,
    listed: answer.users.length,
    totalOnline: answer.totalOnline,
    toldAnn: seen(a, 'user_online').length,
    toldBob: seen(b, 'user_online').length,
    bobHeardOfFriend: [...seen(b, 'user_online'), ...seen(b, 'user_offline')].map(idOf).includes(friend.id),
    longestList: Math.max(...seen(b, 'online_users').map((data) => (data['users'] as object[]).length)),
  }
  all.leave()
  await crowd.stop()
  crowd = undefined
  return result
}

describe('presence storms', () => {
  it('PRES-2 lists are bounded by time, not by arrivals', { timeout: 60_000 }, async () => {
    const [small, large] = [await burst(200), await burst(400)]
    for (const [count, run] of [
      [200, small],
      [400, large],
    ] as const) {
      expect(run.arrivals).toBe(count)
      expect(run.lists).toBeGreaterThanOrEqual(1)
      expect(run.lists).toBeLessThanOrEqual(run.elapsed / INTERVAL + 1)
      expect(run.late).toBe(0)
    }
    // Only the time that the burst takes on this machine counts; one list an arrival would be ten times this.
    expect(small.lists).toBeLessThan(20)
    expect(large.lists).toBeLessThan(40)
  })

  it('PRES-3 above the limit twice the arrivals cost twice the bytes', { timeout: 60_000 }, async () => {
    const [small, large] = [await flood(2_000), await flood(4_000)]
    const ratio = large.bytes / small.bytes
    expect(ratio).toBeGreaterThan(1.5)
    expect(ratio).toBeLessThan(2.7)
    for (const [count, run] of [
      [2_000, small],
      [4_000, large],
    ] as const) {
      expect(run.totalOnline).toBe(count + 3)
      expect([run.listed, run.longestList]).toEqual([50, 50])
      expect(run.toldAnn).toBeLessThanOrEqual(51)
      expect(run.toldBob).toBeLessThanOrEqual(50)
      expect(run.bobHeardOfFriend).toBe(false)
    }
  })
})
