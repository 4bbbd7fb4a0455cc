import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from './harness/test-server.ts'

/** Black box: whisper rooms as a client sees them over REST, and what that does to sockets. */

let server: TestServer
let ann: TestUser
let bob: TestUser
let eve: TestUser

beforeAll(async () => {
  server = await startTestServer({ LIMIT_REGISTER: '10000', LIMIT_REST: '100000' })
  ;[ann, bob, eve] = (await Promise.all(['ann', 'bob', 'eve'].map((name) => server.register(name)))) as [
    TestUser,
    TestUser,
    TestUser,
  ]
})
afterAll(() => server.stop())

const create = async (user: TestUser, pin = '4711'): Promise<string> => {
  const { status, body } = await server.call(user, 'POST', '/api/rooms/create', { name: ' Den ', pin })
  expect([status, body]).toEqual([
    201,
    { message: expect.any(String), roomCode: expect.stringMatching(/^[A-Z0-9]{8}$/), roomName: 'Den' },
  ])
  return String(body['roomCode'])
}
const join = (user: TestUser | null, roomCode: unknown, pin: unknown = '4711') =>
  server.call(user, 'POST', '/api/rooms/join', { roomCode, pin })
const look = (user: TestUser, code: string) => server.call(user, 'GET', `/api/rooms/${code}`)
const leave = (user: TestUser, code: string) => server.call(user, 'DELETE', `/api/rooms/${code}/leave`)
const person = ({ id, username }: TestUser) => ({ _id: id, username })

describe('whisper rooms over REST', () => {
  it('ROOM-17 are made, joined, shown and left', async () => {
    const code = await create(ann)
    expect(await join(bob, ` ${code.toLowerCase()} `)).toEqual({
      status: 200,
      body: { message: expect.any(String), roomCode: code, roomName: 'Den' },
    })
    const shown = await look(bob, code.toLowerCase())
    expect(shown).toEqual({
      status: 200,
      body: {
        roomCode: code,
        roomName: 'Den',
        creator: person(ann),
        members: [person(ann), person(bob)],
        isActive: true,
        emptyAt: null,
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    })
    expect(JSON.stringify(shown)).not.toMatch(/4711|pin/i)
    expect(await leave(ann, code)).toMatchObject({ status: 200, body: { roomCode: code } })
    expect((await look(bob, code)).body).toMatchObject({ creator: person(bob), members: [person(bob)] })
    expect((await look(ann, code)).status).toBe(403)
    expect((await leave(bob, code)).status).toBe(200)
    expect((await look(bob, code)).status).toBe(404)
  })

  it('ROOM-17 are for guests too, and for nobody without a token', async () => {
    const { body } = await server.call(null, 'POST', '/api/auth/guest', { username: 'visitor' })
    const guest = { ...eve, id: String((body['user'] as { id: string }).id), token: String(body['token']) }
    const code = await create(guest)
    expect((await look(guest, code)).status).toBe(200)
    expect((await join(null, code)).status).toBe(401)
  })

  it('ROOM-2 strangers are told 403, and 404 of what is not there', async () => {
    const code = await create(ann)
    expect(await look(eve, code)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } })
    expect(await leave(eve, code)).toMatchObject({ status: 403 })
    for (const nowhere of ['NOWHERE1', '%20', 'A'.repeat(65)]) {
      expect(await look(eve, nowhere)).toMatchObject({
        status: 404,
        body: { message: 'Room not found or inactive' },
      })
      expect((await leave(eve, nowhere)).status).toBe(404)
    }
    expect(await join(eve, 'NOWHERE1')).toMatchObject({
      status: 404,
      body: { message: 'Room not found or inactive' },
    })
  })

  it('ROOM-8 five wrong PINs, and the next answer is 429 with the time to come back, also for guesses made at once', async () => {
    const code = await create(ann)
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => join(eve, code, String(index).padStart(4, '0'))),
    )
    const statuses = guesses.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(15)
    expect(guesses.find(({ status }) => status === 401)?.body).toMatchObject({ message: 'Invalid PIN' })
    const response = await fetch(`${server.url}/api/rooms/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${eve.token}` },
      body: JSON.stringify({ roomCode: code, pin: '4711' }),
    })
    expect(response.status).toBe(429)
    const seconds = Number(response.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(800)
    expect(seconds).toBeLessThanOrEqual(900)
    expect((await join(bob, code)).status).toBe(200)
  })

  it('ROOM-1 refuses names and PINs that are none, without repeating them', async () => {
    const bodies = [
      { name: '', pin: '4711' },
      { name: 'x'.repeat(51), pin: '4711' },
      { name: 'Den', pin: '471' },
      { name: 'Den', pin: 4711 },
      { name: 'Den', pin: '47a1' },
      { name: 'Den' },
    ]
    for (const body of bodies) {
      const answer = await server.call(ann, 'POST', '/api/rooms/create', body)
      expect(answer).toMatchObject({ status: 400, body: { issues: expect.any(Array) } })
      expect(JSON.stringify(answer.body)).not.toMatch(/471|47a1/)
    }
    for (const [roomCode, pin] of [
      [7, '4711'],
      ['A', undefined],
      ['A', null],
      [null, '4711'],
    ] as const) {
      expect((await join(ann, roomCode, pin === undefined ? {} : pin)).status).toBe(400)
    }
  })

  it('ROOM-13 leaving puts every socket of the user out, and emptyAt says since when a room waits', async () => {
    const code = await create(ann)
    await join(bob, code)
    const [anns, bobs] = [await server.whisper(ann), await server.whisper(bob)]
    await anns.ask('join_room', code)
    await bobs.ask('join_room', code)
    await leave(bob, code)
    expect(await bobs.next('left_room')).toBe(code)
    await anns.next('users_online', (list: unknown[]) => list.length === 1)
    expect((await look(ann, code)).body['emptyAt']).toBeNull()
    const before = Date.now()
    anns.close()
    await expect
      .poll(async () => (await look(ann, code)).body['emptyAt'], { timeout: 10_000 })
      .toEqual(expect.any(String))
    const since = Date.parse(String((await look(ann, code)).body['emptyAt']))
    expect(since).toBeGreaterThanOrEqual(before - 1_000)
    expect((await leave(ann, code)).status).toBe(200)
    expect((await look(ann, code)).status).toBe(404)
    bobs.close()
  })
})
