import { newId } from '@parley/model'
import { turn } from '@parley/testkit'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { MAX_ROOMS } from '../attendance.ts'
import type { FakeSocket } from './fake-sockets.ts'
import { GRACE, WhisperWorld } from './whisper-world.ts'

const ROOM = 'LOBBY'
let world: WhisperWorld

beforeEach(async () => {
  world = await WhisperWorld.create()
})

const usersIn = (socket: FakeSocket): string[][] =>
  socket.of('users_online').map((list) => (list as { userId: string }[]).map(({ userId }) => userId))

const makeDen = async (maker: FakeSocket, pin = '1234'): Promise<string> =>
  (await world.core.rooms.create(maker.user, { name: 'Den', pin })).code

describe('joining', () => {
  it('WHISPER-1 joined_room to the socket, users_online to the room', async () => {
    const bob = await world.connectTo(ROOM, 'bob')
    const ann = world.connect('ann')
    expect(await ann.send('join_room', ' lobby ')).toEqual({ ok: true, room: ROOM })
    await world.settle()
    expect(ann.heard).toEqual([
      { event: 'joined_room', argument: ROOM },
      {
        event: 'users_online',
        argument: [
          { socketId: bob.id, username: 'BOB', userId: 'bob', room: ROOM },
          { socketId: ann.id, username: 'ANN', userId: 'ann', room: ROOM },
        ],
      },
    ])
    expect(bob.names()).toEqual(['users_online'])
  })

  it('WHISPER-1 joining again is answered again, and takes no second seat', async () => {
    const ann = await world.connectTo(ROOM, 'ann')
    const before = await world.leases.holders('seat', ROOM)
    await ann.send('join_room', ROOM)
    await world.settle()
    expect(ann.names()).toEqual(['joined_room', 'users_online'])
    expect(await world.leases.holders('seat', ROOM)).toEqual(before)
    await ann.send('leave_room', ROOM)
    await world.settle()
    expect([world.core.hub.topics, await world.leases.count('seat')]).toEqual([1, 0])
  })

  it('WHISPER-2 a room with a PIN is for who gave it, and its list shows nobody else', async () => {
    const ann = world.connect('ann')
    const den = await makeDen(ann)
    await ann.send('join_room', den)
    const bob = world.connect('bob')
    expect(await bob.send('join_room', den)).toEqual({
      ok: false,
      code: 'PIN_REQUIRED',
      message: 'Room PIN required',
    })
    expect(bob.heard).toEqual([
      { event: 'error', argument: { message: 'Room PIN required', code: 'PIN_REQUIRED' } },
    ])
    await bob.send('typing_start', { room: den })
    await bob.send('send_message', { content: 'let me in', room: den })
    await world.settle()
    expect(bob.names()).toEqual(['error', 'error', 'error'])
    expect(usersIn(ann)).toEqual([['ann']])
    await world.core.rooms.admit(bob.user, den, '1234')
    await bob.send('join_room', den)
    await world.settle()
    expect(usersIn(bob)).toEqual([['ann', 'bob']])
    expect(ann.names()).not.toContain('new_message')
  })

  it('WHISPER-2 a code that had a PIN is no room any more', async () => {
    const ann = world.connect('ann')
    const den = await makeDen(ann)
    await ann.send('join_room', den)
    await ann.send('leave_room', den)
    await world.settle()
    expect(await ann.send('join_room', den)).toMatchObject({ message: 'Room not found' })
    expect(await ann.send('send_message', { content: 'x', room: den })).toMatchObject({
      message: 'Room not found',
    })
  })

  it('WHISPER-11 one socket sits in a bounded number of rooms', async () => {
    const ann = world.connect('ann')
    for (let index = 0; index < MAX_ROOMS; index += 1) await ann.send('join_room', `room-${index}`)
    expect(await ann.send('join_room', 'one-more')).toMatchObject({ ok: false, code: 'LIMIT_REACHED' })
    expect(await ann.send('join_room', 'room-0')).toMatchObject({ ok: true })
    await ann.send('leave_room', 'room-0')
    expect(await ann.send('join_room', 'one-more')).toMatchObject({ ok: true })
  })
})

