import { SocketClient } from '@parley/testkit/socket-client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RawTcp, upgradeRequest } from '../harness/raw-tcp.ts'
import { SocketIoPeer } from '../harness/socket-io-peer.ts'
import { startTestServer, type TestUser } from '../harness/test-server.ts'
import { openScene, type Scene } from './scene.ts'

/** Black box: Socket.IO, and the rooms that are spoken over it, as nobody honest uses them. */

const ALLOWED = 'https://chat.example'
const POLLING = '/socket.io/?EIO=4&transport=polling'
const WEB_SOCKET = '/socket.io/?EIO=4&transport=websocket'

let scene: Scene
let ann: TestUser
let bob: TestUser
const clients: SocketClient[] = []

beforeAll(async () => {
  scene = await openScene({ ALLOWED_ORIGINS: ALLOWED, LIMIT_WHISPER: '100000', LIMIT_TYPING: '5' })
  ann = await scene.newUser()
  bob = await scene.newUser()
})
afterEach(async () => {
  await expectSpoken()
  for (const client of clients.splice(0)) client.close()
  await scene.expectUnharmed()
})
afterAll(() => scene.stop())

const whisperer = async (user: TestUser, url = scene.server.url): Promise<SocketClient> => {
  const client = await SocketClient.connect(url, { token: user.token })
  clients.push(client)
  return client
}

/** Somebody else still connects, whispers and is heard. */
const expectSpoken = async (): Promise<void> => {
  const client = await whisperer(bob)
  await client.ask('join_room', 'still here')
  await client.ask('send_message', { content: 'proper', room: 'still here' })
  expect(await client.next('new_message')).toMatchObject({ content: 'proper', room: 'STILL HERE' })
}

/** By hand, as `fetch` sends no such origins. */
const statusOf = async (path: string, headers: readonly string[] = []): Promise<number> => {
  const peer = await RawTcp.connect(scene.server.url)
  peer.write(
    path === WEB_SOCKET
      ? upgradeRequest(path, headers)
      : [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '\r\n'].join('\r\n'),
  )
  const status = await peer.status()
  peer.destroy()
  return Number(status.split(' ')[1])
}

describe('the handshake', () => {
  it('ABUSE-16 a foreign, null or look-alike Origin is 403 on polling as on WebSocket, and the own ones pass', async () => {
    const foreign = [
      'https://evil.example',
      'null',
      'file://',
      'https://chat.example.evil.org',
      'http://chat.example',
    ]
    for (const path of [POLLING, WEB_SOCKET]) {
      for (const origin of foreign) {
        expect([path, origin, await statusOf(path, [`Origin: ${origin}`])]).toEqual([path, origin, 403])
      }
      const passes = path === POLLING ? 200 : 101
      for (const origin of [[`Origin: ${ALLOWED}`], ['Origin: http://127.0.0.1'], []]) {
        expect(await statusOf(path, origin)).toBe(passes)
      }
    }
  })

  it('ABUSE-16 headers of 20 KB, or 3,000 of them, are 431', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `X-${index}: x`)
    for (const path of [POLLING, WEB_SOCKET]) {
      expect(await statusOf(path, [`X-Long: ${'x'.repeat(20_000)}`])).toBe(431)
      expect(await statusOf(path, many)).toBe(431)
      expect(await statusOf(`${path}&x=${'x'.repeat(20_000)}`)).toBe(431)
    }
  })

  it('ABUSE-17 the id of somebody’s socket, which all in a room see, opens none of their requests', async () => {
    const [a, b] = [await whisperer(ann), await whisperer(bob)]
    await a.ask('join_room', 'ids')
    await b.ask('join_room', 'ids')
    const list = (await b.next('users_online', (users) => users.length === 2)) as {
      userId: string
      socketId: string
    }[]
    const { socketId } = list.find(({ userId }) => userId === ann.id)!
    for (const sid of [socketId, '__proto__', 'constructor', '%00', 'x'.repeat(1_000)]) {
      const url = `${scene.server.url}${POLLING}&sid=${sid}`
      expect([sid, (await fetch(url)).status]).toEqual([sid, 400])
      expect([sid, (await fetch(url, { method: 'POST', body: '42["leave_room","ids"]' })).status]).toEqual([
        sid,
        400,
      ])
      await expect(SocketIoPeer.open(scene.server.url, `EIO=4&sid=${sid}`)).rejects.toThrow(/HTTP 400/)
    }
    await b.ask('send_message', { content: 'both here', room: 'ids' })
    expect(await a.next('new_message')).toMatchObject({ content: 'both here' })
  })

  it('ABUSE-17 a session changes neither its protocol nor its bytes, and takes no handshake twice', async () => {
    const opened = await (await fetch(`${scene.server.url}${POLLING}`)).text()
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
    const url = `${scene.server.url}${POLLING}&sid=${sid}`
    const octets = { 'content-type': 'application/octet-stream' }
    expect((await fetch(url, { method: 'POST', body: Buffer.from([1, 2, 3]), headers: octets })).ok).toBe(
      false,
    )
    for (const query of ['EIO=3&transport=polling', 'EIO=9&transport=polling', 'EIO=4&transport=smoke']) {
      const { status } = await fetch(`${scene.server.url}/socket.io/?${query}&sid=${sid}`)
      expect([query, status]).toEqual([query, 400])
    }
    const token = JSON.stringify({ token: ann.token })
    const peer = await SocketIoPeer.connect(scene.server.url, ann)
    peer.send(`40${token}`)
    await Promise.race([peer.next('44'), peer.closed])
    for (let more = 0; more < 20; more += 1) peer.send(`40${token}`)
    expect([1005, 1006, 1000]).toContain(await peer.closed)
  })

  it('ABUSE-18 credentials that are no good count over both transports, in one limit', async () => {
    const server = await startTestServer({ LIMIT_CONNECT: '6' })
    try {
      const user = await server.register('patient')
      const refused = async (transport: 'polling' | 'websocket', auth: Record<string, unknown>) =>
        SocketClient.connect(server.url, auth, { transports: [transport] }).then(
          () => 'connected',
          ({ message }: Error) => message,
        )
      for (let more = 0; more < 2; more += 1) {
        expect(await refused('polling', { token: 'bad' })).toBe('Authentication error')
        expect(await refused('websocket', {})).toBe('Authentication error')
        expect(await refused('websocket', { userId: user.id, token: 'bad' })).toBe('Unauthorized')
      }
      // Not even asked for a token any more.
      const { status } = await fetch(`${server.url}${POLLING}`)
      expect(status).toBe(429)
      await expect(SocketIoPeer.open(server.url, 'EIO=4')).rejects.toThrow('HTTP 429')
      expect((await server.call(user, 'GET', '/api/channels')).status).toBe(200)
    } finally {
      await server.stop()
    }
  })
})

