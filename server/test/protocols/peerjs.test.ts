import { setTimeout as sleep } from 'node:timers/promises'
import type { RawClient } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawTcp } from '../harness/raw-tcp.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** Black box: the broker as the PeerJS client 1.5 speaks to it, by hand. */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ABSENT_WAIT = 5_000

let server: TestServer
let names = 0

beforeAll(async () => {
  server = await startTestServer({ LIMIT_CONNECT: '100000', LIMIT_SIGNAL: '100000' })
})
afterAll(() => server.stop())

/** An id nobody else has. */
const newName = (): string => {
  names += 1
  return `peer-${names}`
}

const pathOf = (id: string, token = `token of ${id}`): string =>
  `/peerjs/peerjs?${new URLSearchParams({ key: 'peerjs', id, token, version: '1.5.5' })}`

const openAs = (id: string, token?: string, at = server): Promise<RawClient> => at.open(pathOf(id, token))

/** A connection that holds its id. */
const enter = async (id: string, token?: string, at = server): Promise<RawClient> => {
  const client = await openAs(id, token, at)
  await client.next('OPEN')
  return client
}

/** Everything that was sent to the client before has arrived when this resolves. */
const settle = async (id: string, client: RawClient): Promise<void> => {
  const mark = Math.random()
  client.send({ type: 'CANDIDATE', dst: id, payload: { mark } })
  await client.next('CANDIDATE', ({ payload }) => (payload as { mark?: number }).mark === mark)
}

const eventually = async (met: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 15_000
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('it did not come to hold')
    await sleep(10)
  }
}

const closeAll = (...clients: RawClient[]): Promise<unknown> =>
  Promise.all(clients.map((client) => client.close()))

const heldIds = (): Promise<number> => server.running.core.leases.leases.count('peerjs')

const openConnections = async (): Promise<string | undefined> =>
  /parley_connections\{dialect="peerjs"\} (\d+)/.exec(
    await (await fetch(`${server.url}/metrics`)).text(),
  )?.[1]

describe('peerjs: the routes', () => {
  it('PEERJS-1 a new id each time, as text that no cache keeps', async () => {
    const ids = new Set<string>()
    for (const path of [
      '/peerjs/peerjs/id?ts=1&version=1.5.5',
      '/peerjs/peerjs/id',
      '/peerjs/id',
      '/peerjs/other/id',
    ]) {
      const response = await fetch(`${server.url}${path}`)
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'text/plain; charset=utf-8',
      ])
      expect(response.headers.get('cache-control')).toBe('no-store')
      const id = await response.text()
      expect(id).toMatch(UUID)
      ids.add(id)
    }
    expect(ids.size).toBe(4)
  })

  it('PEERJS-1 pages of allowed origins may read it, others not', async () => {
    const allowed = (origin: string) =>
      fetch(`${server.url}/peerjs/peerjs/id`, { headers: { origin } }).then((response) =>
        response.headers.get('access-control-allow-origin'),
      )
    expect(await allowed('http://localhost:8080')).toBe('http://localhost:8080')
    expect(await allowed('https://elsewhere.example')).toBeNull()
  })

  it('PEERJS-1 lists nobody, and has no other routes', async () => {
    const statusOf = async (path: string, method = 'GET') =>
      (await fetch(`${server.url}/peerjs${path}`, { method })).status
    expect([await statusOf('/peerjs/peers'), await statusOf('/peers')]).toEqual([401, 401])
    expect(await statusOf('/peerjs/id', 'POST')).toBe(405)
    for (const path of ['', '/', '/peerjs', '/a/b/id', '/peerjs/id/', '/ids']) {
      expect(await statusOf(path), path).toBe(404)
    }
  })
})