describe('leaving', () => {
  it('WHISPER-2 left_room to the socket, users_online to the room, and nothing more from it', async () => {
    const bob = await world.connectTo(ROOM, 'bob')
    const ann = await world.connectTo(ROOM, 'ann')
    expect(await ann.send('leave_room', 'lobby')).toEqual({ ok: true, room: ROOM })
    await bob.send('send_message', { content: 'she is gone', room: ROOM })
    await world.settle()
    expect(ann.heard).toEqual([{ event: 'left_room', argument: ROOM }])
    expect(usersIn(bob)).toEqual([['bob']])
  })

  it('WHISPER-2 the user stays while another socket of theirs is in', async () => {
    const first = await world.connectTo(ROOM, 'ann')
    const second = await world.connectTo(ROOM, 'ann')
    await first.send('leave_room', ROOM)
    await world.settle()
    expect(second.of('users_online').at(-1)).toEqual([
      { socketId: second.id, username: 'ANN', userId: 'ann', room: ROOM },
    ])
  })

  it('WHISPER-2 leaving a room one is not in is so, and gives up the grace', async () => {
    const ann = await world.connectTo(ROOM, 'ann')
    await ann.drop()
    const again = world.connect('ann')
    const bob = world.connect('bob')
    expect(await bob.send('leave_room', ROOM)).toEqual({ ok: true, room: ROOM })
    await world.settle()
    expect(await world.exists(ROOM)).toBe(true)
    await again.send('leave_room', ROOM)
    await world.settle()
    expect(again.names()).toEqual(['left_room'])
    expect(await world.exists(ROOM)).toBe(false)
  })

  it('WHISPER-8 leaving over REST makes every socket of the user leave, before what is said next', async () => {
    const bob = await world.connectTo(ROOM, 'bob')
    const tabs = [await world.connectTo(ROOM, 'ann'), await world.connectTo(ROOM, 'ann')]
    await world.core.rooms.leaveAll(tabs[0]!.user, ROOM)
    await bob.send('send_message', { content: 'she is gone', room: ROOM })
    await world.settle()
    for (const tab of tabs) expect(tab.heard).toEqual([{ event: 'left_room', argument: ROOM }])
    expect(usersIn(bob).at(-1)).toEqual(['bob'])
    expect(await world.leases.holders('seat', ROOM)).toHaveLength(1)
    await bob.drop()
    expect(world.core.hub.topics).toBe(1)
  })
})

