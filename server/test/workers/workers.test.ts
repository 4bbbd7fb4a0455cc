import type { RawClient } from '@parley/testkit'
import { isAlive } from '@parley/testkit/is-alive'
import { buildOnce, newDataFolder, startProcess } from '@parley/testkit/server-process'
import type { SocketClient } from '@parley/testkit/socket-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster, type Person } from './cluster.ts'

/** Black box: real processes of one machine on SQLite, with no other service. */

const SOON = { timeout: 15_000, interval: 20 }

let cluster: Cluster
let users = 0
const newUser = () => {
  users += 1
  return cluster.register(`user${users}`)
}
const closeAll = (...clients: (RawClient | SocketClient)[]) =>
  Promise.all(clients.map((client) => client.close()))

/** As any worker says it; null: the connection was dealt to one that just died. */
const isOnline = async (asker: Person, { id }: Person): Promise<boolean | null> => {
  const answer = await cluster.call(asker, 'GET', `/api/users/${id}`).catch(() => null)
  return answer === null ? null : (answer.body['user'] as { isOnline: boolean }).isOnline
}

beforeAll(async () => {
  buildOnce()
  cluster = await Cluster.start()
})
afterAll(async () => {
  await cluster?.stop()
})

describe('two workers behind one port', () => {
  it('WORKERS-5 direct messages, receipts, typing and presence reach across, and chat’s one connection holds over all', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const [a, b] = [await cluster.chat(ann, 1), await cluster.chat(bob, 2)]
    a.send({ type: 'typing_start', data: { receiverId: bob.id } })
    await b.data('typing_indicator')
    a.send({ type: 'chat_message', data: { receiverId: bob.id, content: 'hello', clientMessageId: 'c-1' } })
    const { messageId } = await a.data('message_sent')
    expect(await b.data('new_message')).toMatchObject({ messageId, content: 'hello', senderId: ann.id })
    expect(await a.data('message_delivered')).toMatchObject({ messageId })
    b.send({ type: 'mark_read', data: { senderId: ann.id } })
    await a.next('messages_read')
    for (let asked = 0; asked < 4; asked += 1) expect(await isOnline(bob, ann)).toBe(true)
    const again = await cluster.chat(ann, 2)
    expect((await a.closed).code).toBe(4005)
    await again.close()
    for (let asked = 0; asked < 4; asked += 1) await expect.poll(() => isOnline(bob, ann), SOON).toBe(false)
    await b.close()
  })

  it('WORKERS-5 channels, whisper rooms and calls reach across', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const made = await cluster.call(ann, 'POST', '/api/channels', { name: 'both', memberIds: [bob.id] })
    expect(made.status).toBe(201)
    const channelId = (made.body['channel'] as { id: string }).id
    const [a, b] = [await cluster.socket(ann, 1), await cluster.socket(bob, 2)]
    await Promise.all([a, b].map((client) => client.ask('room:join', { channelId })))
    await a.ask('message:send', { channelId, content: 'to all' })
    expect(await b.next('message:new')).toMatchObject({ content: 'to all' })
    await b.ask('message:send', { channelId, content: 'and back' })
    expect(await a.next('message:new', ({ content }) => content === 'and back')).toBeDefined()

    const [c, d] = [await cluster.whisper(ann, 1), await cluster.whisper(bob, 2)]
    for (const client of [c, d]) {
      client.emit('join_room', 'across')
      await client.next('joined_room')
    }
    c.emit('send_message', { room: 'across', content: 'psst', messageType: 'text' })
    expect(JSON.stringify(await d.next('new_message'))).toContain('psst')

    const [caller, callee] = [await cluster.signal(ann, 1), await cluster.signal(bob, 2)]
    caller.send({ type: 'create-group', payload: { groupName: 'standup', username: ann.username } })
    const { groupId } = (await caller.next('group-created'))['payload'] as { groupId: string }
    callee.send({ type: 'join-group', payload: { groupId, username: bob.username, peerId: 'peer-of-bob' } })
    await callee.next('group-joined')
    await caller.next('user-joined')
    caller.send({ type: 'update-peer-id', payload: { peerId: 'peer-of-ann' } })
    await caller.next('existing-peers')
    caller.send({ type: 'call-user', payload: { userId: bob.id } })
    const ringing = (await callee.next('incoming-call-request'))['payload'] as { callId: string }
    expect(ringing.callId).toBeTypeOf('string')
    await closeAll(a, b, c, d, caller, callee)
  })

  it('WORKERS-6 Socket.IO polls without a cookie: every request comes on a connection of its own, 100 messages arrive, and it may upgrade', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const made = await cluster.call(ann, 'POST', '/api/channels', { name: 'polled', memberIds: [bob.id] })
    const channelId = (made.body['channel'] as { id: string }).id
    const [a, b] = [await cluster.dial(ann, ['polling']), await cluster.dial(bob, ['polling'])]
    const upgraded = await cluster.dial(bob, ['polling', 'websocket'])
    for (const client of [a, b, upgraded]) await client.ask('room:join', { channelId })
    const contents = Array.from({ length: 100 }, (_, index) => `message ${index}`)
    for (let from = 0; from < 100; from += 5) {
      const acks = contents
        .slice(from, from + 5)
        .map((content) => a.ask('message:send', { channelId, content }))
      expect((await Promise.all(acks)).every(({ messageId }) => typeof messageId === 'string')).toBe(true)
    }
    for (const client of [b, upgraded]) {
      const heard = () => client.of('message:new').map(({ content }: { content: string }) => content)
      await expect.poll(heard, SOON).toEqual(contents)
    }
    const transportOf = ({ socket }: SocketClient) => socket.io.engine.transport.name
    expect([a, b, upgraded].map(transportOf)).toEqual(['polling', 'polling', 'websocket'])
    await closeAll(a, b, upgraded)
    // A session of a worker that there is not, and one that is gone.
    for (const sid of ['9.abc', '1.abc', '2.abc', 'abc']) {
      const path = `/socket.io/?EIO=4&transport=polling&sid=${sid}`
      expect(await cluster.call(null, 'GET', path)).toMatchObject({ status: 400, body: { code: 1 } })
    }
  })

  it('WORKERS-4 who guesses passwords gets no more guesses from two workers than from one, but for one each', async () => {
    const { username } = await newUser()
    const guesses: number[] = []
    for (let guess = 0; guess < 20; guess += 1) {
      const wrong = { email: `${username}@example.org`, password: `wrong ${guess}` }
      guesses.push((await cluster.call(null, 'POST', '/api/auth/login', wrong)).status)
    }
    const taken = guesses.filter((status) => status !== 429).length
    expect(taken).toBeGreaterThanOrEqual(10)
    expect(taken).toBeLessThanOrEqual(12)
  })

  it('WORKERS-11 any worker answers the figures of all', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const clients = [await cluster.chat(ann, 1), await cluster.chat(bob, 2)]
    for (let scrape = 0; scrape < 4; scrape += 1) {
      const text = String((await cluster.call(null, 'GET', '/metrics')).body['text'])
      expect(text).toContain('parley_connections{dialect="chat"} 2')
      expect(text).toMatch(/^parley_online_users 2$/m)
      expect(text).toMatch(/^parley_bus_up 1$/m)
      expect(text).toMatch(/^parley_messages_total\{kind="channel"\} [1-9]/m)
    }
    await closeAll(...clients)
  })

  it('WORKERS-3 a worker that is killed: its users are offline at once, come back elsewhere and lose nothing; another takes its place', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    let a = await cluster.chat(ann, 1)
    const b = await cluster.chat(bob, 2)
    const ids = Array.from({ length: 200 }, (_, index) => `c-${index}`)
    const send = (from: RawClient, clientMessageId: string): void =>
      from.send({
        type: 'chat_message',
        data: { receiverId: bob.id, content: clientMessageId, clientMessageId },
      })
    const pid = cluster.pidOf(1)
    for (const id of ids.slice(0, 100)) send(a, id)
    await a.next('message_sent')
    for (const id of ids.slice(100)) send(a, id)
    process.kill(pid, 'SIGKILL')
    await a.closed
    const began = performance.now()
    await expect.poll(() => isOnline(bob, ann), SOON).toBe(false)
    // A lease that ran out would have taken 30 s.
    expect(performance.now() - began).toBeLessThan(20_000)
    a = await cluster.chat(ann, 2)
    // As an outbox does: what may have been acknowledged unheard is sent again, too.
    for (const id of ids) send(a, id)
    const acknowledged = () =>
      new Set(
        a.all
          .filter(({ type }) => type === 'message_sent')
          .map(({ data }) => (data as { clientMessageId: string }).clientMessageId),
      )
    await expect.poll(() => acknowledged().size, SOON).toBe(200)
    const received = () =>
      b.all
        .filter(({ type }) => type === 'new_message')
        .map(({ data }) => data as { seq: number; content: string })
    await expect.poll(() => received().length, SOON).toBe(200)
    expect(received().map(({ seq }) => seq)).toEqual(ids.map((_, index) => index + 1))
    expect(new Set(received().map(({ content }) => content)).size).toBe(200)
    await expect.poll(() => isOnline(bob, ann), SOON).toBe(true)
    expect(b.socket.readyState).toBe(b.socket.OPEN)
    await expect.poll(() => cluster.pidOf(1), { timeout: 30_000, interval: 100 }).not.toBe(pid)
    expect(cluster.lines().filter(({ msg }) => msg === 'a worker ended and is started again')).toHaveLength(1)
    const third = await cluster.chat(await newUser(), 1)
    await closeAll(a, b, third)
  })

  it('WORKERS-10 SIGTERM tells every client and ends all with 0; the port was said once', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const clients = [await cluster.chat(ann, 1), await cluster.chat(bob, 2)]
    const pids = [cluster.pidOf(1), cluster.pidOf(2)]
    expect(pids.map(isAlive)).toEqual([true, true])
    const began = performance.now()
    const code = cluster.stop()
    for (const client of clients) {
      await client.next('server_drain')
      expect((await client.closed).code).toBe(1001)
    }
    expect(await code).toBe(0)
    expect(performance.now() - began).toBeLessThan(12_000)
    expect(pids.map(isAlive)).toEqual([false, false])
    expect(cluster.server.output().match(/Parley listening on/g)).toHaveLength(1)
  })
})

describe('the primary of two workers', () => {
  it('WORKERS-10 a primary that is killed takes its workers with it, and the database is free for the next; one server alone may serve it', async () => {
    const data = newDataFolder()
    const env = { WORKERS: '2', NODE_ID: 'box', LOG_LEVEL: 'info' }
    const first = await startProcess(data.path, { env })
    const pids = [...first.output().matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid))
    expect(new Set(pids).size).toBe(2)
    await expect(startProcess(data.path, { env })).rejects.toThrow('Another Parley server is running on')
    const port = new URL(first.url).port
    const other = newDataFolder()
    await expect(startProcess(other.path, { env: { ...env, PORT: port } })).rejects.toThrow(
      `PORT ${port} is in use`,
    )
    other.remove()
    await first.kill()
    await expect.poll(() => pids.some(isAlive), SOON).toBe(false)
    const second = await startProcess(data.path, { env: { ...env, WORKERS: '1' } })
    expect(await second.stop()).toBe(0)
    data.remove()
  })
})