describe('packets', () => {
  it('ABUSE-19 nobody gets into a namespace that is not theirs, and a flood of them ends with the connection', async () => {
    const peer = await SocketIoPeer.connect(scene.server.url, ann)
    for (const name of ['/x', '/__proto__', '/constructor', `/${'x'.repeat(5_000)}`]) {
      peer.send(`40${name},{}`)
      expect(await peer.next(`44${name}`)).toContain('Invalid namespace')
    }
    peer.send(`40/admin,${JSON.stringify({ token: ann.token })}`)
    expect(await peer.next('44/admin')).toContain('Only an admin may do that')
    for (let more = 0; more < 1_000; more += 1) peer.send(`40/flood${more},{}`)
    await peer.closed
    // An event for a namespace that one is not in.
    const other = await SocketIoPeer.connect(scene.server.url, ann)
    other.send('42/admin,["join_room","x"]')
    other.emit('join_room', 'x')
    await Promise.race([other.next('42["joined_room"'), other.closed])
    other.close()
  })

  it('ABUSE-20 1 to 10 attachments are refused as content; 0, 11, 1e9, or none in their place end the connection', async () => {
    for (const count of [1, 10]) {
      const peer = await SocketIoPeer.connect(scene.server.url, ann)
      const parts = Array.from({ length: count }, (_, num) => ({ _placeholder: true, num }))
      peer.send(`45${count}-7["send_message",{"room":"x","content":${JSON.stringify(parts)}}]`)
      for (const part of parts) peer.send(Buffer.from(`part ${part.num}`))
      expect(await peer.next('437')).toContain('Invalid content')
      peer.emit('join_room', 'x')
      await peer.next('42["joined_room"')
      peer.close()
    }
    for (const count of ['0', '11', '1000000000', '-1', '1e1', '99999999999999999999', '']) {
      const peer = await SocketIoPeer.connect(scene.server.url, ann)
      peer.send(`45${count}-["send_message",{"_placeholder":true,"num":0}]`)
      expect([count, await peer.closed]).toEqual([count, expect.any(Number)])
    }
    const never = await SocketIoPeer.connect(scene.server.url, ann)
    never.send('452-["send_message",{"_placeholder":true,"num":0}]')
    never.emit('join_room', 'x')
    expect(await never.closed).toEqual(expect.any(Number))
  })

  it('ABUSE-21 odd, reserved and unknown event names are answered or end their own connection alone', async () => {
    const client = await whisperer(ann)
    for (const name of [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'opened',
      'x'.repeat(10_000),
      ' ',
    ]) {
      expect([name, await client.ask(name, { room: 'x' })]).toEqual([
        name,
        { ok: false, error: { code: 'UNKNOWN_EVENT', message: 'Unknown event' } },
      ])
    }
    for (const name of [
      'disconnect',
      'disconnecting',
      'connect',
      'connect_error',
      'newListener',
      null,
      {},
      [],
      true,
    ]) {
      const peer = await SocketIoPeer.connect(scene.server.url, ann)
      peer.emit(name, 'x')
      peer.send('429["join_room","x"]')
      await Promise.race([peer.next('439'), peer.closed])
      peer.close()
    }
    const list = await whisperer(ann)
    expect(await list.ask('send_message', { content: 'x', room: Array(9_000).fill(1) })).toMatchObject({
      ok: false,
    })
    list.emit('send_message', ...Array.from({ length: 5_000 }, () => ({})))
    for (let more = 0; more < 500; more += 1) list.emit('nothing')
    expect(await list.ask('join_room', 'x')).toMatchObject({ ok: true })
  })
})