describe('saying', () => {
  it('WHISPER-4 new_message to everybody in the room, the sender too, encoded once', async () => {
    const sockets = [await world.connectTo(ROOM, 'ann'), await world.connectTo(ROOM, 'bob')]
    const stranger = await world.connectTo('ELSEWHERE', 'eve')
    await world.clock.advance(1_000)
    const emits = world.sockets.emits
    const answer = await sockets[0]!.send('send_message', {
      content: ' a < b ',
      room: 'lobby',
      messageType: 'system',
      _id: 'mine',
      sender: { _id: 'bob' },
    })
    await world.settle()
    expect(answer).toMatchObject({ ok: true, room: ROOM, _id: expect.any(String) })
    for (const socket of sockets) {
      expect(socket.of('new_message')).toEqual([
        {
          _id: (answer as { _id: string })._id,
          content: 'a < b',
          sender: { _id: 'ann', username: 'ANN', isOnline: true },
          room: ROOM,
          messageType: 'text',
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
          isEdited: false,
        },
      ])
    }
    expect(stranger.heard).toEqual([])
    expect(world.sockets.emits).toBe(emits + 1)
  })

  it('WHISPER-4 content that cleaning empties is sent empty', async () => {
    const ann = await world.connectTo(ROOM, 'ann')
    await ann.send('send_message', { content: '<script>alert(1)</script>', room: ROOM })
    await turn()
    expect(ann.of('new_message')).toMatchObject([{ content: '' }])
  })

  it('WHISPER-3 the limit comes first, and refused content counts', async () => {
    const ann = await world.connectTo(ROOM, 'ann')
    for (let index = 0; index < 30; index += 1) await ann.send('send_message', null)
    expect(ann.of('error')).toEqual(
      Array.from({ length: 30 }, () => ({ message: 'Invalid content', code: 'INVALID' })),
    )
    const answer = { code: 'RATE_LIMITED', message: 'Too many messages. Slow down.' }
    expect(await ann.send('send_message', null)).toEqual({ ok: false, ...answer })
    const other = await world.connectTo(ROOM, 'ann')
    await other.send('send_message', { content: 'x', room: ROOM })
    expect(other.of('error')).toEqual([answer])
    await world.clock.advance(60_000)
    expect(await ann.send('send_message', { content: 'x', room: ROOM })).toMatchObject({ ok: true })
  })

  it('WHISPER-3 admission comes after the content, and the store last', async () => {
    const ann = world.connect('ann')
    const den = await makeDen(world.connect('bob'))
    expect(await ann.send('send_message', { content: '', room: den })).toMatchObject({
      message: 'Invalid content',
    })
    expect(await ann.send('send_message', { content: 'x', room: den })).toMatchObject({
      message: 'Room PIN required',
    })
    world.store.setAway(true)
    expect(await ann.send('send_message', { content: 'x', room: ROOM })).toEqual({
      ok: false,
      code: 'UNAVAILABLE',
      message: 'Failed to send message',
    })
    expect(await ann.send('join_room', ROOM)).toMatchObject({ message: 'Server error' })
    world.store.setAway(false)
    expect(await ann.send('send_message', { content: 'x', room: ROOM })).toMatchObject({ ok: true })
  })

  it('WHISPER-5 saying something in a room enters it, without joined_room', async () => {
    const bob = await world.connectTo(ROOM, 'bob')
    const ann = world.connect('ann')
    await ann.send('send_message', { content: 'hello', room: ROOM })
    await world.settle()
    expect(ann.names().sort()).toEqual(['new_message', 'users_online'])
    expect(usersIn(bob)).toEqual([['bob', 'ann']])
    expect(bob.of('new_message')).toMatchObject([{ content: 'hello' }])
  })
})

describe('typing', () => {
  it('WHISPER-6 the others in the room hear changes', async () => {
    const ann = await world.connectTo(ROOM, 'ann')
    const bob = await world.connectTo(ROOM, 'bob')
    expect(await ann.send('typing_start', { room: 'lobby' })).toEqual({ ok: true, room: ROOM })
    await ann.send('typing_start', { room: ROOM })
    await turn()
    expect(bob.heard).toEqual([
      { event: 'user_typing', argument: { username: 'ANN', userId: 'ann', room: ROOM } },
    ])
    expect(await ann.send('typing_stop', { room: ROOM })).toEqual({ ok: true, room: ROOM })
    await turn()
    expect(bob.heard.at(-1)).toEqual({
      event: 'user_stop_typing',
      argument: { username: 'ANN', userId: 'ann', room: ROOM },
    })
    expect(ann.heard).toEqual([])
  })

  it('WHISPER-6 ends before the message, on leaving and on disconnect', async () => {
    const bob = await world.connectTo(ROOM, 'bob')
    const ann = await world.connectTo(ROOM, 'ann')
    await ann.send('typing_start', { room: ROOM })
    await ann.send('send_message', { content: 'x', room: ROOM })
    await ann.send('typing_start', { room: ROOM })
    await ann.send('leave_room', ROOM)
    await turn()
    expect(bob.names().filter((name) => name !== 'users_online')).toEqual([
      'user_typing',
      'user_stop_typing',
      'new_message',
      'user_typing',
      'user_stop_typing',
    ])
    await ann.send('typing_start', { room: ROOM })
    await ann.drop()
    await world.settle()
    expect(
      bob
        .names()
        .filter((name) => name !== 'users_online')
        .slice(5),
    ).toEqual(['user_typing', 'user_stop_typing'])
  })

  it('WHISPER-5 starting to type enters, stopping does not', async () => {
    const ann = world.connect('ann')
    await ann.send('typing_stop', { room: ROOM })
    expect(await world.exists(ROOM)).toBe(false)
    await ann.send('typing_start', { room: ROOM })
    await world.settle()
    expect(ann.names()).toEqual(['users_online'])
    expect(ann.isIn(`room:${ROOM}`)).toBe(true)
  })

  it('WHISPER-6 a stop is never limited', async () => {
    const bob = await world.connectTo(ROOM, 'bob')
    const ann = await world.connectTo(ROOM, 'ann')
    for (let index = 0; index < 20; index += 1) {
      await ann.send('typing_start', { room: ROOM })
      expect(await ann.send('typing_stop', { room: ROOM })).toMatchObject({ ok: true })
    }
    await turn()
    expect(bob.of('user_typing')).toHaveLength(5)
    expect(bob.of('user_stop_typing')).toHaveLength(5)
  })
})

