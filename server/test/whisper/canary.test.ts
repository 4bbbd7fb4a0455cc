import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildOnce,
  type DataFolder,
  newDataFolder,
  type ServerProcess,
  startProcess,
} from '@parley/testkit/server-process'
import { SocketClient } from '@parley/testkit/socket-client'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD } from '../harness/test-server.ts'
import { Canaries, type Exhibit, filesIn } from './evidence.ts'
import { openVoices, type Places, recordOf, type Speaker, sendBroken, whisper } from './whisper-paths.ts'

/**
 * Black box: what is said in whisper rooms is kept nowhere. A canary, a word that nothing else holds, goes every way that
 * content can take, then everything that the server wrote or told to others than the room is searched for it.
 */

const LIMIT = 600
/** Each shows up in whatever was found where it must not be. */
const canaries = new Canaries('canarybirdsong')
/** What is stored on purpose, so that finding nothing says something. */
const controls = new Canaries('controlgroup')
const exhibits: Exhibit[] = []
let data: DataFolder
let server: ServerProcess
let outputs = ''

const start = async (): Promise<void> => {
  server = await startProcess(data.path, {
    env: {
      LOG_LEVEL: 'trace',
      LOG_DIR: join(data.path, 'logs'),
      LIMITS: 'on',
      LIMIT_WHISPER: `${LIMIT}`,
      LIMIT_REST: '100000',
      LIMIT_CONNECT: '100000',
      ADMIN_USER: 'admin',
      ADMIN_PASS: PASSWORD,
      ROOM_GRACE: '200',
    },
  })
}

beforeAll(async () => {
  buildOnce()
  data = newDataFolder()
  await start()
})
afterAll(async () => {
  await server.kill()
  data.remove()
})

