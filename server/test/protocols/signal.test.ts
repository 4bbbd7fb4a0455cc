import { readFileSync } from 'node:fs'
import type { RawClient, RawFrame } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'

/** Black box: every flow of document 000, as a client written from it would walk it. */

const at = expect.any(Number)
const groupId = expect.stringMatching(/^group_[A-Za-z0-9_-]{21}$/)
const userId = expect.stringMatching(/^user_[A-Za-z0-9_-]{21}$/)
const callId = expect.any(String)

const created = (groupName: string, username: string) => ({
  type: 'group-created',
  payload: { groupId, groupName, user: { id: userId, username } },
  timestamp: at,
})
const frame = (type: string, payload: object) => ({ type, payload, timestamp: at })
const error = (code: string, message: unknown = expect.any(String)) => frame('error', { code, message })

let server: TestServer
let serial = 0

const unique = (name: string): string => {
  serial += 1
  return `${name}-${serial}`
}

const connect = (path = '/signal'): Promise<RawClient> => server.open(path)

interface Member {
  readonly client: RawClient
  readonly id: string
  readonly username: string
  readonly peerId: string
  readonly groupId: string
}

/** Everything the server had to say until now has been heard when this resolves, and what `all` holds is forgotten. */
const settle = async (...clients: RawClient[]): Promise<RawFrame[][]> => {
  // A frame that is refused: its answer comes after everything before it. Twice, as the bus takes a turn.
  for (let round = 0; round < 2; round += 1) {
    for (const client of clients) {
      client.send('settle')
      await client.next('error', ({ payload }) => isBadJson(payload))
    }
  }
  return clients.map((client) => {
    const seen = client.all.filter(({ payload }) => !isBadJson(payload))
    client.all.length = 0
    client.frames.length = 0
    return seen
  })
}

const isBadJson = (payload: unknown): boolean =>
  (payload as { message?: string }).message === 'Invalid JSON format'

const send = (client: RawClient, type: string, payload: object): void => client.send({ type, payload })

// biome-ignore lint/suspicious/noExplicitAny: a test looks at what came without declaring it
type Payload = Record<string, any>

const payloadOf = async (client: RawClient, type: string): Promise<Payload> =>
  (await client.next(type))['payload'] as Payload

const create = async (client: RawClient, username = unique('ann')): Promise<Member> => {
  send(client, 'create-group', { groupName: 'Standup', username })
  const { groupId: id, user } = await payloadOf(client, 'group-created')
  return { client, id: user.id, username, peerId: '', groupId: id }
}

const join = async (group: string, withPeer = true): Promise<Member> => {
  const client = await connect()
  const username = unique('bob')
  const peerId = withPeer ? unique('peer') : ''
  send(client, 'join-group', { groupId: group, username, ...(withPeer ? { peerId } : {}) })
  const { user } = await payloadOf(client, 'group-joined')
  return { client, id: user.id, username, peerId, groupId: group }
}

/** A group with its maker, who has no peer id, and two members who have. */
const three = async (): Promise<[Member, Member, Member]> => {
  const ann = await create(await connect())
  const [bob, cas] = [await join(ann.groupId), await join(ann.groupId)]
  await settle(ann.client, bob.client, cas.client)
  return [ann, bob, cas]
}

const closeAll = (...clients: RawClient[]): Promise<unknown> =>
  Promise.all(clients.map((client) => client.close()))

beforeAll(async () => {
  server = await startTestServer({ LIMIT_REGISTER: '10000', LIMIT_SIGNAL: '200', LIMIT_CONNECT: '100000' })
})
afterAll(() => server.stop())

