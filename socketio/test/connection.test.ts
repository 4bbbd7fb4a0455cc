import { get } from 'node:http'
import { turn } from '@parley/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { RawPolling, RawSocket } from './raw-socket.ts'
import { leftovers, NOTHING_LEFT, until, World } from './world.ts'

let world: World

afterEach(() => world.stop())

/** What `connect_error` says to a client with this `auth`. */
const refusalOf = (auth: Record<string, unknown>) =>
  new Promise<{ message: string; data: unknown }>((resolve, reject) => {
    const client = world.client(auth)
    client.once('connect_error', (error) =>
      resolve({ message: error.message, data: (error as { data?: unknown }).data }),
    )
    client.once('connect', () => reject(new Error('it was let in')))
  })

describe('connecting', () => {
  it.each([
    ['websocket', ['websocket']],
    ['polling', ['polling']],
    ['polling, then websocket', ['polling', 'websocket']],
  ])('SIO-1 serves a stock client over %s', async (_name, transports) => {
    world = await World.start()
    const client = await world.connect('ann', { transports })
    if (transports.length > 1) await until('upgraded', () => client.io.engine.transport.name === 'websocket')
    expect(await client.emitWithAck('whisper:echo', { a: 1 })).toEqual({ ok: true, payload: { a: 1 } })
    expect(client.io.engine.transport.name).toBe(transports.at(-1))
  })

  it('SIO-1 serves protocol 3 over WebSocket, by the token in its query', async () => {
    world = await World.start()
    const raw = await RawSocket.open(world.port, 'EIO=3&token=ann')
    await raw.next('40')
    raw.send('420["whisper:echo","hi"]')
    expect(await raw.next('430')).toBe('430[{"ok":true,"payload":"hi"}]')
    raw.send('2')
    expect(await raw.next('3')).toBe('3')
  })

  it('SIO-1 serves protocol 3 over polling', async () => {
    world = await World.start()
    const raw = new RawPolling(world.port, 'EIO=3&b64=1&token=ann')
    const opened = (await raw.get()).text
    raw.sid = /"sid":"([^"]+)"/.exec(opened)![1]!
    if (!opened.includes('2:40')) expect((await raw.get()).text).toBe('2:40')
    const packet = '421["whisper:echo","hi"]'
    expect((await raw.post(`${packet.length}:${packet}`)).text).toBe('ok')
    expect((await raw.get()).text).toContain('431[{"ok":true,"payload":"hi"}]')
  })

  it('SIO-2 the id of a socket of protocol 3 is not the secret that its requests carry', async () => {
    world = await World.start()
    const raw = await RawSocket.open(world.port, 'EIO=3&token=ann')
    await raw.next('40')
    const { sid } = JSON.parse((await raw.next('0')).slice(1)) as { sid: string }
    const [session] = world.server.sessionsOf('ann')
    expect(session!.id).not.toBe(sid)
    world.server.rooms.emit(session!.id, 'hello', [])
    expect(await raw.next('42')).toBe('42["hello"]')
  })

  it.each([
    ['no token', { userId: 'ann' }, 'missing'],
    ['an empty token', { userId: 'ann', token: '' }, 'missing'],
    ['a token that is no text', { userId: 'ann', token: { $ne: null } }, 'missing'],
    ['a bad token', { userId: 'ann', token: 'bad' }, 'invalid'],
    ['a user that is gone', { userId: 'ann', token: 'ghost' }, 'user-not-found'],
    ['another user', { userId: 'bob', token: 'ann' }, 'user-mismatch'],
    ['an empty user', { userId: '', token: 'ann' }, 'user-mismatch'],
    ['a user that is no text', { userId: ['ann'], token: 'ann' }, 'user-mismatch'],
    ['a store that is away', { userId: 'ann', token: 'thrower' }, 'unavailable'],
  ])('SIO-3 refuses %s in the words of the dialect that claims it', async (_name, auth, reason) => {
    world = await World.start()
    expect(await refusalOf(auth)).toEqual({ message: 'Unauthorized', data: { code: reason } })
    expect(world.named('audit', 'connection refused')).toEqual([{ dialect: 'channels', reason }])
    expect(world.refusedFrom).toHaveLength(reason === 'unavailable' ? 0 : 1)
    expect(leftovers(world)).toMatchObject({ sockets: 0, starting: 0, sessions: 0, online: 0 })
  })

  it('SIO-3 without a claim the words are those of the last dialect', async () => {
    world = await World.start()
    expect(await refusalOf({ token: 'bad' })).toEqual({
      message: 'Authentication error: invalid',
      data: undefined,
    })
  })

  it.each([null, 'ANN', 'ann'])('SIO-3 lets in who says to be %s with a token of ann', async (userId) => {
    world = await World.start()
    const client = world.client({ token: 'ann', userId })
    await until('connected', () => client.connected)
    expect(world.server.sizes()).toEqual({ channels: 1, whisper: 0 })
  })

  it('SIO-3 refuses protocol 3 with the same words', async () => {
    world = await World.start()
    const raw = await RawSocket.open(world.port, 'EIO=3&userId=ann&token=bad')
    expect(await raw.next('44')).toBe('44{"code":"invalid"}')
    const mismatch = await RawSocket.open(world.port, 'EIO=3&userId=bob&token=ann')
    expect(await mismatch.next('44')).toBe('44{"code":"user-mismatch"}')
    const wordless = await RawSocket.open(world.port, 'EIO=3')
    expect(await wordless.next('44')).toBe('44"Authentication error: missing"')
  })

  it('SIO-3 a dialect that fails to refuse is reported, and the client refused', async () => {
    world = await World.start()
    world.channels.claims = () => {
      throw new Error('on purpose')
    }
    expect((await refusalOf({ token: 'bad' })).message).toBe('Server error')
    expect(world.named('error', 'socket connection not refused')).toHaveLength(1)
    expect(leftovers(world)).toMatchObject({ starting: 0, sockets: 0 })
  })

  it('SIO-4 an origin that is not allowed gets 403, over polling as over WebSocket', async () => {
    world = await World.start()
    const origin = { Origin: 'http://foreign.example' }
    const status = await new Promise((resolve) => {
      const url = `${world.url}/socket.io/?EIO=4&transport=polling`
      get(url, { headers: origin }, (response) => resolve(response.resume().statusCode))
    })
    expect(status).toBe(403)
    await expect(RawSocket.open(world.port, 'EIO=4', origin)).rejects.toThrow('HTTP 403')
  })

  it('SIO-5 presence is held when the client hears that it is connected', async () => {
    world = await World.start()
    const client = world.client({ token: 'ann' })
    const online = await new Promise((resolve) => {
      client.once('connect', () => resolve(world.core.presence.isOnline('ann')))
    })
    expect(online).toBe(true)
  })

  it('SIO-5 the first events wait until every dialect has opened the session', async () => {
    world = await World.start()
    let open = () => {}
    world.channels.onOpened = () =>
      new Promise((resolve) => {
        open = resolve
      })
    const client = await world.connect('ann')
    const answer = client.emitWithAck('whisper:echo', 1)
    await until('the event came', () => world.named('debug', 'socket event').length === 1)
    expect(world.whisper.log).toEqual([])
    open()
    expect(await answer).toEqual({ ok: true, payload: 1 })
    expect(world.whisper.log).toEqual(['opened ann'])
  })

  it('SIO-5 a dialect that cannot open ends the connection, and nothing is left', async () => {
    world = await World.start()
    world.whisper.onOpened = () => Promise.reject(new Error('on purpose'))
    const raw = await RawSocket.connect(world.port, 'ann')
    expect(await raw.closed).toEqual({ code: 1011, reason: 'Server error' })
    await until('all is gone', () => world.whisper.log.length === 2)
    expect(world.channels.log).toEqual(['opened ann', 'closed ann'])
    expect(world.named('error', 'socket connection not opened')).toHaveLength(1)
  })

  it('SIO-6 a CONNECT that is repeated makes no second session', async () => {
    let letIn = () => {}
    const gate = new Promise<void>((resolve) => {
      letIn = resolve
    })
    world = await World.start({ beforeToken: () => gate })
    const raw = await RawSocket.open(world.port, 'EIO=4')
    raw.send('40{"token":"ann"}')
    raw.send('40{"token":"bob"}')
    expect(await raw.next('44')).toBe('44{"message":"Already connected"}')
    letIn()
    await raw.next('40')
    expect(leftovers(world)).toMatchObject({ sockets: 1, starting: 0, online: 1 })
    raw.send('40{"token":"bob"}')
    await raw.closed
    await until('all is gone', () => world.core.presence.online().totalOnline === 0)
    expect([world.server.sessionsOf('bob'), world.whisper.log]).toEqual([[], ['opened ann', 'closed ann']])
  })

  it('SIO-6 other namespaces are refused, and a flood of them ends the connection', async () => {
    world = await World.start()
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send('40/other,{}')
    expect(await raw.next('44/other')).toBe('44/other,{"message":"Invalid namespace"}')
    raw.send('420["whisper:echo",1]')
    await raw.next('430')
    for (let index = 0; index < 20; index += 1) raw.send(`40/space-${index},`)
    await raw.closed
    expect(raw.frames.filter((frame) => frame.startsWith('44')).length).toBeLessThan(9)
    expect(world.server.io._nsps.size).toBe(1)
  })

  it('SIO-6 a connection that never connects is closed', async () => {
    world = await World.start({ connectTimeout: 100 })
    const raw = await RawSocket.open(world.port, 'EIO=4')
    await raw.closed
    expect(world.server.io.engine.clientsCount).toBe(0)
  })

  it('SIO-6 a client that leaves the namespace is closed', async () => {
    world = await World.start()
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send('41')
    expect(await raw.closed).toMatchObject({ code: 1000 })
    await until('all is gone', () => world.channels.log.includes('closed ann'))
  })

  it('SIO-7 a sid of somebody else, another protocol, octets over polling: refused', async () => {
    world = await World.start()
    const ann = await RawPolling.connect(world.port, 'ann')
    const stranger = new RawPolling(world.port, 'EIO=4')
    stranger.sid = 'AAAAAAAAAAAAAAAAAAAA'
    expect((await stranger.get()).status).toBe(400)
    const other = new RawPolling(world.port, 'EIO=3')
    other.sid = ann.sid
    expect((await other.get()).status).toBe(400)
    expect((await ann.post('420["whisper:echo",1]')).text).toBe('ok')
    expect((await ann.get()).text).toBe('430[{"ok":true,"payload":1}]')
    const octets = { 'Content-Type': 'application/octet-stream' }
    expect((await ann.post('x', octets)).status).toBe(400)
    await until('it is closed', () => world.channels.log.includes('closed ann'))
  })

  it('SIO-7 a plain request for a WebSocket session gets an answer', async () => {
    world = await World.start()
    const raw = await RawSocket.connect(world.port, 'ann')
    const { sid } = JSON.parse((await raw.next('0')).slice(1)) as { sid: string }
    const url = `${world.url}/socket.io/?EIO=4&transport=websocket&sid=${encodeURIComponent(sid)}`
    expect((await fetch(url)).status).toBe(400)
  })

  it('SIO-7 an upgrade for another transport is closed or refused', async () => {
    world = await World.start()
    const polling = await RawSocket.open(world.port, 'EIO=4&transport=polling')
    await polling.closed
    for (const transport of ['webtransport', 'constructor', '']) {
      await expect(RawSocket.open(world.port, `EIO=4&transport=${transport}`)).rejects.toThrow('HTTP 400')
    }
    expect(world.server.io.engine.clientsCount).toBe(0)
  })

  it('SIO-7 a peer that does not answer heartbeats is closed, one that does stays', async () => {
    world = await World.start({ pingInterval: 100, pingTimeout: 500 })
    const client = await world.connect('ann')
    const raw = await RawSocket.connect(world.port, 'bob')
    await raw.next('2')
    await raw.closed
    await until('he is gone', () => world.channels.log.includes('closed bob'))
    expect(client.connected).toBe(true)
    expect(world.server.sessionsOf('ann')).toHaveLength(1)
  })

  it('SIO-7 a message above the limit, and a body above it, close or are refused', async () => {
    world = await World.start({ maxPayload: 1_000 })
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send(`42["whisper:echo","${'x'.repeat(2_000)}"]`)
    expect(await raw.closed).toMatchObject({ code: 1009 })
    const polling = await RawPolling.connect(world.port, 'bob')
    expect((await polling.post(`42["whisper:echo","${'x'.repeat(2_000)}"]`)).status).toBe(413)
  })

  it('SIO-7 endless fragments close the connection', async () => {
    world = await World.start()
    const raw = await RawSocket.connect(world.port, 'ann')
    for (let index = 0; index < 400; index += 1) raw.socket.send('4', { fin: false })
    expect((await raw.closed).code).toBe(1008)
  })
})