describe('peerjs: connecting', () => {
  it('PEERJS-2 is opened, by either path', async () => {
    for (const start of ['/peerjs', '/peerjs/peerjs']) {
      const client = await server.open(`${start}?key=peerjs&id=${newName()}&token=t`)
      expect(await client.next('OPEN')).toEqual({ type: 'OPEN' })
      await client.close()
      expect(client.all).toHaveLength(1)
    }
  })

  it.each([
    ['', 'ERROR', 'No id, token, or key supplied to websocket server'],
    ['?key=peerjs&id=a', 'ERROR', 'No id, token, or key supplied to websocket server'],
    ['?key=peerjs&token=t', 'ERROR', 'No id, token, or key supplied to websocket server'],
    ['?id=a&token=t', 'ERROR', 'No id, token, or key supplied to websocket server'],
    ['?key=other&id=a&token=t', 'INVALID-KEY', 'Invalid key provided'],
    ['?key=peerjs&id=a--b&token=t', 'ERROR', 'Invalid id'],
    [`?key=peerjs&id=${'x'.repeat(101)}&token=t`, 'ERROR', 'Invalid id'],
    ['?key=peerjs&id=%00&token=t', 'ERROR', 'Invalid id'],
    [`?key=peerjs&id=a&token=${'x'.repeat(101)}`, 'ERROR', 'Invalid token'],
  ])('PEERJS-2 %s is told why and closed', async (query, type, msg) => {
    const before = await heldIds()
    const client = await server.open(`/peerjs/peerjs${query}`)
    // Whatever it says is not heard.
    client.send({ type: 'OFFER', dst: 'a', payload: {} })
    expect(await client.closed).toEqual({ code: 1008, reason: 'Refused' })
    expect(client.all).toEqual([{ type, payload: { msg } }])
    expect(await heldIds()).toBe(before)
  })
})

describe('peerjs: what peers say to each other', () => {
  it('PEERJS-3 offer, answer, candidates and leave reach the other, stamped, and nobody else', async () => {
    const [ann, bob, cas] = [newName(), newName(), newName()]
    const [a, b, c] = [await enter(ann), await enter(bob), await enter(cas)]
    const offer = { sdp: { type: 'offer', sdp: 'v=0' }, type: 'data', connectionId: 'dc_1', label: 'dc_1' }
    a.send({ type: 'OFFER', payload: offer, dst: bob })
    expect(await b.next('OFFER')).toEqual({ type: 'OFFER', src: ann, dst: bob, payload: offer })
    b.send({ type: 'ANSWER', payload: { sdp: 'v=0' }, dst: ann })
    expect(await a.next('ANSWER')).toEqual({ type: 'ANSWER', src: bob, dst: ann, payload: { sdp: 'v=0' } })
    for (let index = 0; index < 30; index += 1) a.send({ type: 'CANDIDATE', payload: { index }, dst: bob })
    a.send({ type: 'LEAVE', dst: bob })
    expect(await b.next('LEAVE')).toEqual({ type: 'LEAVE', src: ann, dst: bob })
    const indexes = b.frames.map(({ payload }) => (payload as { index: number }).index)
    expect(indexes).toEqual(Array.from({ length: 30 }, (_, index) => index))
    await settle(cas, c)
    expect(c.all.map(({ type }) => type)).toEqual(['OPEN', 'CANDIDATE'])
    await closeAll(a, b, c)
  })

  it('PEERJS-3 nobody speaks in the name of another', async () => {
    const [ann, bob] = [newName(), newName()]
    const [a, b] = [await enter(ann), await enter(bob)]
    a.send(`{"type":"OFFER","src":"${bob}","dst":"${bob}","payload":{"src":"inner"},"__proto__":{"src":"x"}}`)
    expect(await b.next('OFFER')).toEqual({ type: 'OFFER', src: ann, dst: bob, payload: { src: 'inner' } })
    a.send({ type: 'EXPIRE', dst: bob, payload: {} })
    a.send({ type: 'ID-TAKEN', dst: bob, payload: {} })
    a.send({ type: 'LEAVE', src: 'somebody', dst: bob })
    expect((await b.next('LEAVE'))['src']).toBe(ann)
    expect(b.all.map(({ type }) => type)).toEqual(['OPEN', 'OFFER', 'LEAVE'])
    await closeAll(a, b)
  })

  it('PEERJS-3 a large description passes whole', async () => {
    const [ann, bob] = [newName(), newName()]
    const [a, b] = [await enter(ann), await enter(bob)]
    const sdp = `v=0 é ${'a=candidate '.repeat(5_000)}`
    a.send({ type: 'OFFER', dst: bob, payload: { sdp } })
    expect(await b.next('OFFER')).toMatchObject({ payload: { sdp } })
    await closeAll(a, b)
  })
})

