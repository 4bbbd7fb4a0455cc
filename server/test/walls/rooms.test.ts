import { SocketClient } from '@parley/testkit/socket-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Actor, type Answer, type Cast, openCast } from './cast.ts'

/** Black box: every route of rooms, asked by everybody, of every kind of room. */

const PIN = '4711'
const ACTORS = ['anonymous', 'owner', 'member', 'stranger', 'removed', 'guest', 'admin'] as const
const KINDS = ['with a PIN', 'open', 'closed', 'unknown'] as const
type Kind = (typeof KINDS)[number]

let cast: Cast
let unknowns = 0
const seats: SocketClient[] = []

beforeAll(async () => {
  cast = await openCast({ LIMIT_WHISPER: '100000' })
})
afterAll(async () => {
  for (const seat of seats) seat.close()
  await cast.server.stop()
})

const create = async (): Promise<string> => {
  const made = await cast.do('owner', 'POST', '/api/rooms/create', { name: 'walled', pin: PIN })
  return String(made['roomCode'])
}

/** Owner and member belong to it, `removed` left it; of a closed one all did. */
const stage = async (kind: Kind): Promise<string> => {
  unknowns += 1
  if (kind === 'unknown') return `NOBODY${unknowns}`
  if (kind === 'open') {
    const code = `OPEN${unknowns}`
    for (const who of ['owner', 'member', 'removed'] as const) await sit(who, code)
    await cast.do('removed', 'DELETE', `/api/rooms/${code}/leave`)
    return code
  }
  const code = await create()
  for (const who of ['member', 'removed'] as const) {
    await cast.do(who, 'POST', '/api/rooms/join', { roomCode: code, pin: PIN })
  }
  await cast.do('removed', 'DELETE', `/api/rooms/${code}/leave`)
  if (kind === 'closed') {
    for (const who of ['owner', 'member'] as const) await cast.do(who, 'DELETE', `/api/rooms/${code}/leave`)
  }
  return code
}

const sit = async (who: Exclude<Actor, 'anonymous'>, code: string): Promise<void> => {
  const seat = await SocketClient.connect(cast.server.url, { token: cast.users[who].token })
  seats.push(seat)
  expect(await seat.ask('join_room', code)).toMatchObject({ ok: true })
}

type Request = readonly [method: string, path: string, body?: unknown]

const ROUTES: Readonly<Record<string, (code: string) => Request>> = {
  get: (code) => ['GET', `/api/rooms/${code}`],
  join: (code) => ['POST', '/api/rooms/join', { roomCode: code, pin: PIN }],
  'join with a wrong PIN': (code) => ['POST', '/api/rooms/join', { roomCode: code, pin: '0000' }],
  leave: (code) => ['DELETE', `/api/rooms/${code}/leave`],
}

const ANON = '401 UNAUTHENTICATED'
const OK = '200'
const NO = '403 FORBIDDEN'
const WRONG = '401 WRONG_PIN'
const NONE = '404 NOT_FOUND'

/** Of `ACTORS`, in this order: anonymous, owner, member, stranger, removed, guest, admin. */
type Row = readonly [string, string, string, string, string, string, string]

// biome-ignore format: a table
const EXPECTED: Readonly<Record<Kind, Readonly<Record<string, Row>>>> = {
  'with a PIN': {
    get: [ANON, OK, OK, NO, NO, NO, NO],
    join: [ANON, OK, OK, OK, OK, OK, OK],
    'join with a wrong PIN': [ANON, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG],
    leave: [ANON, OK, OK, NO, NO, NO, NO],
  },
  open: {
    get: [ANON, OK, OK, NO, NO, NO, NO],
    join: [ANON, OK, OK, OK, OK, OK, OK],
    'join with a wrong PIN': [ANON, OK, OK, OK, OK, OK, OK],
    leave: [ANON, OK, OK, NO, NO, NO, NO],
  },
  closed: {
    get: [ANON, NONE, NONE, NONE, NONE, NONE, NONE],
    join: [ANON, NONE, NONE, NONE, NONE, NONE, NONE],
    'join with a wrong PIN': [ANON, NONE, NONE, NONE, NONE, NONE, NONE],
    leave: [ANON, NONE, NONE, NONE, NONE, NONE, NONE],
  },
  unknown: {
    get: [ANON, NONE, NONE, NONE, NONE, NONE, NONE],
    join: [ANON, NONE, NONE, NONE, NONE, NONE, NONE],
    'join with a wrong PIN': [ANON, NONE, NONE, NONE, NONE, NONE, NONE],
    leave: [ANON, NONE, NONE, NONE, NONE, NONE, NONE],
  },
}

const codeOf = ({ status, text }: Answer): string =>
  status < 300 ? `${status}` : `${status} ${(JSON.parse(text) as { code: string }).code}`