describe('coming and going', () => {
  it('SIO-8 forty connections come and go, over every transport, and leave nothing', async () => {
    world = await World.start()
    world.channels.onOpened = (session) => session.join('everyone')
    const before = world.server.io.engine.listenerCount('connection')
    for (let round = 0; round < 4; round += 1) {
      const clients = await Promise.all(
        Array.from({ length: 10 }, (_, index) => {
          const transports = [['websocket'], ['polling'], ['polling', 'websocket']][index % 3]!
          return world.connect(`user-${index % 4}`, { transports })
        }),
      )
      await until('all are in the room', () => world.server.rooms.sizeOf('everyone') === 10)
      expect(world.server.sessionsOf('user-0')).toHaveLength(3)
      for (const client of clients) client.disconnect()
      await until('nothing is left', () => Object.values(leftovers(world)).every((count) => count === 0))
    }
    expect(leftovers(world)).toEqual(NOTHING_LEFT)
    expect(world.server.io.engine.listenerCount('connection')).toBe(before)
    expect(world.channels.log.filter((line) => line.startsWith('closed'))).toHaveLength(40)
    expect(world.named('debug', 'client connected')).toHaveLength(40)
    expect(world.named('debug', 'client disconnected')).toHaveLength(40)
    // Nobody watches their identities any more.
    for (let index = 0; index < 4; index += 1) world.core.identities.end(`user-${index}`, null)
    await turn()
    expect(world.named('audit', 'session ended')).toEqual([])
  })

  it('SIO-8 a socket that goes while it starts leaves nothing', async () => {
    let letIn = () => {}
    const gate = new Promise<void>((resolve) => {
      letIn = resolve
    })
    world = await World.start({ beforeToken: () => gate })
    const raws = await Promise.all([1, 2, 3].map(() => RawSocket.open(world.port, 'EIO=4')))
    for (const raw of raws) raw.send('40{"token":"ann"}')
    await until('they start', () => leftovers(world)['starting'] === 3)
    for (const raw of raws) raw.socket.terminate()
    await until('they are gone', () => world.server.io.engine.clientsCount === 0)
    letIn()
    await until('nothing is left', () => leftovers(world)['starting'] === 0)
    expect([leftovers(world), world.channels.log]).toEqual([NOTHING_LEFT, []])
  })

  it.each(['goes', 'loses its identity'])(
    'SIO-8 one that %s while presence is taken leaves nothing',
    async (how) => {
      world = await World.start()
      const take = world.leases.take.bind(world.leases)
      let letIn = () => {}
      const gate = new Promise<void>((resolve) => {
        letIn = resolve
      })
      let asked = 0
      world.leases.take = async (request) => {
        asked += 1
        await gate
        return take(request)
      }
      const raw = await RawSocket.open(world.port, 'EIO=4')
      raw.send('40{"token":"ann"}')
      await until('presence is asked for', () => asked === 1)
      if (how === 'goes') raw.socket.terminate()
      else world.core.identities.end('ann', null)
      await until('it is gone', () => world.server.io.engine.clientsCount === 0)
      letIn()
      await until('nothing is left', () => leftovers(world)['starting'] === 0)
      await until('nobody is online', () => world.core.presence.online().totalOnline === 0)
      expect([leftovers(world), world.channels.log]).toEqual([NOTHING_LEFT, []])
      expect(await world.leases.count('presence')).toBe(0)
    },
  )

  it('SIO-9 an identity that ends closes the transport alone, and the client comes back by itself', async () => {
    world = await World.start()
    const client = await world.connect('ann')
    const raw = await RawSocket.connect(world.port, 'ann')
    const reason = new Promise((resolve) => void client.once('disconnect', resolve))
    world.core.identities.end('ann', 'session of ann')
    expect(await reason).toBe('transport close')
    expect(await raw.closed).toEqual({ code: 1008, reason: 'Session ended' })
    expect(raw.frames.filter((frame) => frame.startsWith('41'))).toEqual([])
    await until('it is back', () => client.connected)
  })

  it('SIO-19 a later token of the same user lets the connection outlive the one it came with', async () => {
    world = await World.start()
    const client = await world.connect('ann')
    const reason = new Promise((resolve) => void client.once('disconnect', resolve))
    expect(await client.emitWithAck('auth:renew', { token: 'ann#2' })).toEqual({ ok: true })
    world.core.identities.end('ann', 'session of ann')
    expect(await client.emitWithAck('whisper:echo', 'here')).toEqual({ ok: true, payload: 'here' })
    world.core.identities.end('ann', 'session 2 of ann')
    expect(await reason).toBe('transport close')
  })

  it.each([['bad'], ['ghost'], ['bob'], [''], [7], [undefined]])(
    'SIO-19 a renewal by %j is refused, counted, and changes nothing',
    async (token) => {
      world = await World.start()
      const client = await world.connect('ann')
      const reason = new Promise((resolve) => void client.once('disconnect', resolve))
      expect(await client.emitWithAck('auth:renew', { token })).toMatchObject({
        ok: false,
        error: { code: 'TOKEN_INVALID' },
      })
      expect(world.refusedFrom).toHaveLength(1)
      expect(client.connected).toBe(true)
      world.core.identities.end('ann', 'session of ann')
      expect(await reason).toBe('transport close')
    },
  )

  it('SIO-19 while nobody can tell, the answer is to try again', async () => {
    world = await World.start()
    const client = await world.connect('ann')
    expect(await client.emitWithAck('auth:renew', { token: 'thrower' })).toMatchObject({
      ok: false,
      error: { code: 'UNAVAILABLE' },
    })
    expect(world.refusedFrom).toEqual([])
  })

  it.each([[['websocket']], [['polling']]])(
    'SIO-9 drain and closeAll over %s: told, closed, back by itself',
    async (transports) => {
      world = await World.start()
      const client = await world.connect('ann', { transports })
      const raw = await RawSocket.connect(world.port, 'bob')
      const told = new Promise((resolve) => void client.once('server:drain', resolve))
      const reason = new Promise((resolve) => void client.once('disconnect', resolve))
      world.server.drain(() => 77)
      expect(await told).toEqual({ reconnectInMs: 77 })
      await world.server.closeAll()
      expect(await reason).toMatch(/^transport (close|error)$/)
      expect(await raw.closed).toEqual({ code: 1001, reason: 'Server shutting down' })
      expect(raw.frames).toContain('42["server:drain",{"reconnectInMs":77}]')
      expect(raw.frames.filter((frame) => frame.startsWith('41'))).toEqual([])
      expect(leftovers(world)).toEqual(NOTHING_LEFT)
      await expect(RawSocket.open(world.port, 'EIO=4')).rejects.toThrow('HTTP 503')
      expect((await new RawPolling(world.port, 'EIO=4').get()).status).toBe(503)
      world.restart()
      await until('it is back', () => client.connected)
    },
  )

  it('SIO-9 what was emitted right before closeAll arrives', async () => {
    world = await World.start()
    const raw = await RawSocket.connect(world.port, 'ann')
    const [session] = world.server.sessionsOf('ann')
    for (let index = 0; index < 10; index += 1) session!.emit('last', index)
    await world.server.closeAll()
    expect((await raw.closed).code).toBe(1001)
    expect(raw.frames.filter((frame) => frame.startsWith('42["last"'))).toHaveLength(10)
  })
})