describe('peerjs: who holds an id', () => {
  it('PEERJS-4 the same token gets it back at once, without asking the old connection, which is closed', async () => {
    const [ann, bob] = [newName(), newName()]
    const b = await enter(bob)
    // Answers no ping: its network is gone, and the server does not know it yet.
    const lost = await RawTcp.webSocket(server.url, pathOf(ann))
    await lost.json(({ type }) => type === 'OPEN')
    const back = await enter(ann)
    expect(await lost.closeCode()).toBe(4005)
    expect(lost.frames.filter(({ opcode }) => opcode === 9)).toEqual([])
    lost.destroy()
    await lost.gone
    b.send({ type: 'OFFER', dst: ann, payload: {} })
    expect(await back.next('OFFER')).toMatchObject({ src: bob })
    back.send({ type: 'ANSWER', dst: bob, payload: {} })
    expect(await b.next('ANSWER')).toMatchObject({ src: ann })
    await closeAll(back, b)
  })

  it('PEERJS-5 is taken for every other token while its holder lives', async () => {
    const ann = newName()
    const a = await enter(ann)
    for (const token of ['another', 'a third']) {
      const stranger = await openAs(ann, token)
      expect(await stranger.closed).toEqual({ code: 1008, reason: 'Refused' })
      expect(stranger.all).toEqual([{ type: 'ID-TAKEN', payload: { msg: 'ID is taken' } }])
    }
    await settle(ann, a)
    await a.close()
    await closeAll(await enter(ann, 'another'))
  })

  it('PEERJS-5 a holder that does not answer loses it, and nobody hears what was meant for it', async () => {
    const [ann, bob] = [newName(), newName()]
    const b = await enter(bob)
    const dead = await RawTcp.webSocket(server.url, pathOf(ann))
    await dead.json(({ type }) => type === 'OPEN')
    const startedAt = Date.now()
    const newcomer = await openAs(ann, 'another')
    await eventually(() => dead.frames.some(({ opcode }) => opcode === 9))
    b.send({ type: 'OFFER', dst: ann, payload: { for: 'the dead' } })
    await settle(bob, b)
    expect(newcomer.all).toEqual([])
    await newcomer.next('OPEN')
    expect(Date.now() - startedAt).toBeLessThan(10_000)
    expect(await dead.closeCode()).toBe(4005)
    dead.destroy()
    b.send({ type: 'OFFER', dst: ann, payload: { for: 'the living' } })
    expect(await newcomer.next('OFFER')).toMatchObject({ payload: { for: 'the living' } })
    expect(newcomer.all.map(({ type }) => type)).toEqual(['OPEN', 'OFFER'])
    await closeAll(newcomer, b)
  })

  it('PEERJS-10 who waited for an id and went away holds nothing', async () => {
    const ann = newName()
    const dead = await RawTcp.webSocket(server.url, pathOf(ann))
    await dead.json(({ type }) => type === 'OPEN')
    const impatient = await openAs(ann, 'another')
    await impatient.close()
    await dead.closeCode()
    dead.destroy()
    await eventually(async () => (await server.running.core.peerIds.holder('peerjs', ann)) === null)
  })
})