describe('signal: groups', () => {
  it('SIGNAL-1 a group is created on /signal and on /, by anybody', async () => {
    for (const path of ['/signal', '/']) {
      const client = await connect(path)
      send(client, 'create-group', { groupName: '  My Team Meeting ', username: ' john_doe ' })
      expect(await client.next('group-created')).toEqual(created('My Team Meeting', 'john_doe'))
      expect(client.all).toHaveLength(1)
      await client.close()
    }
  })

  it('SIGNAL-2 who joins with a peer id, and who is there, hear of it in the order of the document', async () => {
    const [ann, bob, cas] = await three()
    const dan = await connect()
    send(dan, 'join-group', { groupId: ann.groupId, username: 'dan', peerId: 'dan-peer' })
    const [toDan] = await settle(dan)
    const [toAnn, toBob] = await settle(ann.client, bob.client)
    const members = [
      { id: ann.id, username: ann.username },
      { id: bob.id, username: bob.username, peerId: bob.peerId },
      { id: cas.id, username: cas.username, peerId: cas.peerId },
    ]
    expect(toDan).toEqual([
      frame('group-joined', {
        groupId: ann.groupId,
        groupName: 'Standup',
        user: { id: userId, username: 'dan' },
        members,
      }),
      frame('existing-peers', {
        peers: [bob, cas].map(({ peerId, username }) => ({ peerId, username })),
      }),
    ])
    const joined = [
      frame('user-joined', { user: { id: userId, username: 'dan', peerId: 'dan-peer' } }),
      frame('peer-joined', { peerId: 'dan-peer', username: 'dan' }),
    ]
    expect(toAnn).toEqual(joined)
    expect(toBob).toEqual(joined)
    await closeAll(ann.client, bob.client, cas.client, dan)
  })

  it('SIGNAL-2 who joins without a peer id is no peer', async () => {
    const [ann, bob, cas] = await three()
    const dan = await join(ann.groupId, false)
    const [toDan] = await settle(dan.client)
    expect(toDan!.map(({ type }) => type)).toEqual(['group-joined'])
    const [toBob] = await settle(bob.client)
    expect(toBob).toEqual([frame('user-joined', { user: { id: dan.id, username: dan.username } })])
    await closeAll(ann.client, bob.client, cas.client, dan.client)
  })

  it('SIGNAL-3 leaving is told to the others, and what is sent after it is refused', async () => {
    const [ann, bob, cas] = await three()
    send(bob.client, 'leave-group', { userId: bob.id })
    await settle(bob.client)
    const [toAnn, toCas] = await settle(ann.client, cas.client)
    const left = [frame('user-left', { userId: bob.id, username: bob.username })]
    expect([toAnn, toCas]).toEqual([left, left])
    send(bob.client, 'leave-group', { userId: bob.id })
    send(bob.client, 'update-peer-id', { peerId: 'another' })
    send(bob.client, 'signal', { toPeerId: cas.peerId, data: 1 })
    const call = { targetPeerId: cas.peerId, fromPeerId: bob.peerId, fromUsername: bob.username }
    send(bob.client, 'call-request', call)
    const [toBob, casAfter] = await settle(bob.client, cas.client)
    expect(toBob).toEqual([
      error('USER_NOT_FOUND'),
      error('USER_NOT_FOUND'),
      error('PEER_NOT_FOUND'),
      error('PEER_NOT_FOUND'),
    ])
    expect(casAfter).toEqual([])
    await closeAll(ann.client, bob.client, cas.client)
  })

  it("SIGNAL-3 another's user id moves nobody out", async () => {
    const [ann, bob, cas] = await three()
    send(bob.client, 'leave-group', { userId: cas.id })
    send(bob.client, 'leave-group', { userId: 'nobody' })
    expect((await settle(bob.client))[0]).toEqual([error('USER_NOT_FOUND'), error('USER_NOT_FOUND')])
    expect(await settle(ann.client, cas.client)).toEqual([[], []])
    await closeAll(ann.client, bob.client, cas.client)
  })

  it('GROUP-2 a disconnect is a leave, and joining another group leaves the first', async () => {
    const [ann, bob, cas] = await three()
    await bob.client.close()
    expect(await ann.client.next('user-left')).toEqual(
      frame('user-left', { userId: bob.id, username: bob.username }),
    )
    send(cas.client, 'create-group', { groupName: 'Other', username: 'cas' })
    await cas.client.next('group-created')
    expect(await ann.client.next('user-left')).toEqual(
      frame('user-left', { userId: cas.id, username: cas.username }),
    )
    // Both peer ids are free again.
    for (const { peerId } of [bob, cas]) {
      send(ann.client, 'update-peer-id', { peerId })
      expect(await ann.client.next('existing-peers')).toEqual(frame('existing-peers', { peers: [] }))
    }
    await closeAll(ann.client, cas.client)
  })

  it('SIGNAL-4 a new peer id is discovered as at a join', async () => {
    const [ann, bob, cas] = await three()
    const peerId = unique('peer')
    send(ann.client, 'update-peer-id', { peerId })
    const [toAnn] = await settle(ann.client)
    const [toBob] = await settle(bob.client)
    expect(toAnn).toEqual([
      frame('existing-peers', {
        peers: [bob, cas].map(({ peerId: id, username }) => ({ peerId: id, username })),
      }),
    ])
    expect(toBob).toEqual([frame('peer-joined', { peerId, username: ann.username })])
    const lone = await connect()
    send(lone, 'update-peer-id', { peerId: unique('peer') })
    expect(await lone.next('error')).toEqual(error('USER_NOT_FOUND'))
    await closeAll(ann.client, bob.client, cas.client, lone)
  })

  it('GROUP-1 a group that is not there, or is full, is refused; 50 is full', async () => {
    const stranger = await connect()
    send(stranger, 'join-group', { groupId: 'group_nobody', username: 'x' })
    expect(await stranger.next('error')).toEqual(error('GROUP_NOT_FOUND'))
    const ann = await create(await connect())
    const others = await Promise.all(Array.from({ length: 49 }, () => join(ann.groupId)))
    send(stranger, 'join-group', { groupId: ann.groupId, username: 'x', peerId: 'free' })
    expect(await stranger.next('error')).toEqual(error('GROUP_FULL'))
    await others[0]!.client.close()
    await ann.client.next('user-left')
    send(stranger, 'join-group', { groupId: ann.groupId, username: 'x', peerId: 'free' })
    const { members } = await payloadOf(stranger, 'group-joined')
    expect(members).toHaveLength(49)
    await closeAll(ann.client, stranger, ...others.slice(1).map(({ client }) => client))
  })

  it('GROUP-4 GET /api/groups/:id answers anybody', async () => {
    const ann = await create(await connect())
    const found = await server.call(null, 'GET', `/api/groups/${ann.groupId}`)
    expect(found).toEqual({
      status: 200,
      body: { id: ann.groupId, name: 'Standup', createdAt: expect.any(String), memberCount: 1, exists: true },
    })
    await ann.client.close()
    await expect
      .poll(async () => (await server.call(null, 'GET', `/api/groups/${ann.groupId}`)).body)
      .toMatchObject({
        memberCount: 0,
        exists: true,
      })
    const missing = await server.call(null, 'GET', '/api/groups/group_nobody')
    expect(missing).toMatchObject({
      status: 404,
      body: { error: 'Group not found', code: 'GROUP_NOT_FOUND', status: 404, title: 'Not Found' },
    })
  })
})