describe('lists', () => {
  it('WHISPER-7 a storm of joins is told in few lists, the last of them complete', async () => {
    const sockets = Array.from({ length: 100 }, (_, index) => world.connect(`user-${index}`))
    await Promise.all(sockets.map((socket) => socket.send('join_room', ROOM)))
    await world.settle()
    for (const socket of sockets) {
      const lists = usersIn(socket)
      expect(lists.length).toBeLessThanOrEqual(4)
      expect(lists.at(-1)).toHaveLength(100)
    }
  })

  it('WHISPER-7 changes that follow each other closely are told in one list', async () => {
    const ann = await world.connectTo(ROOM, 'ann')
    for (let index = 0; index < 20; index += 1) {
      await world.connect(`user-${index}`).send('join_room', ROOM)
      await world.clock.advance(1)
    }
    await world.settle()
    expect(usersIn(ann).map((list) => list.length)).toEqual([2, 21])
  })

  it('WHISPER-7 an old list never follows a newer one', async () => {
    const ann = await world.connectTo(ROOM, 'ann')
    // The first look takes long, and shows what was.
    const present = world.core.rooms.present.bind(world.core.rooms)
    let go = (): void => {}
    const slow = new Promise<void>((resolve) => {
      go = resolve
    })
    vi.spyOn(world.core.rooms, 'present').mockImplementationOnce(async (code) => {
      const seen = await present(code)
      await slow
      return seen
    })
    const bob = world.connect('bob')
    await bob.send('join_room', ROOM)
    await turn()
    await bob.send('leave_room', ROOM)
    await world.settle()
    expect(usersIn(ann)).toEqual([])
    go()
    await world.settle()
    expect(usersIn(ann)).toEqual([['ann', 'bob'], ['ann']])
  })

  it('WHISPER-7 a list that cannot be made harms nothing, and the next one is told', async () => {
    const ann = await world.connectTo(ROOM, 'ann')
    vi.spyOn(world.core.rooms, 'present').mockRejectedValueOnce(new Error('leases are away'))
    const bob = await world.connectTo(ROOM, 'bob')
    expect(usersIn(ann)).toEqual([])
    await bob.send('leave_room', ROOM)
    await world.settle()
    expect(usersIn(ann)).toEqual([['ann']])
  })
})