describe('rooms', () => {
  const createRoom = async (): Promise<string> => {
    const { status, body } = await scene.server.call(ann, 'POST', '/api/rooms/create', {
      name: 'guess',
      pin: '4711',
    })
    expect(status).toBe(201)
    return String(body['roomCode'])
  }
  const guess = async (user: TestUser, roomCode: string, pin: string): Promise<number> =>
    (await scene.server.call(user, 'POST', '/api/rooms/join', { roomCode, pin })).status

  it('ABUSE-22 100 PINs at once are 5 guesses, and then even the right one waits; nobody else does', async () => {
    const code = await createRoom()
    const guesser = await scene.newUser()
    const pins = Array.from({ length: 100 }, (_, index) => String(index).padStart(4, '0'))
    const answers = await Promise.all(pins.map((pin) => guess(guesser, code, pin)))
    expect(answers.filter((status) => status === 401)).toHaveLength(5)
    expect(answers.filter((status) => status === 429)).toHaveLength(95)
    expect(await guess(guesser, code, '4711')).toBe(429)
    expect(await guess(guesser, ` ${code.toLowerCase()} `, '4711')).toBe(429)
    expect(await guess(bob, code, '4711')).toBe(200)
    expect((await (await whisperer(guesser)).ask('join_room', code)).error).toMatchObject({
      code: 'PIN_REQUIRED',
    })
  })

  it('ABUSE-22 what is no PIN is a wrong one, of any shape, and counts as one', async () => {
    const code = await createRoom()
    const guesser = await scene.newUser()
    const odd = ['', '٤٧١١', '4711 ', '%', "' or 1=1"]
    for (const pin of odd) expect([pin, await guess(guesser, code, pin)]).toEqual([pin, 401])
    expect(await guess(guesser, code, '4711')).toBe(429)
    const { status } = await scene.server.call(bob, 'POST', '/api/rooms/join', {
      roomCode: code,
      pin: { $ne: '' },
    })
    expect(status).toBe(400)
  })

  it('ABUSE-23 letters that become others in upper case lead to the same room, its PIN and its count of guesses', async () => {
    let code = await createRoom()
    while (!/[IS]/.test(code)) code = await createRoom()
    // U+0131 and U+017F are letters of their own whose upper case is plain.
    const likeness = code.replaceAll('I', '\u0131').replaceAll('S', '\u017f')
    expect(likeness).not.toBe(code)
    const guesser = await scene.newUser()
    const client = await whisperer(guesser)
    for (const form of [code, likeness, ` ${likeness}\t`]) {
      expect((await client.ask('join_room', form)).error).toMatchObject({ code: 'PIN_REQUIRED' })
      const sent = await client.ask('send_message', { content: 'x', room: form })
      expect(sent.error).toMatchObject({ code: 'PIN_REQUIRED' })
    }
    for (const form of [code, likeness, code, likeness, code])
      expect(await guess(guesser, form, '0000')).toBe(401)
    expect(await guess(guesser, likeness, '4711')).toBe(429)
    // Likenesses that stay what they are in upper case are other rooms, and open ones.
    const cyrillic = code.replaceAll('S', '\u0405').replaceAll('I', '\u0406')
    expect(await client.ask('join_room', cyrillic)).toEqual({ ok: true, room: cyrillic })
    // Some letters grow: what is too long then is no code.
    expect(await client.ask('join_room', '\u00df'.repeat(32))).toEqual({ ok: true, room: 'SS'.repeat(32) })
    expect((await client.ask('join_room', '\u00df'.repeat(33))).error).toMatchObject({ code: 'INVALID' })
    expect(await client.ask('join_room', '__proto__')).toEqual({ ok: true, room: '__PROTO__' })
    expect(await client.ask('send_message', { content: 'x', room: 'constructor' })).toMatchObject({
      ok: true,
    })
  })

  it('ABUSE-24 of those who come for the last places at once as many get one as there are, and none is lost', async () => {
    const greedy = await Promise.all(Array.from({ length: 26 }, () => whisperer(ann)))
    const answers = await Promise.all(greedy.map((client) => client.ask('join_room', 'crowded')))
    // Who comes too late may be refused together with others, never be let in too much.
    const isIn = answers.filter(({ ok }) => ok).length
    expect(isIn).toBeLessThanOrEqual(20)
    expect(answers.filter(({ ok }) => !ok).map(({ error }) => error.code)).toEqual(
      Array(26 - isIn).fill('LIMIT_REACHED'),
    )
    // One after the other the rest of the places is taken.
    let seats = isIn
    for (const [index, client] of greedy.entries()) {
      if (answers[index].ok) continue
      if ((await client.ask('join_room', 'crowded')).ok) seats += 1
    }
    expect(seats).toBe(20)
    expect(await (await whisperer(bob)).ask('join_room', 'crowded')).toMatchObject({ ok: true })
    const seated = greedy.find((_, index) => answers[index].ok)
    await seated?.ask('leave_room', 'crowded')
    expect(await (await whisperer(ann)).ask('join_room', 'crowded')).toMatchObject({ ok: true })
  })
})