const call = async (path: string, { token = '', method = 'GET', body }: Call = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
interface Call {
  readonly token?: string
  readonly method?: string
  readonly body?: unknown
}

const enter = async (path: string, body: object): Promise<Speaker> => {
  const response = await call(path, { method: 'POST', body: { password: PASSWORD, ...body } })
  const { token, user } = (await response.json()) as { token: string; user: { id: string } }
  return { id: user.id, token }
}
const register = (username: string): Promise<Speaker> =>
  enter('/api/auth/register', { username, email: `${username}@example.org` })

/** Everything that an admin and members can read, as it is now. */
const readEverything = async (admin: Speaker, reader: Speaker, rooms: readonly string[]): Promise<void> => {
  const read = async (path: string, { token }: Speaker): Promise<void> => {
    const response = await call(path, { token })
    const headers = JSON.stringify([...response.headers])
    exhibits.push([`the answer to ${path}`, Buffer.from(headers + (await response.text()))])
  }
  await read('/metrics', admin)
  await read('/api/admin/overview', admin)
  await read(`/api/admin/ledger?messageId=${reader.id}&user=${reader.id}`, admin)
  await read('/admin', admin)
  for (const path of ['channels', 'users', 'users/online', 'messages/conversations']) {
    for (const who of [admin, reader]) await read(`/api/${path}`, who)
  }
  for (const path of [
    'openapi.json',
    'asyncapi.json',
    'ready',
    'auth/profile',
    ...rooms.map((room) => `rooms/${room}`),
  ])
    await read(`/api/${path}`, reader)
}

/** All that is on the disk, and all that was said on stdout and stderr. */
const everythingWritten = (): readonly Exhibit[] => [
  ...filesIn(data.path),
  ['stdout and stderr', Buffer.from(outputs + server.output())],
]

const lockRoom = async (owner: Speaker): Promise<string> => {
  const body = { name: 'locked', pin: '4711' }
  const response = await call('/api/rooms/create', { ...owner, method: 'POST', body })
  return ((await response.json()) as { roomCode: string }).roomCode
}

const openPlaces = async (owner: Speaker): Promise<Places> => {
  const [locked, gone] = [await lockRoom(owner), await lockRoom(owner)]
  await call(`/api/rooms/${gone}/leave`, { ...owner, method: 'DELETE' })
  return { open: 'OPEN SPACE', locked, gone }
}

/** What is stored is found: in a channel that the speaker writes to. */
const storeControl = async (speaker: Speaker): Promise<void> => {
  const made = await call('/api/channels', { ...speaker, method: 'POST', body: { name: 'kept' } })
  const { channel } = (await made.json()) as { channel: { id: string } }
  const content = `kept ${controls.for('a channel message')}`
  const path = `/api/channels/${channel.id}/messages`
  expect((await call(path, { ...speaker, method: 'POST', body: { content } })).status).toBe(201)
  exhibits.push([path, Buffer.from(await (await call(path, speaker)).text())])
}

/** Sends until the limit stops it. */
const sayTooMuch = async (speaker: Speaker, room: string): Promise<void> => {
  const socket = await SocketClient.connect(server.url, speaker)
  for (let sent = 0; sent <= LIMIT; sent += 1) {
    const content = canaries.for('over the limit')
    const { error } = (await socket.ask('send_message', { content, room })) as { error?: { code: string } }
    if (error?.code === 'RATE_LIMITED') {
      socket.close()
      return
    }
  }
  throw new Error('the limit stopped nothing')
}

/** More connections of one user in a room than it has places for them. */
const sayWithoutSeat = async (speaker: Speaker, room: string): Promise<void> => {
  const sockets: SocketClient[] = []
  for (let opened = 0; opened < 20; opened += 1) {
    sockets.push(await SocketClient.connect(server.url, speaker))
    expect(await sockets.at(-1)?.ask('join_room', room)).toMatchObject({ ok: true })
  }
  const late = await SocketClient.connect(server.url, speaker)
  for (const event of ['send_message', 'typing_start']) {
    const answer = await late.ask(event, { content: canaries.for(`${event} in a full room`), room })
    expect(answer).toMatchObject({ ok: false, error: { code: 'LIMIT_REACHED' } })
  }
  for (const socket of [...sockets, late]) socket.close()
}

/** The store cannot be written to while a room would have to be opened. */
const sayWithoutStore = async (speaker: Speaker): Promise<void> => {
  const socket = await SocketClient.connect(server.url, speaker)
  const database = new SqliteDatabase(join(data.path, 'parley.db'))
  database.exec('begin immediate')
  try {
    const content = canaries.for('the store is away')
    const answer = await socket.ask('send_message', { content, room: 'NOT YET OPEN' })
    expect(answer).toMatchObject({ ok: false, error: { message: 'Failed to send message' } })
  } finally {
    database.exec('rollback')
    database.close()
    socket.close()
  }
}

/** Talk that does not stop, until the server is gone. */
const dieTalking = async (speaker: Speaker, room: string): Promise<void> => {
  const socket = await SocketClient.connect(server.url, speaker)
  const listener = await SocketClient.connect(server.url, speaker)
  await listener.ask('join_room', room)
  await socket.ask('join_room', room)
  const talking = setInterval(() => {
    for (let more = 0; more < 5; more += 1) {
      socket.emit('send_message', { content: canaries.for('while the server dies'), room })
    }
  }, 1)
  await listener.next('new_message')
  await new Promise((resolve) => setTimeout(resolve, 40))
  await server.kill()
  clearInterval(talking)
  socket.close()
  listener.close()
}

describe('what is said in whisper rooms', () => {
  it('CANARY-1 is nowhere: not in the database, the logs, the metrics, any answer or any file, however it is sent', async () => {
    const admin = await enter('/api/auth/login', { username: 'admin' })
    const [ann, bob, cas] = [await register('ann'), await register('bob'), await register('cas')]
    const places = await openPlaces(ann)
    const rooms = [places.open, places.locked]
    const adminUi = await SocketClient.connect(`${server.url}/admin`, admin)
    const seenByAdmin = recordOf(adminUi.socket)
    await storeControl(bob)

    const listener = await SocketClient.connect(server.url, ann)
    await listener.ask('join_room', places.open)
    const voices = await openVoices(server.url, bob)
    const said: string[] = []
    for (const voice of voices) {
      const { said: heard, wrong } = await whisper(voice, places, canaries)
      expect(wrong).toEqual([])
      said.push(...heard)
      await readEverything(admin, ann, rooms)
    }
    await sendBroken(server.url, bob, canaries)
    await sayWithoutSeat(cas, places.open)
    await sayWithoutStore(cas)
    await sayTooMuch(cas, places.open)
    // What should be heard was heard: the canaries took the ways that they were sent on.
    await expect
      .poll(() => said.filter((word) => !JSON.stringify(listener.of('new_message')).includes(word)))
      .toEqual([])

    await call('/api/admin/announce', { ...admin, method: 'POST', body: { message: 'hello' } })
    const found = await call(`/api/search?q=${said[0]}`, bob)
    expect(await found.json()).toMatchObject({ messages: [] })
    await readEverything(admin, ann, rooms)
    expect(seenByAdmin.length).toBeGreaterThan(0)
    exhibits.push(['the admin UI', Buffer.from(seenByAdmin.join('\n'))])
    for (const { close } of voices) close()
    adminUi.close()
    listener.close()

    // As it is while it runs, after it stopped, after it was killed while people talked, and when it came back.
    const searches: Record<string, readonly string[]> = { running: canaries.foundIn(everythingWritten()) }
    expect(await server.stop()).toBe(0)
    searches['stopped'] = canaries.foundIn(everythingWritten())
    outputs += server.output()
    await start()
    await dieTalking(bob, places.open)
    searches['killed'] = canaries.foundIn(everythingWritten())
    outputs += server.output()
    await start()
    await readEverything(admin, ann, rooms)
    expect(await server.stop()).toBe(0)
    searches['back'] = canaries.foundIn(everythingWritten())
    searches['told'] = canaries.foundIn(exhibits)
    expect(searches).toEqual({ running: [], stopped: [], killed: [], back: [], told: [] })

    // The search finds what is there: what was stored, and told to who may read it.
    expect(canaries.size).toBeGreaterThan(200)
    const kept = controls.foundIn([...everythingWritten(), ...exhibits])
    expect(kept).toContainEqual(expect.stringMatching(/^a channel message: text in parley\.db/))
    expect(kept).toContainEqual(expect.stringMatching(/^a channel message: text in \/api\/channels/))
    expect(controls.foundIn(filesIn(join(data.path, 'logs')))).toEqual([])
    // And it was at its most talkative.
    const log = readFileSync(join(data.path, 'logs', 'combined.log'), 'utf8')
    for (const event of ['socket event', 'send_message', 'limit reached', 'client connected', 'typing_start'])
      expect(log).toContain(event)
  }, 180_000)

  it('CANARY-2 the search finds a canary in every form that it knows', () => {
    const some = new Canaries('canarybirdsong')
    const word = some.for('planted')
    const hex = Buffer.from(word).toString('hex')
    const forms: Readonly<Record<string, Buffer>> = {
      text: Buffer.from(`{"content":"<b>${word}</b>"}`),
      'upper case': Buffer.from(word.toUpperCase()),
      'an index that shares beginnings': Buffer.from(word.slice(3)),
      'utf-16 LE': Buffer.from(`x${word}x`, 'utf16le'),
      'utf-16 BE': Buffer.from(`x${word}x`, 'utf16le').swap16(),
      hex: Buffer.from(hex),
      'JSON escapes': Buffer.from(hex.replaceAll(/../g, (byte) => `\\u00${byte.toUpperCase()}`)),
      'percent escapes': Buffer.from(hex.replaceAll(/../g, (byte) => `%${byte}`)),
      base64: Buffer.from(Buffer.from(word).toString('base64')),
      'base64, shifted by one': Buffer.from(Buffer.from(`x${word}`).toString('base64')),
      'base64, shifted by two': Buffer.from(Buffer.from(`xx${word}xxx`).toString('base64url')),
    }
    for (const [form, bytes] of Object.entries(forms)) {
      const around = Buffer.concat([Buffer.alloc(1_000, 0xe9), bytes, Buffer.alloc(1_000)])
      expect([form, some.foundIn([['x', around]])]).not.toEqual([form, []])
    }
    expect(some.foundIn([['x', Buffer.from(word.slice(0, 10))]])).toEqual([])
  })
})