describe('connections that end', () => {
  it('WHISPER-8 a broken one leaves the list at once and the room after the grace', async () => {
    const bob = await world.connectTo(ROOM, 'bob')
    const ann = await world.connectTo(ROOM, 'ann')
    await ann.drop()
    await world.settle()
    expect(usersIn(bob)).toEqual([['bob']])
    await bob.drop()
    await world.clock.advance(GRACE - 5_000)
    expect(await world.exists(ROOM)).toBe(true)
    const again = world.connect('bob')
    await again.send('join_room', ROOM)
    await again.drop()
    await world.clock.advance(GRACE - 1_000)
    expect(await world.exists(ROOM)).toBe(true)
    await world.clock.advance(3_000)
    await world.settle()
    expect(await world.exists(ROOM)).toBe(false)
    expect([world.core.hub.topics, await world.leases.count('seat')]).toEqual([1, 0])
  })

  it.each(['at once', 'after what came'] as const)(
    'WHISPER-8 one that breaks while it enters leaves no ghost (%s)',
    async (order) => {
      for (let wait = 0; wait < 6; wait += 1) {
        const ann = world.connect('ann')
        const joining = ann.send('join_room', ROOM)
        for (let index = 0; index < wait; index += 1) await new Promise((resolve) => setImmediate(resolve))
        await ann.drop(order)
        await joining
        await world.settle()
        expect(await world.core.rooms.present(ROOM)).toEqual([])
        expect(world.core.hub.topics).toBe(1)
        await world.clock.advance(GRACE + 2_000)
        await world.settle()
        expect([await world.exists(ROOM), await world.leases.count('seat')]).toEqual([false, 0])
      }
    },
  )

  it('WHISPER-8 what was sent before the end is said, nothing after it', async () => {
    const bob = await world.connectTo(ROOM, 'bob')
    const ann = world.connect('ann')
    const saying = ann.send('send_message', { content: 'my last words', room: ROOM })
    await ann.drop()
    await saying
    const late = ann.send('send_message', { content: 'too late', room: ROOM })
    await late
    await world.settle()
    expect(bob.of('new_message')).toMatchObject([{ content: 'my last words' }])
    expect(await world.core.rooms.present(ROOM)).toHaveLength(1)
  })

  it('WHISPER-8 a seat that was lost though its socket lives is taken again', async () => {
    const ann = await world.connectTo(ROOM, 'ann')
    const bob = await world.connectTo(ROOM, 'bob')
    vi.spyOn(world.leases, 'renew').mockResolvedValue([])
    await world.clock.advance(32_000)
    vi.restoreAllMocks()
    await world.settle()
    const list = await world.core.rooms.present(ROOM)
    expect(list.map(({ userId }) => userId).sort()).toEqual(['ann', 'bob'])
    await ann.send('send_message', { content: 'still here', room: ROOM })
    await turn()
    expect(bob.of('new_message')).toHaveLength(1)
    await ann.send('leave_room', ROOM)
    await bob.send('leave_room', ROOM)
    await world.settle()
    expect([await world.exists(ROOM), await world.leases.count('seat')]).toEqual([false, 0])
  })

  it('WHISPER-10 takes every handshake, and knows two refusals', () => {
    expect(world.dialect.claims({ token: 'x' })).toBe(true)
    expect(world.dialect.refuse('user-not-found')).toEqual({ message: 'User not found' })
    expect(world.dialect.refuse('invalid')).toEqual({ message: 'Authentication error' })
  })
})

describe('what is said', () => {
  it('WHISPER-12 reaches no store, log, metric or error, whatever happens to it', async () => {
    const kept: string[] = []
    const commit = world.store.commit.bind(world.store)
    vi.spyOn(world.store, 'commit').mockImplementation(async (ops) => {
      kept.push(JSON.stringify(ops))
      return commit(ops)
    })
    const canary = `canary-${newId()}`
    const ann = await world.connectTo(ROOM, 'ann')
    const bob = await world.connectTo(ROOM, 'bob')
    const den = await makeDen(bob)
    const said = [
      { content: canary, room: ROOM },
      { content: canary, room: den },
      { content: [canary], room: ROOM },
      { content: { text: canary }, room: ROOM },
      { content: `${canary}\u0000`, room: ROOM },
      { content: canary.padEnd(6_000, 'x'), room: ROOM },
      { content: canary },
      { content: canary, room: { [canary]: canary } },
      canary,
      [canary],
    ]
    for (const payload of said) await ann.send('send_message', payload)
    await world.settle()
    world.store.setAway(true)
    await ann.send('send_message', { content: canary, room: 'UNKNOWN' })
    world.store.setAway(false)
    vi.spyOn(world.core.rooms, 'say').mockImplementationOnce(() => {
      throw new Error('a defect')
    })
    await ann.send('send_message', { content: canary, room: ROOM })
    vi.spyOn(world.sockets, 'emit').mockImplementationOnce(() => {
      throw new Error('a socket that fails')
    })
    await ann.send('send_message', { content: canary, room: ROOM })
    for (let index = 0; index < 30; index += 1) await ann.send('send_message', said[0])
    await world.settle()
    expect(bob.of('new_message').length).toBeGreaterThan(5)
    expect(JSON.stringify(ann.of('error'))).not.toContain(canary)
    expect(world.told.filter((line) => line.startsWith('error')).length).toBeGreaterThan(1)
    expect(world.told.join('\n')).not.toContain(canary)
    expect(kept.length).toBeGreaterThan(1)
    expect(kept.join('\n')).not.toContain(canary)
  })
})