describe('signal: the life of a connection', () => {
  /** The states of document 000's diagram, each reached from the one before it. */
  const reach = async (state: string, group: string): Promise<Member> => {
    const client = await connect()
    const member: Member = {
      client,
      id: 'nobody',
      username: unique('x'),
      peerId: unique('peer'),
      groupId: group,
    }
    if (state === 'Connected') return member
    send(client, 'join-group', { groupId: group, username: member.username })
    const { user } = await payloadOf(client, 'group-joined')
    if (state === 'HasPeerId' || state === 'CanCall') {
      send(client, 'update-peer-id', { peerId: member.peerId })
      await client.next('existing-peers')
    }
    return { ...member, id: user.id }
  }
  const STATES = ['Connected', 'Authenticated', 'InGroup', 'HasPeerId', 'CanCall']
  const EXITS = ['leave', 'close', 'error'] as const

  it.each(STATES.flatMap((state) => EXITS.map((exit) => [state, exit] as const)))(
    'SIGNAL-10 %s ends by %s, and nothing of it stays',
    async (state, exit) => {
      const keeper = await create(await connect())
      const target = await join(keeper.groupId)
      await settle(keeper.client, target.client)
      const one = await reach(state, keeper.groupId)
      const isIn = state !== 'Connected'
      await settle(one.client)
      const callOut = { targetPeerId: target.peerId, fromPeerId: one.peerId, fromUsername: one.username }
      if (state === 'CanCall') {
        send(one.client, 'call-request', callOut)
        expect(await payloadOf(target.client, 'incoming-call-request')).toMatchObject({
          fromPeerId: one.peerId,
        })
      }
      if (exit === 'leave') send(one.client, 'leave-group', { userId: one.id })
      else if (exit === 'close') await one.client.close()
      else one.client.socket.terminate()
      if (isIn) await keeper.client.next('user-left')
      else if (exit === 'leave') expect(await one.client.next('error')).toEqual(error('USER_NOT_FOUND'))
      if (state === 'CanCall') await target.client.next('call-ended')
      send(keeper.client, 'update-peer-id', { peerId: one.peerId })
      await keeper.client.next('existing-peers')
      const { body } = await server.call(null, 'GET', `/api/groups/${keeper.groupId}`)
      expect(body['memberCount']).toBe(2)
      if (exit === 'leave') {
        // The connection is as new: it may come in again, as somebody else.
        send(one.client, 'join-group', { groupId: keeper.groupId, username: one.username })
        const { user } = await payloadOf(one.client, 'group-joined')
        expect(user.id).not.toBe(one.id)
        await one.client.close()
      }
      await closeAll(keeper.client, target.client)
    },
  )
})

