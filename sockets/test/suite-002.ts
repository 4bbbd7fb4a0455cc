import { afterEach, describe, expect, test } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { ServerUnderTest, StartServer } from './harness.ts'
import { HubClient } from './hub-client.ts'
import type { Scenario } from './scenarios.ts'

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const alice = { userId: 'alice', email: 'alice@example.org', name: 'ALICE' }
const bob = { userId: 'bob', email: 'bob@example.org', name: 'BOB' }

/**
 * Document 002 as a client sees it, against any runtime. `overloaded`: how many of six messages are refused
 * where four may wait: 2, or 0 where the connection itself lets the peer wait.
 */
export function suite002(runtime: string, start: StartServer, overloaded: number): void {
  let server: ServerUnderTest
  const clients: HubClient[] = []

  const run = async (scenario: Scenario) => {
    server = await start(scenario)
  }
  const open = (user: string, role = 'member'): HubClient => {
    const client = new HubClient(`ws://127.0.0.1:${server.port}/?user=${user}&role=${role}`)
    clients.push(client)
    return client
  }
  /** Connects, and reads away what everybody gets for it. */
  const join = async (user: string, role?: string): Promise<HubClient> => {
    const client = open(user, role)
    await client.nextOf('connected_users')
    for (const other of clients) await other.settle()
    return client
  }
  const control = async (action: string, argument = ''): Promise<unknown> => {
    const query = new URLSearchParams({ action, argument })
    return (await fetch(`http://127.0.0.1:${server.port}/control?${query}`)).json()
  }

  describe(runtime, () => {
    afterEach(async () => {
      for (const client of clients.splice(0)) client.socket.terminate()
      await server.stop()
    })

    test('HUB-1 a connection is welcomed, then told who is there', async () => {
      await run('plain')
      const client = open('alice')
      expect(await client.next()).toEqual({ type: 'welcome', message: 'Welcome ALICE', userId: 'alice' })
      const list = await client.next()
      expect(list).toEqual({
        type: 'connected_users',
        users: [{ ...alice, connectedAt: expect.stringMatching(ISO) }],
      })
      await client.nothing()
    })

    test('HUB-2 others hear of the first connection of a user and of the end of the last', async () => {
      await run('plain')
      const first = await join('alice')
      const one = open('bob')
      expect(await first.next()).toEqual({
        type: 'user_joined',
        user: { ...bob, connectedAt: expect.stringMatching(ISO) },
      })
      await one.nextOf('connected_users')
      const two = open('bob')
      await two.nextOf('connected_users')
      one.socket.close()
      await one.end()
      await first.nothing()
      await one.settle()
      two.socket.close()
      expect(await first.next()).toEqual({ type: 'user_left', userId: 'bob', email: bob.email })
      await first.nothing()
    })

    test('HUB-3 one connection too many is closed with 4008 and never counted', async () => {
      await run('limit')
      const one = await join('alice')
      await join('alice')
      const watcher = await join('bob')
      const third = open('alice')
      expect(await third.end()).toEqual({ code: 4008, reason: 'Connection limit exceeded' })
      expect(third.inbox).toEqual([])
      expect(await control('isConnected', 'alice')).toEqual([true, 2])
      await watcher.nothing()
      await one.nothing()
      one.socket.close()
      await eventually('one is free', () => one.closed !== undefined)
      await pause(30)
      expect((await open('alice').next()).type).toBe('welcome')
    })

    test('HUB-4 a chat message goes to every connection, trimmed and with a time', async () => {
      await run('plain')
      const all = [await join('alice'), await join('alice'), await join('bob')]
      all[0]!.say({ type: 'chat_message', message: '  hello \n', extra: 1, user: { userId: 'eve' } })
      for (const client of all) {
        expect(await client.next()).toEqual({
          type: 'chat_message',
          user: alice,
          message: 'hello',
          timestamp: expect.stringMatching(ISO),
        })
      }
    })

    test('HUB-5 echoToSender: false leaves out the sending connection only', async () => {
      await run('noEcho')
      const [one, two, three] = [await join('alice'), await join('alice'), await join('bob')]
      one.say('hello')
      expect((await two.next()).type).toBe('chat_message')
      expect((await three.next()).type).toBe('chat_message')
      await one.nothing()
    })

    test('HUB-6 text that is not a JSON object is a chat message', async () => {
      await run('plain')
      const client = await join('alice')
      for (const text of [
        'hello',
        '123',
        '"hi"',
        'null',
        '[1,2]',
        '{"type":',
        '['.repeat(40),
        '{'.repeat(40),
      ]) {
        client.say(text)
        expect(await client.next()).toMatchObject({ type: 'chat_message', message: text })
      }
    })

    test('HUB-7 a chat message has 1 to 5,000 characters, no NUL and no lone surrogate', async () => {
      await run('plain')
      const client = await join('alice')
      client.say({ type: 'chat_message', message: ` ${'x'.repeat(5_000)} ` })
      expect((await client.next())['message']).toHaveLength(5_000)
      for (const message of ['', '  ', 'x'.repeat(5_001), 7, null, undefined, 'a\0b', '\ud800', 'a\udc00']) {
        client.say({ type: 'chat_message', message })
        expect(await client.next()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' })
      }
      client.say('   ')
      expect(await client.next()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' })
    })

    test('HUB-8 typing goes to other users, changes only, and ends on stop, sending and leaving', async () => {
      await run('plain')
      const [typist, twin, other] = [await join('alice'), await join('alice'), await join('bob')]
      const typing = (isTyping: boolean) => ({ type: 'typing_indicator', isTyping })
      const change = (isTyping: boolean) => ({
        ...typing(isTyping),
        user: alice,
        timestamp: expect.stringMatching(ISO),
      })
      typist.say(typing(true))
      typist.say(typing(true))
      typist.say(typing(false))
      typist.say(typing(false))
      expect([await other.next(), await other.next()]).toEqual([change(true), change(false)])
      typist.say(typing(true))
      typist.say('sent')
      expect([await other.next(), await other.next()]).toEqual([change(true), change(false)])
      expect((await other.next()).type).toBe('chat_message')
      expect((await twin.next()).type).toBe('chat_message')
      typist.say(typing(true))
      expect(await other.next()).toEqual(change(true))
      typist.socket.terminate()
      expect(await other.next()).toEqual(change(false))
      await other.nothing()
      await twin.nothing()
      other.say({ type: 'typing_indicator', isTyping: 'yes' })
      expect(await other.next()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' })
    })

    test('HUB-9 typing ends by itself', async () => {
      await run('small')
      const [typist, other] = [await join('alice'), await join('bob')]
      typist.say({ type: 'typing_indicator', isTyping: true })
      expect(await other.next()).toMatchObject({ isTyping: true })
      expect(await other.next()).toMatchObject({ isTyping: false })
    })

    test('HUB-10 ping is answered on that connection', async () => {
      await run('plain')
      const [one, two] = [await join('alice'), await join('bob')]
      one.say({ type: 'ping' })
      expect(await one.next()).toEqual({ type: 'pong', timestamp: expect.stringMatching(ISO) })
      await two.nothing()
    })

    test('HUB-11 what cannot be taken is answered with a code, and the connection stays', async () => {
      await run('plain')
      const client = await join('alice')
      const deep = `{"type":"ping","a":${'['.repeat(32)}${']'.repeat(32)}}`
      const cases: [unknown, string][] = [
        [{ type: 'nonsense' }, 'UNKNOWN_TYPE'],
        [{ type: '__proto__' }, 'UNKNOWN_TYPE'],
        [{ type: 'constructor' }, 'UNKNOWN_TYPE'],
        [{}, 'INVALID_MESSAGE'],
        [{ type: 7 }, 'INVALID_MESSAGE'],
        [deep, 'INVALID_MESSAGE'],
      ]
      for (const [message, code] of cases) {
        client.say(message)
        expect(await client.next()).toEqual({ type: 'error', code, message: expect.stringMatching(/\w{4}/) })
      }
      await client.nothing()
    })

    test('HUB-12 a binary frame of UTF-8 is text; other bytes close with 1007', async () => {
      await run('plain')
      const client = await join('alice')
      client.socket.send(Buffer.from('grüße'))
      expect(await client.next()).toMatchObject({ type: 'chat_message', message: 'grüße' })
      client.socket.send(Buffer.from([0xff, 0xfe]))
      expect((await client.end()).code).toBe(1007)
    })

    test('HUB-13 the rate limit is per user, spares others, and never stops a typing stop', async () => {
      await run('rate')
      const [one, two, other] = [await join('alice'), await join('alice'), await join('bob')]
      one.say({ type: 'typing_indicator', isTyping: true })
      one.say({ type: 'ping' })
      two.say({ type: 'ping' })
      await one.nextOf('pong')
      await two.nextOf('pong')
      two.say({ type: 'ping' })
      expect(await two.next()).toMatchObject({ type: 'error', code: 'RATE_LIMITED' })
      one.say({ type: 'typing_indicator', isTyping: false })
      expect(await other.next()).toMatchObject({ isTyping: true })
      expect(await other.next()).toMatchObject({ isTyping: false })
      await other.nothing()
    })

    test('HUB-14 authorize refuses by type and role, keeps the order, and refuses when it throws', async () => {
      await run('roles')
      const [admin, member] = [await join('alice', 'admin'), await join('bob')]
      member.say('not allowed')
      member.say({ type: 'ping' })
      expect(await member.next()).toMatchObject({ type: 'error', code: 'FORBIDDEN' })
      expect((await member.next()).type).toBe('pong')
      member.say({ type: 'slow' })
      expect(await member.next()).toMatchObject({ type: 'error', code: 'INTERNAL' })
      admin.say('allowed')
      expect(await member.next()).toMatchObject({ type: 'chat_message', message: 'allowed' })
    })

    test('HUB-15 a session that no longer stands is closed with 4002; a failing check keeps it', async () => {
      await run('sessions')
      const [one, two] = [await join('alice'), await join('bob')]
      await control('revoke', 'broken bob')
      await control('revoke', 'alice')
      expect(await one.end()).toEqual({ code: 4002, reason: 'Invalid token' })
      expect(await two.next()).toMatchObject({ type: 'user_left', userId: 'alice' })
      await pause(100)
      await two.nothing()
    })

    test('HUB-16 onLimit sees the error and may choose the close code', async () => {
      await run('onLimit')
      await join('alice')
      expect(await open('alice').end()).toEqual({ code: 4100, reason: 'CONNECTION_LIMIT alice 1' })
    })

    test('HUB-17 the manager counts, finds and reaches users', async () => {
      await run('plain')
      const [one, two, other] = [await join('alice'), await join('alice'), await join('bob')]
      expect(await control('stats')).toEqual({
        totalUsers: 2,
        totalConnections: 3,
        connectionsPerUser: { alice: 2, bob: 1 },
      })
      expect(await control('users')).toEqual(['alice', 'bob'])
      expect(await control('isConnected', 'eve')).toEqual([false, 0])
      expect(await control('sendToUser', 'alice')).toBe(2)
      expect(await control('sendToUser', 'eve')).toBe(0)
      await control('broadcast', '{"type":"announcement","message":"Server maintenance in 5 minutes"}')
      for (const client of [one, two]) expect((await client.next()).type).toBe('direct')
      for (const client of [one, two, other]) expect((await client.next()).type).toBe('announcement')
    })

    test('HUB-18 a handler that throws or rejects is answered with INTERNAL and harms nobody', async () => {
      await run('custom')
      const [one, two] = [await join('alice'), await join('bob')]
      for (const how of ['throw', 'reject']) {
        one.say({ type: 'fail', how })
        const answer = await one.next()
        expect(answer).toMatchObject({ type: 'error', code: 'INTERNAL' })
        expect(JSON.stringify(answer)).not.toContain('secret')
      }
      one.say('still here')
      expect(await two.next()).toMatchObject({ message: 'still here' })
    })

    test('HUB-19 handlers see who is connected, and cannot change it', async () => {
      await run('custom')
      const one = await join('alice')
      await join('bob')
      one.say({ type: 'greedy' })
      expect(await one.next()).toEqual({
        type: 'greedy',
        attempts: ['undefined', 'undefined', 'undefined'],
        ids: ['alice', 'bob'],
        sockets: 2,
      })
    })

    test('HUB-20 a typed handler gets what its schema made of the message', async () => {
      await run('custom')
      const client = await join('alice')
      client.say({ type: 'count', count: 1 })
      expect(await client.next()).toEqual({ type: 'counted', next: 2 })
      client.say({ type: 'count', count: '1' })
      expect(await client.next()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' })
    })

    test('HUB-21 types can be listed and removed while the server runs', async () => {
      await run('custom')
      const client = await join('alice')
      const types = ['chat_message', 'typing_indicator', 'ping', 'fail', 'greedy', 'slow', 'count']
      expect(await control('types')).toEqual(types)
      expect(await control('unregister', 'count')).toBe(true)
      expect(await control('unregister', 'count')).toBe(false)
      client.say({ type: 'count', count: 1 })
      expect(await client.next()).toMatchObject({ code: 'UNKNOWN_TYPE' })
    })

    test('HUB-22 messages of one connection take effect in order while a handler waits; others go on', async () => {
      await run('custom')
      const [one, two] = [await join('alice'), await join('bob')]
      one.say({ type: 'slow', step: 1, wait: 60 })
      one.say({ type: 'slow', step: 2, wait: 0 })
      one.say('three')
      await two.nothing()
      expect([await one.next(), await one.next(), await one.next()]).toMatchObject([
        { step: 1 },
        { step: 2 },
        { message: 'three' },
      ])
    })

    test('HUB-23 more than maxPending waiting messages are answered with OVERLOADED', async () => {
      await run('small')
      const client = await join('alice')
      for (let step = 0; step < 6; step++) client.say({ type: 'slow', step, wait: 40 })
      const answers = []
      for (let index = 0; index < 6; index++) answers.push((await client.next())['code'] ?? 'handled')
      const refused = answers.filter((code) => code === 'OVERLOADED')
      expect(refused).toHaveLength(overloaded)
      expect(answers.filter((code) => code === 'handled')).toHaveLength(6 - overloaded)
    })

    test('HUB-24 the list is cut at listMax, and showEmail: false empties every address', async () => {
      await run('small')
      const first = await join('alice')
      const second = open('bob')
      expect(await first.nextOf('user_joined')).toMatchObject({ user: { userId: 'bob', email: '' } })
      await second.nextOf('connected_users')
      const third = open('carol')
      const { users } = await third.nextOf('connected_users')
      expect(users).toMatchObject([
        { userId: 'alice', email: '' },
        { userId: 'bob', email: '' },
      ])
      await first.settle()
      second.say('hello')
      expect(await first.next()).toMatchObject({ user: { userId: 'bob', email: '' } })
      second.socket.close()
      expect(await first.next()).toEqual({ type: 'user_left', userId: 'bob', email: '' })
    })
  })
}
