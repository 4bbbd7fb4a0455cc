import { newId } from '@parley/model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACTORS, type Actor, type Answer, type Cast, KINDS, type Kind, openCast, type Stage } from './cast.ts'

/** Black box: every route of channels, asked by everybody, of every kind of channel. */

let cast: Cast

beforeAll(async () => {
  cast = await openCast()
})
afterAll(() => cast.server.stop())

type Request = readonly [method: string, path: string, body?: unknown]

const ROUTES: Readonly<Record<string, (stage: Stage) => Request>> = {
  get: ({ id }) => ['GET', `/api/channels/${id}`],
  rename: ({ id }) => ['PATCH', `/api/channels/${id}`, { name: 'renamed' }],
  'change privacy': ({ id }) => ['PATCH', `/api/channels/${id}`, { isPrivate: true }],
  'take back': ({ id }) => ['PATCH', `/api/channels/${id}`, { archived: false }],
  archive: ({ id }) => ['DELETE', `/api/channels/${id}`],
  join: ({ id }) => ['POST', `/api/channels/${id}/join`],
  leave: ({ id }) => ['POST', `/api/channels/${id}/leave`],
  members: ({ id }) => ['GET', `/api/channels/${id}/members`],
  invite: ({ id }) => ['POST', `/api/channels/${id}/members`, { userIds: [cast.users.newcomer.id] }],
  'give a role': ({ id }) => ['PATCH', memberPath(id, 'member'), { role: 'moderator' }],
  'give a role to nobody': ({ id }) => ['PATCH', memberPath(id, 'newcomer'), { role: 'moderator' }],
  'remove the member': ({ id }) => ['DELETE', memberPath(id, 'member')],
  'remove the moderator': ({ id }) => ['DELETE', memberPath(id, 'moderator')],
  'remove the owner': ({ id }) => ['DELETE', memberPath(id, 'owner')],
  'remove nobody': ({ id }) => ['DELETE', memberPath(id, 'newcomer')],
  messages: ({ id }) => ['GET', `/api/channels/${id}/messages`],
  thread: ({ id, messageId }) => ['GET', `/api/channels/${id}/messages?parentId=${messageId}`],
  send: ({ id }) => ['POST', `/api/channels/${id}/messages`, { content: 'hello' }],
  answer: ({ id, messageId }) => [
    'POST',
    `/api/channels/${id}/messages`,
    { content: 'hello', parentId: messageId },
  ],
}

const memberPath = (id: string, who: keyof Cast['users']): string =>
  `/api/channels/${id}/members/${cast.users[who].id}`

const ANON = '401 UNAUTHENTICATED'
const OK = '200'
const MADE = '201'
const NO = '403 FORBIDDEN'
const OUT = '404 NOT_A_MEMBER'
const NONE = '404 NOT_FOUND'
const OLD = '409 ARCHIVED'

/** Of `ACTORS`, in this order: anonymous, owner, moderator, member, stranger, removed, guest, admin. */
type Row = readonly [string, string, string, string, string, string, string, string]