describe('signal: what is refused', () => {
  it('SIGNAL-5 the validation error of the document, byte for byte but for the time', async () => {
    const printed = readFileSync(new URL('fixtures/printed-000.json', import.meta.url), 'utf8')
    const client = await connect()
    let text = ''
    client.socket.on('message', (data) => {
      text = String(data)
    })
    client.send({ type: 'create-group', payload: { groupName: 'My Team Meeting', username: '   ' } })
    await client.next('error')
    const withoutTime = (json: string): string => json.replace(/"timestamp":\d+/, '"timestamp":0')
    expect(withoutTime(text)).toBe(withoutTime(JSON.stringify(JSON.parse(printed))))
    await client.close()
  })

  it('SIGNAL-5 what is no frame is refused, and the connection goes on', async () => {
    const client = await connect()
    const issuesOf = async (frame: unknown): Promise<unknown[]> => {
      client.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
      const { code, message, details } = await payloadOf(client, 'error')
      expect([code, message]).toEqual(['INVALID_MESSAGE', 'Invalid message format'])
      return details.validationErrors
    }
    client.send('{nonsense')
    expect(await client.next('error')).toEqual(error('INVALID_MESSAGE', 'Invalid JSON format'))
    client.send(`${'['.repeat(40)}${']'.repeat(40)}`)
    expect(await client.next('error')).toEqual(error('INVALID_MESSAGE', 'Invalid JSON format'))
    expect(await issuesOf({ type: 'ping', payload: {} })).toMatchObject([
      { code: 'invalid_union_discriminator', path: ['type'] },
    ])
    expect(await issuesOf({})).toMatchObject([{ code: 'invalid_union_discriminator', path: ['type'] }])
    expect(await issuesOf('[1]')).toMatchObject([{ code: 'invalid_type', expected: 'object', path: [] }])
    expect(await issuesOf({ type: 'leave-group' })).toMatchObject([
      {
        code: 'invalid_type',
        expected: 'object',
        received: 'undefined',
        path: ['payload'],
        message: 'Required',
      },
    ])
    const bad = { groupName: 'g'.repeat(101), username: 'a b' }
    expect(await issuesOf({ type: 'create-group', payload: bad })).toMatchObject([
      { code: 'too_big', maximum: 100, path: ['payload', 'groupName'] },
      { code: 'invalid_string', path: ['payload', 'username'] },
    ])
    const blob = { toPeerId: 'p', data: 'x'.repeat(17_000) }
    expect(await issuesOf({ type: 'signal', payload: blob })).toMatchObject([
      { code: 'too_big', path: ['payload', 'data'] },
    ])
    expect(await issuesOf({ type: 'signal', payload: { toPeerId: 'p' } })).toMatchObject([
      { code: 'invalid_type', path: ['payload', 'data'] },
    ])
    expect(await issuesOf({ type: 'call-ended', payload: {} })).toHaveLength(1)
    send(client, 'create-group', { groupName: 'still here', username: 'x' })
    expect(await client.next('group-created')).toEqual(created('still here', 'x'))
    await client.close()
  })

  it('SIGNAL-6 a bad token is closed with 4002, a good one marks its account', async () => {
    for (const token of ['', 'garbage']) {
      const refused = await server.open(`/signal?token=${token}`)
      expect(await refused.closed).toEqual({ code: 4002, reason: 'Invalid token' })
    }
    const user = await server.register(unique('acc'))
    const guest = await create(await connect())
    const client = await server.open(`/signal?token=${user.token}`)
    send(client, 'join-group', { groupId: guest.groupId, username: 'chosen' })
    const { user: self } = await payloadOf(client, 'group-joined')
    expect(self).toEqual({ id: userId, username: 'chosen', accountId: user.id })
    const { user: seen } = await payloadOf(guest.client, 'user-joined')
    expect(seen).toEqual(self)
    await expect.poll(() => server.running.core.presence.isOnline(user.id)).toBe(true)
    await client.close()
    await expect.poll(() => server.running.core.presence.isOnline(user.id)).toBe(false)
    await guest.client.close()
  })

  it('PEER-1 a peer id in use is refused, also in a join, which succeeds without it', async () => {
    const [ann, bob, cas] = await three()
    send(ann.client, 'update-peer-id', { peerId: bob.peerId })
    expect((await settle(ann.client))[0]).toEqual([error('PEER_ID_TAKEN')])
    const dan = await connect()
    send(dan, 'join-group', { groupId: ann.groupId, username: 'dan', peerId: bob.peerId })
    const [toDan] = await settle(dan)
    expect(toDan!.map(({ type }) => type)).toEqual(['group-joined', 'error'])
    expect(toDan![1]).toEqual(error('PEER_ID_TAKEN'))
    const [toBob] = await settle(bob.client)
    expect(toBob).toEqual([frame('user-joined', { user: { id: userId, username: 'dan' } })])
    await closeAll(ann.client, bob.client, cas.client, dan)
  })

  it('PEER-2 a peer id whose holder is gone without a word goes to who asks for it', async () => {
    const [ann, bob, cas] = await three()
    // Reads nothing more, so that no ping is answered.
    bob.client.socket.pause()
    send(ann.client, 'update-peer-id', { peerId: bob.peerId })
    expect(await ann.client.next('existing-peers')).toBeDefined()
    expect(await cas.client.next('peer-joined')).toEqual(
      frame('peer-joined', { peerId: bob.peerId, username: ann.username }),
    )
    bob.client.socket.resume()
    expect(await bob.client.next('error')).toEqual(error('PEER_ID_TAKEN'))
    await closeAll(ann.client, bob.client, cas.client)
  })

  it('SIGNAL-7 10,000 candidates are refused by the limit, and nobody else is disturbed', async () => {
    const [ann, bob, cas] = await three()
    for (let candidate = 0; candidate < 10_000; candidate += 1) {
      send(bob.client, 'signal', { toPeerId: cas.peerId, data: { candidate } })
    }
    await expect
      .poll(() => bob.client.all.filter(({ type }) => type === 'error').length, { timeout: 20_000 })
      .toBeGreaterThan(5_000)
    send(cas.client, 'signal', { toPeerId: bob.peerId, data: 'fine' })
    expect(await bob.client.next('signal')).toEqual(frame('signal', { fromPeerId: cas.peerId, data: 'fine' }))
    const relayed = cas.client.all.filter(({ type }) => type === 'signal')
    expect(relayed.length).toBeLessThan(5_000)
    expect(bob.client.all.filter(({ type }) => type === 'error')[0]).toEqual(error('RATE_LIMITED'))
    expect(cas.client.all.filter(({ type }) => type === 'error')).toEqual([])
    await closeAll(ann.client, bob.client, cas.client)
  })
})

