import type { Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type AdminWorld, connected, connectTo, startAdminWorld, until } from './world.ts'

const NAMESPACE = '/admin'
const REFUSED = 'Only an admin may do that'

let world: AdminWorld
beforeAll(async () => {
  world = await startAdminWorld()
})
afterAll(() => world.server.stop())

const sockets: Socket[] = []
const open = async (...args: Parameters<typeof connected>): Promise<Socket> => {
  const socket = await connected(...args)
  sockets.push(socket)
  return socket
}
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect()
})

describe('the admin namespace', () => {
  it.each(['polling', 'websocket'] as const)('ADMIN-5 by %s it takes in admins only', async (transport) => {
    const { admin, user, guest } = world
    const transports = [transport]
    for (const { token, cookie } of [user, guest]) {
      for (const options of [
        { auth: { token } },
        { headers: { cookie } },
        { headers: { authorization: `Bearer ${token}` } },
      ]) {
        expect(await connectTo(world, NAMESPACE, { ...options, transports })).toBe(REFUSED)
      }
    }
    expect(await connectTo(world, NAMESPACE, { transports })).toBe(REFUSED)
    expect(await connectTo(world, NAMESPACE, { auth: { token: 'nonsense' }, transports })).toBe(REFUSED)
    // A token that is given counts alone.
    const both = { auth: { token: user.token }, headers: { cookie: admin.cookie }, transports }
    expect(await connectTo(world, NAMESPACE, both)).toBe(REFUSED)
    const byToken = await open(world, NAMESPACE, { auth: { token: admin.token }, transports })
    const byCookie = await open(world, NAMESPACE, { headers: { cookie: admin.cookie }, transports })
    expect([byToken.connected, byCookie.connected]).toEqual([true, true])
  })

  it('ADMIN-5 somebody who is connected as a user does not come in by the same connection', async () => {
    const { user } = world
    const chat = await open(world, '/', { auth: { userId: user.id, token: user.token } })
    const second = chat.io.socket(NAMESPACE, { auth: { token: user.token } })
    const refusal = await new Promise<string>((resolve) => {
      second.once('connect_error', ({ message }) => resolve(message))
      second.once('connect', () => resolve('connected'))
      second.connect()
    })
    expect(refusal).toBe(REFUSED)
    expect(chat.connected).toBe(true)
  })

  it.each(['polling', 'websocket'] as const)(
    'ADMIN-5 by %s a page of a foreign origin does not come in',
    async (transport) => {
      const headers = { cookie: world.admin.cookie, origin: 'https://elsewhere.example' }
      const answer = await connectTo(world, NAMESPACE, { headers, transports: [transport] })
      expect(answer).not.toBeTypeOf('object')
      expect(answer).not.toBe(REFUSED)
    },
  )

  it('ADMIN-5 an admin is out once the session ended', async () => {
    const login = await fetch(`${world.server.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'root', password: 'correct horse battery' }),
    })
    const cookie = login.headers.getSetCookie()[0]!.split(';')[0]!
    const socket = await open(world, NAMESPACE, { headers: { cookie } })
    await fetch(`${world.server.url}/api/auth/logout`, { method: 'POST', headers: { cookie } })
    await until(() => !socket.connected)
    expect(await connectTo(world, NAMESPACE, { headers: { cookie } })).toBe(REFUSED)
  })
})

/** As they are now: one reading of them serves a second. */
const whisperRooms = async (): Promise<unknown> => {
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const { body } = await world.server.call(world.admin, 'GET', '/api/admin/overview')
  return (body['rooms'] as { whisperRooms: number }).whisperRooms
}

describe('what an admin hears', () => {
  it('ADMIN-6 of all that is said and of whoever connects, counts alone', { timeout: 60_000 }, async () => {
    const { admin, user, server } = world
    const heard = { events: [] as unknown[][], packets: [] as unknown[] }
    await open(world, NAMESPACE, { auth: { token: admin.token }, heard })
    const peer = await server.register(`peer-of-canaries`)
    const secrets = {
      query: { canary: 'canary-query', token: user.token },
      headers: { cookie: `${user.cookie}; other=canary-cookie`, 'x-canary': 'canary-header' },
    }
    const talking = await open(world, '/', {
      ...secrets,
      auth: { token: user.token, canary: 'canary-auth' },
    })
    const listening = await open(world, '/', { auth: { userId: peer.id, token: peer.token, inbox: true } })
    const [talkingId, listeningId] = [talking.id!, listening.id!]
    const whispered = new Promise((resolve) => talking.once('new_message', resolve))
    const joined = new Promise((resolve) => talking.once('joined_room', resolve))
    talking.emit('join_room', 'CANARYROOM')
    await joined
    talking.emit('send_message', { content: 'canary-whisper', room: 'CANARYROOM' })
    await whispered
    const { body } = await server.call(user, 'POST', '/api/channels', { name: 'canary-channel' })
    const channelId = (body['channel'] as { id: string }).id
    await listening.emitWithAck('room:join', { channelId })
    const arrived = new Promise((resolve) => listening.once('message:new', resolve))
    await talking.emitWithAck('message:send', { content: 'canary-content', channelId })
    await arrived
    await server.call(user, 'POST', '/api/messages', { receiverId: peer.id, content: 'canary-direct' })
    listening.disconnect()
    const seen = heard.events.length
    await until(() => heard.events.length >= seen + 2)
    expect([...new Set(heard.events.map(([name]) => name))]).toEqual(['config', 'server_stats'])
    expect(heard.events[0]).toEqual(['config', { supportedFeatures: ['AGGREGATED_EVENTS'] }])
    const text = JSON.stringify(heard).toLowerCase()
    const mustNotShow = [
      'canary',
      ...[user.token, admin.token, peer.token, user.cookie, user.id, user.username, peer.id, channelId],
      ...[talkingId, listeningId, 'handshake', 'rooms'],
    ]
    for (const secret of mustNotShow)
      expect([secret, text.includes(secret.toLowerCase())]).toEqual([secret, false])
    // It is no proof while nothing was counted.
    expect(text).toContain('bytesin')
    expect(text).toContain('"name":"/"')
  })

  it('ADMIN-6 commands do nothing', async () => {
    const { admin, user } = world
    const heard: unknown[][] = []
    const talking = await open(world, '/', { auth: { userId: user.id, token: user.token } })
    talking.onAny((...args: unknown[]) => void heard.push(args))
    const commanding = await open(world, NAMESPACE, { auth: { token: admin.token } })
    const id = talking.id!
    // Those of the tests before are gone, so that one more would show.
    await expect.poll(whisperRooms, { timeout: 15_000 }).toBe(0)
    commanding.emit('emit', '/', id, 'message:new', { content: 'forged' })
    commanding.emit('emit', '/', undefined, 'message:new', { content: 'forged' })
    commanding.emit('join', '/', 'room:CANARY', id)
    commanding.emit('leave', '/', `user:${user.id}`, id)
    commanding.emit('_disconnect', '/', true, id)
    commanding.emit('_disconnect', '/', true)
    // Later than whatever the commands would have done.
    await new Promise<void>((resolve) => commanding.once('server_stats', () => resolve()))
    await talking.emitWithAck('presence:subscribe', { userIds: [admin.id] })
    expect(talking.connected).toBe(true)
    expect(heard.map(([name]) => name)).not.toContain('message:new')
    expect(await whisperRooms()).toBe(0)
  })
})