describe('peerjs: a peer that is not there', () => {
  it('PEERJS-6 gets what waited, after OPEN, in order, and what comes then behind it', async () => {
    const [ann, bob] = [newName(), newName()]
    const a = await enter(ann)
    a.send({ type: 'OFFER', dst: bob, payload: { index: 0 } })
    a.send({ type: 'CANDIDATE', dst: bob, payload: { index: 1 } })
    await settle(ann, a)
    const b = await openAs(bob)
    await b.next('CANDIDATE')
    a.send({ type: 'CANDIDATE', dst: bob, payload: { index: 2 } })
    await b.next('CANDIDATE', ({ payload }) => (payload as { index: number }).index === 2)
    expect(b.all).toEqual([
      { type: 'OPEN' },
      { type: 'OFFER', src: ann, dst: bob, payload: { index: 0 } },
      { type: 'CANDIDATE', src: ann, dst: bob, payload: { index: 1 } },
      { type: 'CANDIDATE', src: ann, dst: bob, payload: { index: 2 } },
    ])
    await closeAll(a, b)
  })

  it('PEERJS-6 expires once for all that was said to it; a leave to nobody does not', async () => {
    const [ann, bob] = [newName(), newName()]
    const a = await enter(ann)
    const startedAt = Date.now()
    a.send({ type: 'LEAVE', dst: newName() })
    for (const type of ['OFFER', 'CANDIDATE', 'CANDIDATE']) a.send({ type, dst: bob, payload: {} })
    expect(await a.next('EXPIRE')).toEqual({ type: 'EXPIRE', src: bob, dst: ann })
    expect(Date.now() - startedAt).toBeGreaterThan(ABSENT_WAIT - 100)
    const b = await enter(bob)
    await settle(bob, b)
    expect(b.all.map(({ type }) => type)).toEqual(['OPEN', 'CANDIDATE'])
    await settle(ann, a)
    expect(a.all.filter(({ type }) => type === 'EXPIRE')).toHaveLength(1)
    await closeAll(a, b)
  })

  it('PEERJS-6 hears nothing of a sender who is gone', async () => {
    const [ann, bob] = [newName(), newName()]
    const a = await enter(ann)
    a.send({ type: 'OFFER', dst: bob, payload: {} })
    await settle(ann, a)
    await a.close()
    const b = await enter(bob)
    await settle(bob, b)
    expect(b.all.map(({ type }) => type)).toEqual(['OPEN', 'CANDIDATE'])
    await b.close()
  })

  it('PEERJS-7 what does not fit expires at once, until who said the rest is gone', async () => {
    const [ann, bob, cas] = [newName(), newName(), newName()]
    const [a, c] = [await enter(ann), await enter(cas)]
    const expired = (client: RawClient) => client.all.filter(({ type }) => type === 'EXPIRE')
    for (let index = 0; index < 128; index += 1) a.send({ type: 'OFFER', dst: bob, payload: { index } })
    await settle(ann, a)
    expect(expired(a)).toEqual([])
    a.send({ type: 'OFFER', dst: newName(), payload: {} })
    c.send({ type: 'OFFER', dst: bob, payload: {} })
    await Promise.all([settle(ann, a), settle(cas, c)])
    expect([expired(a).length, expired(c)]).toEqual([1, [{ type: 'EXPIRE', src: bob, dst: cas }]])
    await a.close()
    await eventually(async () => (await server.running.core.peerIds.holder('peerjs', ann)) === null)
    c.send({ type: 'OFFER', dst: bob, payload: {} })
    await settle(cas, c)
    expect(expired(c)).toHaveLength(1)
    await c.close()
  })

  it('PEERJS-7 what is for no possible id expires at once', async () => {
    const ann = newName()
    const a = await enter(ann)
    a.send({ type: 'OFFER', dst: 'not an id!', payload: {} })
    await settle(ann, a)
    expect(a.all[1]).toEqual({ type: 'EXPIRE', src: 'not an id!', dst: ann })
    await a.close()
  })
})

