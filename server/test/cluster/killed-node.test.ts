import type { RawClient } from '@parley/testkit'
import { type Cluster, startCluster } from '@parley/testkit/cluster'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chatOf, hubOf, reachable } from '../harness/clients.ts'
import { nodeAt, type TestNode, type TestUser } from '../harness/test-node.ts'

/** What a node held when it was killed, as those on other nodes see it. */

/** What is promised (ms), and how long a test waits for it: a busy machine is no broken promise, a ghost stays for ever. */
const GONE_WITHIN = 35_000
const PATIENCE = { timeout: GONE_WITHIN + 10_000, interval: 100 }

let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster({ nodes: 2, env: { ROOM_GRACE: '1000' } })
})
afterAll(() => cluster.stop())

const isOnline = async (node: TestNode, asker: TestUser, user: TestUser): Promise<unknown> => {
  const { body } = await node.call(asker, 'GET', `/api/users/${user.id}`)
  return (body['user'] as { isOnline: boolean }).isOnline
}

const payloadOf = async (client: RawClient, type: string) =>
  (await client.next(type))['payload'] as Readonly<Record<string, unknown>>

const heard = (client: RawClient, type: string, id: string): boolean =>
  client.all.some((frame) => frame.type === type && JSON.stringify(frame).includes(id))

it('NODE-2 a message that a node was the only one to know of is found by the others when it was killed', async () => {
  const [alive, doomed] = cluster.nodes.map(({ url }) => nodeAt(url)) as [TestNode, TestNode]
  const [gil, hal] = (await Promise.all(['gil', 'hal'].map((name) => alive.register(name)))) as [
    TestUser,
    TestUser,
  ]
  const reader = await chatOf(alive, hal)
  const author = await chatOf(doomed, gil)
  await cluster.redis.kill()
  author.send({ type: 'chat_message', data: { receiverId: hal.id, content: 'only here' } })
  await author.next('message_sent')
  await cluster.nodes[1]!.kill()
  expect(JSON.stringify(await reader.next('new_message'))).toContain('only here')
  // It was not Redis that brought it, nor does it bring it again.
  await cluster.redis.start()
  await cluster.nodes[1]!.start()
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(reader.all.filter(({ type }) => type === 'new_message')).toHaveLength(1)
  await reader.close()
})

it(
  'NODE-18, NODE-19 what a killed node held is gone on the others within 35 s, and its missed call is stored once',
  async () => {
    const [alive, doomed] = cluster.nodes.map(({ url }) => nodeAt(url)) as [TestNode, TestNode]
    const [ann, bob, cleo, eve] = (await Promise.all(
      ['ann', 'bob', 'cleo', 'eve'].map((name) => alive.register(name)),
    )) as [TestUser, TestUser, TestUser, TestUser]
    const watcher = await chatOf(alive, ann)
    const inHub = await hubOf(alive, ann)
    const room = await alive.whisper(ann)
    await room.ask('join_room', 'open')
    const group = await reachable(alive, ann, 'peer-ann')
    const rung = await reachable(alive, eve, 'peer-eve')

    // Bob is everywhere on the node that dies; Cleo has a second place to be.
    await chatOf(doomed, bob)
    await hubOf(doomed, bob)
    await (await doomed.whisper(bob)).ask('join_room', 'open')
    await chatOf(doomed, cleo)
    const cleoBack = await alive.socket(cleo)
    const member = await doomed.open(`/signal?token=${bob.token}`)
    const created = group.all.find(({ type }) => type === 'group-created')?.['payload'] as { groupId: string }
    const join = { groupId: created.groupId, username: 'bob', peerId: 'peer-bob' }
    member.send({ type: 'join-group', payload: join })
    await member.next('group-joined')
    await watcher.next('user_online', (frame) => JSON.stringify(frame).includes(cleo.id))
    member.send({ type: 'call-user', payload: { userId: eve.id } })
    const { callId } = await payloadOf(rung, 'incoming-call-request')
    await room.next('users_online', (list: object[]) => list.length === 2)
    expect(await isOnline(alive, ann, bob)).toBe(true)

    await cluster.nodes[1]!.kill()
    const killed = Date.now()
    await expect.poll(() => isOnline(alive, ann, bob), PATIENCE).toBe(false)
    await expect.poll(() => heard(watcher, 'user_offline', bob.id), PATIENCE).toBe(true)
    await expect.poll(() => heard(inHub, 'user_left', bob.id), PATIENCE).toBe(true)
    await expect.poll(() => heard(group, 'user-left', 'bob'), PATIENCE).toBe(true)
    const seats = () =>
      room
        .of('users_online')
        .at(-1)
        .map((one: { userId: string }) => one.userId)
    await expect.poll(seats, PATIENCE).toEqual([ann.id])
    const gone = Date.now() - killed
    expect(gone).toBeLessThan(PATIENCE.timeout)
    if (process.env['PARLEY_CHAOS_SAY'] !== undefined)
      process.stdout.write(`all of it gone after ${gone} ms\n`)

    // Nothing of it stays, and nothing of who is elsewhere went.
    expect(await isOnline(alive, ann, cleo)).toBe(true)
    expect(heard(watcher, 'user_offline', cleo.id)).toBe(false)
    const heir = await alive.open('/signal')
    heir.send({ type: 'join-group', payload: { ...join, username: 'heir' } })
    expect(await payloadOf(heir, 'group-joined')).toMatchObject({ members: [{ username: 'ann' }] })
    const again = await hubOf(alive, eve)
    const listed = again.all.find(({ type }) => type === 'connected_users')!['users'] as { userId: string }[]
    expect(listed.map(({ userId }) => userId).sort()).toEqual([ann.id, eve.id].sort())

    // The call rang out; it is written down although nobody is left who placed it.
    await expect.poll(() => heard(rung, 'call-missed', String(callId)), PATIENCE).toBe(true)
    const calls = async () => (await alive.call(eve, 'GET', `/api/messages/${bob.id}`)).body['messages']
    await expect.poll(calls, PATIENCE).toMatchObject([{ messageType: 'call', senderId: bob.id }])
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(await calls()).toHaveLength(1)

    // Another in its place is one of them at once.
    await cluster.nodes[1]!.start()
    const back = await chatOf(nodeAt(cluster.nodes[1]!.url), bob)
    await watcher.next('user_online', (frame) => JSON.stringify(frame).includes(bob.id))
    for (const client of [watcher, inHub, group, rung, heir, again, back]) await client.close()
    for (const client of [room, cleoBack]) client.close()
  },
  4 * PATIENCE.timeout,
)