// biome-ignore format: a table
const EXPECTED: Readonly<Record<Kind, Readonly<Record<string, Row>>>> = {
  public: {
    get: [ANON, OK, OK, OK, OK, OK, OK, OK],
    rename: [ANON, OK, OK, NO, OUT, OUT, OUT, OUT],
    'change privacy': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    'take back': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    archive: [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    join: [ANON, OK, OK, OK, OK, OK, OK, OK],
    leave: [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    members: [ANON, OK, OK, OK, OK, OK, OK, OK],
    invite: [ANON, OK, OK, OK, OUT, OUT, NO, OUT],
    'give a role': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    'give a role to nobody': [ANON, NONE, NO, NO, OUT, OUT, OUT, OUT],
    'remove the member': [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    'remove the moderator': [ANON, OK, OK, NO, OUT, OUT, OUT, OUT],
    'remove the owner': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    'remove nobody': [ANON, NONE, NONE, NONE, OUT, OUT, OUT, OUT],
    messages: [ANON, OK, OK, OK, OK, OK, OK, OK],
    thread: [ANON, OK, OK, OK, OK, OK, OK, OK],
    send: [ANON, MADE, MADE, MADE, OUT, OUT, OUT, OUT],
    answer: [ANON, MADE, MADE, MADE, OUT, OUT, OUT, OUT],
  },
  private: {
    get: [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    rename: [ANON, OK, OK, NO, OUT, OUT, OUT, OUT],
    'change privacy': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    'take back': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    archive: [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    join: [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    leave: [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    members: [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    invite: [ANON, OK, OK, NO, OUT, OUT, NO, OUT],
    'give a role': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    'give a role to nobody': [ANON, NONE, NO, NO, OUT, OUT, OUT, OUT],
    'remove the member': [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    'remove the moderator': [ANON, OK, OK, NO, OUT, OUT, OUT, OUT],
    'remove the owner': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    'remove nobody': [ANON, NONE, NONE, NONE, OUT, OUT, OUT, OUT],
    messages: [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    thread: [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    send: [ANON, MADE, MADE, MADE, OUT, OUT, OUT, OUT],
    answer: [ANON, MADE, MADE, MADE, OUT, OUT, OUT, OUT],
  },
  direct: {
    get: [ANON, OK, OUT, OK, OUT, OUT, OUT, OUT],
    rename: [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    'change privacy': [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    'take back': [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    archive: [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    join: [ANON, OK, OUT, OK, OUT, OUT, OUT, OUT],
    leave: [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    members: [ANON, OK, OUT, OK, OUT, OUT, OUT, OUT],
    invite: [ANON, NO, OUT, NO, OUT, OUT, NO, OUT],
    'give a role': [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    'give a role to nobody': [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    'remove the member': [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    'remove the moderator': [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    'remove the owner': [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    'remove nobody': [ANON, NO, OUT, NO, OUT, OUT, OUT, OUT],
    messages: [ANON, OK, OUT, OK, OUT, OUT, OUT, OUT],
    thread: [ANON, OK, OUT, OK, OUT, OUT, OUT, OUT],
    send: [ANON, MADE, OUT, MADE, OUT, OUT, OUT, OUT],
    answer: [ANON, MADE, OUT, MADE, OUT, OUT, OUT, OUT],
  },
  archived: {
    get: [ANON, OK, OK, OK, OK, OK, OK, OK],
    rename: [ANON, OK, OK, NO, OUT, OUT, OUT, OUT],
    'change privacy': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    'take back': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    archive: [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    join: [ANON, OK, OK, OK, OLD, OLD, OLD, OLD],
    leave: [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    members: [ANON, OK, OK, OK, OK, OK, OK, OK],
    invite: [ANON, OLD, OLD, OLD, OUT, OUT, NO, OUT],
    'give a role': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    'give a role to nobody': [ANON, NONE, NO, NO, OUT, OUT, OUT, OUT],
    'remove the member': [ANON, OK, OK, OK, OUT, OUT, OUT, OUT],
    'remove the moderator': [ANON, OK, OK, NO, OUT, OUT, OUT, OUT],
    'remove the owner': [ANON, OK, NO, NO, OUT, OUT, OUT, OUT],
    'remove nobody': [ANON, NONE, NONE, NONE, OUT, OUT, OUT, OUT],
    messages: [ANON, OK, OK, OK, OK, OK, OK, OK],
    thread: [ANON, OK, OK, OK, OK, OK, OK, OK],
    send: [ANON, OLD, OLD, OLD, OUT, OUT, OUT, OUT],
    answer: [ANON, OLD, OLD, OLD, OUT, OUT, OUT, OUT],
  },
  unknown: {
    get: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    rename: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    'change privacy': [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    'take back': [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    archive: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    join: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    leave: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    members: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    invite: [ANON, OUT, OUT, OUT, OUT, OUT, NO, OUT],
    'give a role': [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    'give a role to nobody': [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    'remove the member': [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    'remove the moderator': [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    'remove the owner': [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    'remove nobody': [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    messages: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    thread: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    send: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
    answer: [ANON, OUT, OUT, OUT, OUT, OUT, OUT, OUT],
  },
}

const codeOf = ({ status, text }: Answer): string =>
  status < 300 ? `${status}` : `${status} ${(JSON.parse(text) as { code: string }).code}`

describe('who may do what over REST', () => {
  it.each(KINDS)(
    'WALL-1 %s: every route answers everybody as the table says',
    async (kind) => {
      const table = EXPECTED[kind]
      expect(Object.keys(table)).toEqual(Object.keys(ROUTES))
      for (const [name, request] of Object.entries(ROUTES)) {
        const row: string[] = []
        let stage = await cast.stage(kind)
        for (const actor of ACTORS) {
          const [method, path, body] = request(stage)
          const answer = await cast.ask(actor, method, path, body)
          row.push(codeOf(answer))
          if (method !== 'GET' && answer.status < 300) stage = await cast.stage(kind)
        }
        expect({ [name]: row }).toEqual({ [name]: table[name] })
      }
    },
    120_000,
  )

  it('WALL-2 a guest in a public channel reads, writes and leaves, and runs nothing', async () => {
    const { id } = await cast.stage('public')
    const path = `/api/channels/${id}`
    await cast.do('guest', 'POST', `${path}/join`)
    await cast.do('guest', 'POST', `${path}/messages`, { content: 'hello' })
    const asked: Record<string, string> = {}
    for (const name of ['get', 'rename', 'archive', 'invite', 'give a role', 'remove the member'] as const) {
      asked[name] = codeOf(await cast.ask('guest', ...ROUTES[name]!({ id, messageId: '' })))
    }
    expect(asked).toEqual({
      get: OK,
      rename: NO,
      archive: NO,
      invite: NO,
      'give a role': NO,
      'remove the member': NO,
    })
    await cast.do('guest', 'POST', `${path}/leave`)
    const more: Record<string, string> = {
      create: codeOf(await cast.ask('guest', 'POST', '/api/channels', { name: 'mine' })),
      direct: codeOf(
        await cast.ask('guest', 'POST', '/api/channels/direct', { userId: cast.users.owner.id }),
      ),
      list: codeOf(await cast.ask('guest', 'GET', '/api/channels')),
      browse: codeOf(await cast.ask('guest', 'GET', '/api/channels?scope=public')),
      search: codeOf(await cast.ask('guest', 'GET', '/api/search?q=hello')),
    }
    expect(more).toEqual({ create: NO, direct: NO, list: OK, browse: OK, search: OK })
    // Into a private channel no guest is brought.
    const hidden = await cast.stage('private')
    const body = { userIds: [cast.users.guest.id] }
    expect(codeOf(await cast.ask('owner', 'POST', `/api/channels/${hidden.id}/members`, body))).toBe(
      '404 RECEIVER_NOT_FOUND',
    )
    const made = await cast.do('owner', 'POST', '/api/channels', {
      name: 'x',
      isPrivate: true,
      memberIds: [cast.users.guest.id],
    })
    expect(made['channel']).toMatchObject({ memberCount: 1 })
  })

  it('WALL-1 without an identity every list, too, is 401, and so is what is no path of ours to know', async () => {
    const requests: readonly Request[] = [
      ['GET', '/api/channels'],
      ['GET', '/api/channels?scope=public'],
      ['POST', '/api/channels', { name: 'x' }],
      ['POST', '/api/channels/direct', { userId: cast.users.owner.id }],
      ['GET', '/api/channels/__proto__'],
      ['GET', '/api/search?q=hello'],
    ]
    for (const request of requests) {
      expect([request[1], codeOf(await cast.ask('anonymous', ...request))]).toEqual([request[1], ANON])
    }
  })
})

/** Whoever is outside: also the admin, who runs the server and nobody's channel. */
const OUTSIDERS = ['stranger', 'removed', 'guest', 'admin'] as const satisfies readonly Actor[]

describe('what a stranger can tell apart', () => {
  it('WALL-3 nothing: a private channel, an archived one, a direct conversation and none answer the same bytes', async () => {
    const nothing = await cast.stage('unknown')
    const hidden: readonly [string, Stage][] = [
      ['private', await cast.stage('private')],
      ['archived private', await cast.stage('archived private')],
      ['direct', await cast.stage('direct')],
    ]
    for (const [name, request] of Object.entries(ROUTES)) {
      for (const actor of OUTSIDERS) {
        const expected = await cast.ask(actor, ...request(nothing))
        expect(expected.status).toBeGreaterThan(400)
        for (const [kind, stage] of hidden) {
          const asked = `${actor}: ${name}, ${kind}`
          expect([asked, await cast.ask(actor, ...request(stage))]).toEqual([asked, expected])
        }
      }
    }
  })

  it('WALL-3 nor by other bodies and queries: they are judged before or after, never in between', async () => {
    const nothing = await cast.stage('unknown')
    const stages = [await cast.stage('private'), await cast.stage('direct')]
    const variants: readonly ((id: string, stage: Stage) => Request)[] = [
      (id) => ['POST', `/api/channels/${id}/messages`, {}],
      (id) => ['POST', `/api/channels/${id}/messages`, { content: 'x'.repeat(2_001) }],
      (id) => ['POST', `/api/channels/${id}/messages`, { content: 'x', parentId: newId() }],
      (id) => ['POST', `/api/channels/${id}/messages`, { content: 'x', clientMessageId: 'fresh' }],
      (id) => ['POST', `/api/channels/${id}/messages`, { content: `@${cast.users.member.username}` }],
      (id) => ['GET', `/api/channels/${id}/messages?limit=0`],
      (id) => ['GET', `/api/channels/${id}/messages?before=1`],
      (id) => ['GET', `/api/channels/${id}/messages?after=0`],
      (id) => ['GET', `/api/channels/${id}/members?limit=1`],
      (id) => ['GET', `/api/channels/${id}/members?cursor=x`],
      (id) => ['POST', `/api/channels/${id}/members`, { userIds: [cast.users.stranger.id] }],
      (id) => ['POST', `/api/channels/${id}/members`, { userIds: [newId()] }],
      (id) => ['PATCH', `/api/channels/${id}`, {}],
      (id) => ['PATCH', `/api/channels/${id}/members/x`, { role: 'owner' }],
      (id) => ['PATCH', `/api/channels/${id}/members/${cast.users.stranger.id}`, { role: 'owner' }],
      (id) => ['DELETE', `/api/channels/${id}/members/${cast.users.stranger.id}`],
    ]
    for (const variant of variants) {
      for (const actor of OUTSIDERS) {
        const expected = await cast.ask(actor, ...variant(nothing.id, nothing))
        for (const stage of stages) {
          const request = variant(stage.id, stage)
          expect([actor, request, await cast.ask(actor, ...request)]).toEqual([actor, request, expected])
        }
      }
    }
  })

  it('WALL-3 nor by a client id of their own that is stored already', async () => {
    const [nothing, hidden] = [await cast.stage('unknown'), await cast.stage('private')]
    const open = await cast.stage('public')
    const body = { content: 'mine', clientMessageId: 'used-before' }
    await cast.do('stranger', 'POST', `/api/channels/${open.id}/join`)
    await cast.do('stranger', 'POST', `/api/channels/${open.id}/messages`, body)
    const ask = (id: string) => cast.ask('stranger', 'POST', `/api/channels/${id}/messages`, body)
    expect(await ask(hidden.id)).toEqual(await ask(nothing.id))
  })

  it('WALL-4 an id in upper case is the same id, and what is no id is no channel', async () => {
    const { id } = await cast.stage('private')
    const { text } = await cast.ask('member', 'GET', `/api/channels/${id}`)
    expect((await cast.ask('member', 'GET', `/api/channels/${id.toUpperCase()}`)).text).toBe(text)
    const odd = [
      'x',
      '__proto__',
      'constructor',
      '0',
      '-1',
      'null',
      '%20',
      `%7B${id}%7D`,
      id.slice(1),
      `${id}0`,
    ]
    const forms = [id.replaceAll('-', ''), `${id}%20`, `urn:uuid:${id}`, '%F0%9F%91%8D', "'--"]
    const nothing = await cast.ask('stranger', 'GET', `/api/channels/${newId()}`)
    for (const form of [...odd, ...forms]) {
      // Members get in by the id alone, so that nothing here depends on who asks.
      for (const actor of ['member', 'stranger'] as const) {
        const answer = await cast.ask(actor, 'GET', `/api/channels/${form}`)
        expect([form, answer]).toEqual([form, nothing])
      }
    }
    expect((await cast.ask('stranger', 'GET', `/api/channels/${id.toUpperCase()}`)).text).toBe(nothing.text)
    for (const actor of ['member', 'stranger'] as const) {
      expect((await cast.ask(actor, 'GET', `/api/channels/${id}%00`)).status).toBe(400)
    }
  })

  it('WALL-5 lists and searches hold nothing of it, whatever is asked', async () => {
    const secret = 'zanzibar'
    const made = await cast.do('owner', 'POST', '/api/channels', { name: secret, isPrivate: true })
    const { id } = made['channel'] as { id: string }
    await cast.do('owner', 'POST', `/api/channels/${id}/messages`, { content: `about ${secret}` })
    const direct = await cast.stage('direct')
    await cast.do('owner', 'POST', `/api/channels/${direct.id}/messages`, { content: `about ${secret}` })
    for (const actor of ['stranger', 'removed', 'admin'] as const) {
      const [found, nothing] = [
        await cast.ask(actor, 'GET', `/api/search?q=${secret}`),
        await cast.ask(actor, 'GET', '/api/search?q=neverwritten'),
      ]
      expect(found).toEqual(nothing)
    }
    for (const actor of OUTSIDERS) {
      const lists = [
        await cast.ask(actor, 'GET', '/api/channels?limit=100'),
        await cast.ask(actor, 'GET', '/api/channels?scope=public&limit=100'),
        await cast.ask(actor, 'GET', `/api/channels?scope=public&search=${secret}`),
      ]
      for (const list of lists) {
        expect(list.status).toBe(200)
        for (const part of [secret, id, direct.id]) expect(list.text).not.toContain(part)
      }
      expect(lists[2]).toEqual(await cast.ask(actor, 'GET', '/api/channels?scope=public&search=neverwritten'))
    }
  })

  it('WALL-5 a parentId of another channel answers as one of nobody', async () => {
    const [hidden, own] = [await cast.stage('private'), await cast.stage('public')]
    const path = `/api/channels/${own.id}/messages`
    await cast.do('stranger', 'POST', `/api/channels/${own.id}/join`)
    expect(await cast.ask('stranger', 'GET', `${path}?parentId=${hidden.messageId}`)).toEqual(
      await cast.ask('stranger', 'GET', `${path}?parentId=${newId()}`),
    )
    const answer = (parentId: string) => cast.ask('stranger', 'POST', path, { content: 'x', parentId })
    const refused = await answer(hidden.messageId)
    expect(refused).toEqual(await answer(newId()))
    expect(codeOf(refused)).toBe(NONE)
  })
})

describe('cursors', () => {
  const cursorOf = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const idsIn = ({ text }: Answer, list: string): string[] =>
    (JSON.parse(text)[list] as { id: string }[]).map(({ id }) => id)

  it('WALL-6 one of another user, or of another channel, shows nothing but what one sees anyway', async () => {
    const [hidden, own] = [await cast.stage('private'), await cast.stage('public')]
    for (let more = 0; more < 3; more += 1) {
      await cast.do('owner', 'POST', `/api/channels/${hidden.id}/messages`, { content: `hidden ${more}` })
      await cast.stage('private')
    }
    const cursor = async (path: string): Promise<string> =>
      String((await cast.do('owner', 'GET', path))['nextCursor'])
    const mine = await cast.do('stranger', 'POST', '/api/channels', { name: 'of the stranger' })
    const myId = (mine['channel'] as { id: string }).id
    const foreign = await cursor('/api/channels?limit=1')
    const all = idsIn(await cast.ask('stranger', 'GET', '/api/channels?limit=100'), 'channels')
    const after = await cast.ask('stranger', 'GET', `/api/channels?limit=100&cursor=${foreign}`)
    expect(all).toContain(myId)
    for (const id of idsIn(after, 'channels')) expect(all).toContain(id)

    const messages = await cursor(`/api/channels/${hidden.id}/messages?limit=1`)
    const members = await cursor(`/api/channels/${hidden.id}/members?limit=1`)
    const ownMessages = idsIn(
      await cast.ask('stranger', 'GET', `/api/channels/${own.id}/messages`),
      'messages',
    )
    const read = await cast.ask('stranger', 'GET', `/api/channels/${own.id}/messages?cursor=${messages}`)
    for (const id of idsIn(read, 'messages')) expect(ownMessages).toContain(id)
    for (const path of ['messages', 'members']) {
      const query = `cursor=${path === 'members' ? members : messages}`
      expect(codeOf(await cast.ask('stranger', 'GET', `/api/channels/${hidden.id}/${path}?${query}`))).toBe(
        OUT,
      )
    }
  })

  it('WALL-6 one of another list, of nobody, or out of all bounds is 400 or an empty page, never an error', async () => {
    const { id } = await cast.stage('public')
    const lists: Readonly<Record<string, string>> = {
      channels: '/api/channels?',
      'public-channels': '/api/channels?scope=public&',
      members: `/api/channels/${id}/members?`,
      'channel-messages': `/api/channels/${id}/messages?`,
      'channel-messages-after': `/api/channels/${id}/messages?after=0&`,
    }
    const values = [
      ...['1', '-1', '1e9', '9'.repeat(30), '1 or 1=1', "'", '__proto__', '\u0000', '\ud800', '[]', '""'],
      ...[1, -1, 0, 1.5, 1e300, Number.MAX_SAFE_INTEGER, null, true, [], {}, 'x'.repeat(512)],
    ]
    for (const [list, path] of Object.entries(lists)) {
      for (const value of values) {
        for (const name of [...Object.keys(lists), '__proto__']) {
          const answer = await cast.ask('member', 'GET', `${path}cursor=${cursorOf(name, value)}`)
          const isItsOwn = name === list
          const asked = [list, name, value, answer.text]
          expect([...asked, isItsOwn ? [200, 400].includes(answer.status) : answer.status === 400]).toEqual([
            ...asked,
            true,
          ])
        }
      }
      for (const cursor of [
        '',
        '%00',
        'x',
        '=',
        '[]',
        'a'.repeat(2_000),
        '../..',
        cursorOf(list),
        cursorOf(),
      ]) {
        const { status } = await cast.ask('member', 'GET', `${path}cursor=${cursor}`)
        expect([list, cursor, status]).toEqual([list, cursor, 400])
      }
      const twice = await cast.ask('member', 'GET', `${path}limit=1&limit=2&cursor[]=x&__proto__[x]=1`)
      expect([200, 400]).toContain(twice.status)
    }
  })
})