describe('signal: calls', () => {
  const ring = (from: Member, to: Member, more: object = {}): void =>
    send(from.client, 'call-request', {
      targetPeerId: to.peerId,
      fromPeerId: from.peerId,
      fromUsername: from.username,
      ...more,
    })
  const answer = (by: Member, to: Member, accepted: boolean): void =>
    send(by.client, 'call-response', { accepted, fromPeerId: by.peerId, toPeerId: to.peerId })

  it('CALL-1 rings at the target alone, under the name the server knows, and is answered once', async () => {
    for (const accepted of [true, false]) {
      const [ann, bob, cas] = await three()
      ring(bob, cas, { fromUsername: 'Somebody-else' })
      expect(await cas.client.next('incoming-call-request')).toEqual(
        frame('incoming-call-request', { fromPeerId: bob.peerId, fromUsername: bob.username, callId }),
      )
      answer(cas, bob, accepted)
      expect(await bob.client.next('call-response')).toEqual(
        frame('call-response', { accepted, fromPeerId: cas.peerId, toPeerId: bob.peerId, callId }),
      )
      answer(cas, bob, true)
      expect(await cas.client.next('error')).toEqual(error('PEER_NOT_FOUND'))
      expect(await settle(ann.client, bob.client)).toMatchObject([[], [{ type: 'call-response' }]])
      await closeAll(ann.client, bob.client, cas.client)
    }
  })

  it('CALL-1 the answer may name the two ids either way round', async () => {
    const [ann, bob, cas] = await three()
    ring(bob, cas)
    await cas.client.next('incoming-call-request')
    send(cas.client, 'call-response', { accepted: true, fromPeerId: bob.peerId, toPeerId: cas.peerId })
    expect(await payloadOf(bob.client, 'call-response')).toMatchObject({
      fromPeerId: cas.peerId,
      toPeerId: bob.peerId,
    })
    await closeAll(ann.client, bob.client, cas.client)
  })

  it('CALL-2 forged ids are refused, and nobody hears of them', async () => {
    const [ann, bob, cas] = await three()
    ring(bob, cas)
    await cas.client.next('incoming-call-request')
    // Under another's id; to nobody; for a call that is another's; for one that never rang.
    ring(bob, cas, { fromPeerId: cas.peerId })
    ring(bob, cas, { targetPeerId: 'nobody' })
    ring(bob, cas, { targetPeerId: bob.peerId })
    answer(bob, cas, true)
    send(bob.client, 'call-response', { accepted: true, fromPeerId: cas.peerId, toPeerId: 'nobody' })
    expect((await settle(bob.client))[0]).toEqual(Array.from({ length: 5 }, () => error('PEER_NOT_FOUND')))
    expect(await settle(ann.client, cas.client)).toMatchObject([[], [{ type: 'incoming-call-request' }]])
    await closeAll(ann.client, bob.client, cas.client)
  })

  it('CALL-2 a free id is claimed by who has none, in a group', async () => {
    const [ann, bob, cas] = await three()
    const mine = { ...ann, peerId: unique('peer') }
    ring(mine, bob)
    expect(await payloadOf(bob.client, 'incoming-call-request')).toMatchObject({
      fromPeerId: mine.peerId,
      fromUsername: ann.username,
    })
    answer(bob, mine, true)
    expect(await payloadOf(ann.client, 'call-response')).toMatchObject({ accepted: true })
    const lone = { ...ann, client: await connect(), peerId: unique('peer') }
    ring(lone, bob)
    expect(await lone.client.next('error')).toEqual(error('PEER_NOT_FOUND'))
    await closeAll(ann.client, bob.client, cas.client, lone.client)
  })

  it('CALL-1 a call reaches another group', async () => {
    const [ann, bob, cas] = await three()
    const [dan, eve] = [await create(await connect()), unique('peer')]
    send(dan.client, 'update-peer-id', { peerId: eve })
    await dan.client.next('existing-peers')
    ring({ ...dan, peerId: eve }, bob)
    expect(await payloadOf(bob.client, 'incoming-call-request')).toMatchObject({ fromPeerId: eve })
    await closeAll(ann.client, bob.client, cas.client, dan.client)
  })

  it('CALL-3 hanging up, giving up and going are told to the other side', async () => {
    const [ann, bob, cas] = await three()
    ring(bob, cas)
    await cas.client.next('incoming-call-request')
    send(bob.client, 'call-ended', { toPeerId: cas.peerId })
    expect(await cas.client.next('call-ended')).toEqual(
      frame('call-ended', { fromPeerId: bob.peerId, callId }),
    )
    answer(cas, bob, true)
    expect(await cas.client.next('error')).toEqual(error('PEER_NOT_FOUND'))
    ring(bob, cas)
    await cas.client.next('incoming-call-request')
    answer(cas, bob, true)
    await bob.client.next('call-response')
    send(bob.client, 'call-ended', { toPeerId: cas.peerId })
    expect(await cas.client.next('call-ended')).toEqual(
      frame('call-ended', { fromPeerId: bob.peerId, callId }),
    )
    ring(bob, cas)
    await cas.client.next('incoming-call-request')
    await bob.client.close()
    expect(await cas.client.next('call-ended')).toEqual(
      frame('call-ended', { fromPeerId: bob.peerId, callId }),
    )
    await closeAll(ann.client, cas.client)
  })

  it('SIGNAL-8 blobs are relayed as they came, stamped with the sender', async () => {
    const [ann, bob, cas] = await three()
    const data = { sdp: 'v=0\r\n', nested: [1, { fromPeerId: 'forged' }], '': null }
    send(bob.client, 'signal', { toPeerId: cas.peerId, fromPeerId: 'forged', data })
    expect(await cas.client.next('signal')).toEqual(frame('signal', { fromPeerId: bob.peerId, data }))
    send(bob.client, 'signal', { toPeerId: 'nobody', data })
    expect(await bob.client.next('error')).toEqual(error('PEER_NOT_FOUND'))
    send(ann.client, 'signal', { toPeerId: cas.peerId, data })
    expect(await ann.client.next('error')).toEqual(error('PEER_NOT_FOUND'))
    await closeAll(ann.client, bob.client, cas.client)
  })

  it('CALL-7 the 21st call request of a minute is refused', async () => {
    const [ann, bob, cas] = await three()
    for (let request = 0; request < 21; request += 1) ring(bob, cas)
    const [toBob] = await settle(bob.client)
    expect(toBob).toEqual([error('RATE_LIMITED')])
    await closeAll(ann.client, bob.client, cas.client)
  })
})