describe('peerjs: those who misbehave', () => {
  it('PEERJS-8 a flood is slowed down, in order and without loss; others are not', async () => {
    const slow = await startTestServer({ LIMIT_SIGNAL: '5' })
    const [a, b, c, d] = await Promise.all(['ann', 'bob', 'cas', 'dan'].map((id) => enter(id, 't', slow)))
    const startedAt = Date.now()
    for (let index = 0; index < 20; index += 1) a!.send({ type: 'CANDIDATE', dst: 'bob', payload: { index } })
    c!.send({ type: 'OFFER', dst: 'dan', payload: {} })
    await d!.next('OFFER')
    expect(b!.frames.length).toBeLessThan(20)
    await b!.next('CANDIDATE', ({ payload }) => (payload as { index: number }).index === 19)
    expect(Date.now() - startedAt).toBeGreaterThan(2_500)
    const indexes = b!.all.slice(1).map(({ payload }) => (payload as { index: number }).index)
    expect(indexes).toEqual(Array.from({ length: 20 }, (_, index) => index))
    await closeAll(a!, b!, c!, d!)
    await slow.stop()
  })

  it('PEERJS-9 garbage, unknown types and heartbeats are passed over', async () => {
    const ann = newName()
    const a = await enter(ann)
    const garbage = [
      '',
      'x',
      'null',
      '[]',
      '7',
      '{}',
      '{"type":1}',
      '{"type":"HELLO","dst":"b"}',
      '['.repeat(60_000),
    ]
    for (const text of garbage) a.send(text)
    a.socket.send(Buffer.from('{"type":"OFFER"'))
    a.send({ type: 'HEARTBEAT' })
    a.send({ type: 'OFFER', dst: { toString: 'x' }, payload: {} })
    await settle(ann, a)
    expect(a.all.map(({ type }) => type)).toEqual(['OPEN', 'CANDIDATE'])
    await a.close()
  })

  it('PEERJS-9 a frame that is too large ends its connection, and gives the id back', async () => {
    const ann = newName()
    const a = await enter(ann)
    a.send({ type: 'OFFER', dst: ann, payload: 'x'.repeat(65_536) })
    expect((await a.closed).code).toBe(1009)
    await eventually(async () => (await server.running.core.peerIds.holder('peerjs', ann)) === null)
  })

  it('PEERJS-10 a peer that says it leaves is closed, and its id is free', async () => {
    const ann = newName()
    const a = await enter(ann)
    a.send({ type: 'LEAVE' })
    expect((await a.closed).code).toBe(1000)
    await closeAll(await enter(ann, 'another'))
  })

  it('PEERJS-10 1,000 peers leave nothing behind', async () => {
    await eventually(async () => (await heldIds()) === 0)
    const topics = server.running.core.hub.topics
    const ids = Array.from({ length: 1_000 }, newName)
    for (let start = 0; start < ids.length; start += 100) {
      const batch = await Promise.all(ids.slice(start, start + 100).map((id) => enter(id)))
      expect(await heldIds()).toBe(100)
      expect(await openConnections()).toBe('100')
      for (const [index, client] of batch.entries()) {
        client.send({ type: 'OFFER', dst: ids[start + ((index + 1) % 100)], payload: {} })
        client.send({ type: 'OFFER', dst: newName(), payload: {} })
      }
      await Promise.all(batch.map((client) => client.next('OFFER')))
      for (const [index, client] of batch.entries()) {
        if (index % 2 === 0) client.socket.terminate()
        else client.socket.close()
      }
      await Promise.all(batch.map(({ closed }) => closed))
      await eventually(async () => (await heldIds()) === 0)
    }
    await eventually(() => server.running.core.hub.topics === topics)
    expect(server.running.core.peerIds.size).toBe(0)
    expect(await openConnections()).toBe('0')
  })

  it('PEERJS-11 pages of foreign origins are refused, and an address that comes too often', async () => {
    await expect(server.open(pathOf(newName()), { origin: 'https://elsewhere.example' })).rejects.toThrow(
      'HTTP 403',
    )
    const strict = await startTestServer({ LIMIT_CONNECT: '3' })
    for (const id of ['ann', 'bob', 'cas']) await closeAll(await enter(id, 't', strict))
    await expect(openAs('dan', 't', strict)).rejects.toThrow('HTTP 429')
    await strict.stop()
  })

  it('PEERJS-11 a server that goes closes with 1001', async () => {
    const going = await startTestServer()
    const a = await enter('ann', 't', going)
    a.send({ type: 'OFFER', dst: 'nobody', payload: {} })
    await going.stop()
    expect((await a.closed).code).toBe(1001)
  })
})