describe('what is whispered and typed', () => {
  it('ABUSE-25 marks without end, zero width, overrides: too long, or passed on as they are', async () => {
    const [a, b] = [await whisperer(ann), await whisperer(bob)]
    await b.ask('join_room', 'odd text')
    const say = (content: unknown) => a.ask('send_message', { content, room: 'odd text' })
    expect((await say(`a${'\u0301'.repeat(30_000)}`)).error).toMatchObject({ code: 'TOO_LONG' })
    const odd = [
      `a${'\u0301'.repeat(4_900)}`,
      '\u200b\u200d\u2060',
      '\u202ereversed',
      '\u2066isolate',
      '👩‍👩‍👧‍👦'.repeat(100),
    ]
    for (const content of odd) {
      expect(await say(content)).toMatchObject({ ok: true })
      expect(await b.next('new_message')).toMatchObject({ content })
    }
    for (const content of ['\ufeff', '\u00a0\u3000', '\u2028\n']) {
      expect((await say(content)).error).toMatchObject({ message: 'Message required' })
    }
    for (const content of ['\u0000', 'a\ud800', '\udc00b', 7, null, {}, [['x']], true]) {
      expect((await say(content)).error).toMatchObject({ message: 'Invalid content' })
    }
  })

  it('ABUSE-25 a sender, a type, an id and a time of one’s own are not passed on', async () => {
    const [a, b] = [await whisperer(ann), await whisperer(bob)]
    await b.ask('join_room', 'own fields')
    const own = { _id: 'mine', sender: { _id: bob.id }, userId: bob.id, createdAt: 0, isEdited: true }
    const payload = JSON.parse(
      JSON.stringify({ ...own, content: 'x', room: 'own fields', messageType: 'system', more: 'x' }).replace(
        '{',
        '{"__proto__":{"a":1},',
      ),
    ) as unknown
    await a.ask('send_message', payload)
    expect(await b.next('new_message')).toEqual({
      _id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      content: 'x',
      sender: { _id: ann.id, username: ann.username, isOnline: true },
      room: 'OWN FIELDS',
      messageType: 'text',
      createdAt: expect.stringMatching(/^20[2-9]\d-/),
      isEdited: false,
    })
  })

  it('ABUSE-26 typing without end is told a few times, and of a room that one may not enter never', async () => {
    const [a, b] = [await whisperer(ann), await whisperer(bob)]
    const { body } = await scene.server.call(bob, 'POST', '/api/rooms/create', {
      name: 'closed',
      pin: '4711',
    })
    for (const room of ['typed in', body['roomCode']]) await b.ask('join_room', room)
    for (let more = 0; more < 500; more += 1) {
      a.emit('typing_start', { room: 'typed in' })
      a.emit('typing_stop', { room: 'typed in' })
      a.emit('typing_start', { room: body['roomCode'] })
    }
    await a.ask('typing_stop', { room: 'typed in' })
    await a.ask('send_message', { content: 'done', room: 'typed in' })
    await b.next('new_message')
    // 5 a second, and this took a few seconds at most.
    expect(b.of('user_typing').length).toBeGreaterThan(0)
    expect(b.of('user_typing').length).toBeLessThan(100)
    expect(a.of('error').every(({ code }) => code === 'PIN_REQUIRED')).toBe(true)
    expect(a.of('error')).toHaveLength(500)
  })
})