describe('who may do what with rooms over REST', () => {
  it.each(KINDS)(
    'WALL-8 %s: every route answers everybody as the table says',
    async (kind) => {
      const table = EXPECTED[kind]
      expect(Object.keys(table)).toEqual(Object.keys(ROUTES))
      for (const [name, request] of Object.entries(ROUTES)) {
        const row: string[] = []
        let code = await stage(kind)
        for (const actor of ACTORS) {
          const [method, path, body] = request(code)
          const answer = await cast.ask(actor, method, path, body)
          row.push(codeOf(answer))
          if (method !== 'GET' && answer.status < 300) code = await stage(kind)
        }
        expect({ [name]: row }).toEqual({ [name]: table[name] })
      }
    },
    60_000,
  )

  it('WALL-8 making one takes an identity, a guest’s too, a name and four digits', async () => {
    const ask = async (actor: Actor, body: unknown) =>
      codeOf(await cast.ask(actor, 'POST', '/api/rooms/create', body))
    const good = { name: 'mine', pin: PIN }
    const answers: string[] = []
    for (const actor of ACTORS) answers.push(await ask(actor, good))
    expect(answers).toEqual([ANON, '201', '201', '201', '201', '201', '201'])
    const bad: readonly unknown[] = [
      ...[{}, { name: 'mine' }, { pin: PIN }, [], null, { ...good, pin: 4711 }, { ...good, name: '  ' }],
      ...['', '471', '47111', '٤٧١١', '４７１１', ' 471', '47 1', '471\n', '-471', '1e10', [PIN], null].map(
        (pin) => ({
          ...good,
          pin,
        }),
      ),
      ...['x'.repeat(51), '\u0000', '\ud800', 7].map((name) => ({ ...good, name })),
    ]
    for (const body of bad) expect([body, await ask('owner', body)]).toEqual([body, '400 INVALID'])
  })

  it('WALL-9 a room that went and one that never was answer the same bytes, whoever asks', async () => {
    const [closed, unknown] = [await stage('closed'), await stage('unknown')]
    for (const [name, request] of Object.entries(ROUTES)) {
      for (const actor of ACTORS) {
        expect([name, actor, await cast.ask(actor, ...request(closed))]).toEqual([
          name,
          actor,
          await cast.ask(actor, ...request(unknown)),
        ])
      }
    }
  })

  it('WALL-9 a code is the same whatever its case and the space around it, and odd ones are no rooms', async () => {
    const code = await create()
    for (const form of [
      code.toLowerCase(),
      `%20${code}%20`,
      `${code.slice(0, 4).toLowerCase()}${code.slice(4)}`,
    ]) {
      expect((await cast.ask('owner', 'GET', `/api/rooms/${form}`)).status).toBe(200)
    }
    const nobody = await cast.ask('owner', 'GET', '/api/rooms/NOBODY')
    const odd = ['%20', '%0A', '__proto__', 'constructor', 'x'.repeat(65), "'--", '%F0%9F%91%8D', `${code}X`]
    for (const form of [...odd, code.slice(1), `${code}%E2%80%8B`, `${code}%CC%81`]) {
      expect([form, await cast.ask('owner', 'GET', `/api/rooms/${form}`)]).toEqual([form, nobody])
    }
    for (const form of ['%00', '%ED%A0%80', 'x'.repeat(300)]) {
      expect([400, 404]).toContain((await cast.ask('owner', 'GET', `/api/rooms/${form}`)).status)
    }
  })

  it('WALL-7 fields that are not the maker’s to set are ignored, and no answer holds a PIN', async () => {
    const body = {
      name: 'mine',
      pin: PIN,
      code: 'CHOSEN12',
      roomCode: 'CHOSEN12',
      creatorId: cast.users.stranger.id,
      creator: { _id: cast.users.stranger.id },
      members: [cast.users.stranger.id],
      memberIds: [cast.users.stranger.id],
      pinHash: 'chosen',
      isActive: false,
      createdAt: 0,
      wasEntered: true,
    }
    const made = await cast.do('owner', 'POST', '/api/rooms/create', body)
    const code = String(made['roomCode'])
    expect(code).toMatch(/^[A-Z0-9]{8}$/)
    expect(code).not.toBe('CHOSEN12')
    const shown = await cast.ask('owner', 'GET', `/api/rooms/${code}`)
    const { owner } = cast.users
    expect(JSON.parse(shown.text)).toEqual({
      roomCode: code,
      roomName: 'mine',
      creator: { _id: owner.id, username: 'owner' },
      members: [{ _id: owner.id, username: 'owner' }],
      isActive: true,
      emptyAt: null,
      createdAt: expect.stringMatching(/^20[2-9]\d-/),
    })
    const joined = await cast.ask('member', 'POST', '/api/rooms/join', {
      roomCode: code,
      pin: PIN,
      userId: cast.users.stranger.id,
    })
    for (const text of [JSON.stringify(made), shown.text, joined.text]) expect(text).not.toMatch(/pin|4711/i)
    expect((await cast.ask('stranger', 'GET', `/api/rooms/${code}`)).status).toBe(403)
  })
})