describe('signal: calls of accounts', () => {
  const device = async (user: TestUser): Promise<Member> => {
    const client = await server.open(`/signal?token=${user.token}`)
    const member = await create(client)
    const peerId = unique('device')
    send(client, 'update-peer-id', { peerId })
    await client.next('existing-peers')
    return { ...member, peerId }
  }
  const accept = (by: Member, caller: Member): void =>
    send(by.client, 'call-response', { accepted: true, fromPeerId: by.peerId, toPeerId: caller.peerId })

  it('CALL-4 rings every device; of two that accept at once one wins and the other stops ringing', async () => {
    const [ann, bob] = [await server.register(unique('ann')), await server.register(unique('bob'))]
    for (let round = 0; round < 10; round += 1) {
      const [caller, one, two] = [await device(ann), await device(bob), await device(bob)]
      send(caller.client, 'call-user', { userId: bob.id })
      const { callId: id } = await payloadOf(caller.client, 'call-ringing')
      for (const { client } of [one, two]) {
        expect(await payloadOf(client, 'incoming-call-request')).toEqual({
          fromPeerId: caller.peerId,
          fromUsername: caller.username,
          callId: id,
          accountId: ann.id,
        })
      }
      accept(one, caller)
      accept(two, caller)
      const { fromPeerId: winner } = await payloadOf(caller.client, 'call-response')
      const [toCaller, toOne, toTwo] = await settle(caller.client, one.client, two.client)
      expect(toCaller!.filter(({ type }) => type === 'call-response')).toHaveLength(1)
      const [won, lost] = winner === one.peerId ? [toOne!, toTwo!] : [toTwo!, toOne!]
      expect(won.filter(({ type }) => ['error', 'call-taken'].includes(type))).toEqual([])
      expect(lost).toContainEqual(frame('call-taken', { callId: id }))
      await closeAll(caller.client, one.client, two.client)
    }
  })

  it('CALL-4 guests cannot call a user, and strangers cannot be called', async () => {
    const user = await server.register(unique('ann'))
    const caller = await device(user)
    const [guest] = [await create(await connect())]
    send(guest.client, 'update-peer-id', { peerId: unique('peer') })
    await guest.client.next('existing-peers')
    send(guest.client, 'call-user', { userId: user.id })
    expect(await guest.client.next('error')).toEqual(error('FORBIDDEN'))
    for (const id of ['nobody', user.id, '01890000-0000-7000-8000-000000000000']) {
      send(caller.client, 'call-user', { userId: id })
      expect(await caller.client.next('error')).toEqual(error('USER_NOT_FOUND'))
    }
    await closeAll(caller.client, guest.client)
  })
})

describe('signal: the server goes', () => {
  it('SIGNAL-9 tells its clients, and closes with 1001', async () => {
    const own = await startTestServer()
    const client = await own.open('/signal')
    const stopped = own.stop()
    expect(await client.next('server-drain')).toEqual(
      frame('server-drain', { reconnectInMs: expect.any(Number) }),
    )
    expect((await client.closed).code).toBe(1001)
    await stopped
  })
})
