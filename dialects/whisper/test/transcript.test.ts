import { SocketClient } from '@parley/testkit/socket-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { whisperServerEvents } from '../wire.ts'
import { SocketWorld } from './socket-world.ts'

const ROOM = 'TEAROOM'
let world: SocketWorld

beforeEach(async () => {
  world = await SocketWorld.start(['ann', 'bob', 'cas'])
})
afterEach(() => world.stop())

const namesIn = (list: { username: string }[]): string[] => list.map(({ username }) => username).sort()

const withUsers =
  (...names: string[]) =>
  (list: { username: string }[]): boolean =>
    namesIn(list).join() === names.join()

describe('a client of document 004', () => {
  it('WHISPER-13 joins, talks, types and leaves, and everything it hears is what the schemas say', async () => {
    const ann = await world.connect('ann')
    ann.emit('join_room', ' tearoom ')
    expect(await ann.next('joined_room')).toBe(ROOM)
    expect(await ann.next('users_online')).toEqual([
      { socketId: ann.id, username: 'ANN', userId: 'ann', room: ROOM },
    ])
    const bob = await world.connect('bob')
    bob.emit('join_room', ROOM)
    expect(await bob.next('joined_room')).toBe(ROOM)
    await Promise.all([ann, bob].map((client) => client.next('users_online', withUsers('ANN', 'BOB'))))

    ann.emit('typing_start', { room: 'tearoom' })
    expect(await bob.next('user_typing')).toEqual({ username: 'ANN', userId: 'ann', room: ROOM })
    ann.emit('send_message', { content: 'tea < coffee?', room: ROOM, messageType: 'text' })
    const [mine, theirs] = await Promise.all([ann.next('new_message'), bob.next('new_message')])
    expect(mine).toEqual(theirs)
    expect(mine).toMatchObject({
      content: 'tea < coffee?',
      sender: { _id: 'ann', username: 'ANN' },
      room: ROOM,
    })
    expect(bob.of('user_stop_typing')).toEqual([{ username: 'ANN', userId: 'ann', room: ROOM }])
    expect([...ann.of('user_typing'), ...ann.of('user_stop_typing')]).toEqual([])

    bob.emit('leave_room', ROOM)
    expect(await bob.next('left_room')).toBe(ROOM)
    await ann.next('users_online', withUsers('ANN'))
    ann.emit('send_message', { content: '', room: ROOM })
    expect(await ann.next('error')).toEqual({ message: 'Invalid content', code: 'INVALID' })
    for (const { event, body } of [...ann.all, ...bob.all]) {
      whisperServerEvents[event as keyof typeof whisperServerEvents].parse(body)
    }
  })

  it('WHISPER-13 answers to acknowledgements carry what happened', async () => {
    const ann = await world.connect('ann')
    expect(await ann.ask('join_room', ROOM)).toEqual({ ok: true, room: ROOM })
    const sent = await ann.ask('send_message', { content: 'x', room: ROOM })
    expect(sent).toEqual({ ok: true, room: ROOM, _id: (await ann.next('new_message'))._id })
    expect(await ann.ask('join_room')).toEqual({
      ok: false,
      error: { code: 'MISSING_FIELDS', message: 'Room code is required' },
    })
  })

  it('WHISPER-10 is told in one of two sentences why it may not come in', async () => {
    await expect(SocketClient.connect(world.url, {})).rejects.toThrow(/^Authentication error$/)
    await expect(SocketClient.connect(world.url, { token: 'forged' })).rejects.toThrow(
      /^Authentication error$/,
    )
    await expect(SocketClient.connect(world.url, { token: 'removed' })).rejects.toThrow(/^User not found$/)
  })

  it('WHISPER-5 goes on talking after a break without joining again', async () => {
    const [ann, bob] = [await world.connect('ann'), await world.connect('bob')]
    const room = await world.core.rooms.create(
      { id: 'ann', username: 'ANN', avatar: null },
      { name: 'Den', pin: '1234' },
    )
    await world.core.rooms.admit({ id: 'bob', username: 'BOB', avatar: null }, room.code, '1234')
    await ann.ask('join_room', room.code)
    await bob.ask('join_room', room.code)
    await ann.next('users_online', withUsers('ANN', 'BOB'))
    bob.close()
    await ann.next('users_online', withUsers('ANN'))
    const again = await world.connect('bob')
    again.emit('send_message', { content: 'back again', room: room.code })
    expect(await ann.next('new_message')).toMatchObject({ content: 'back again' })
    await ann.next('users_online', withUsers('ANN', 'BOB'))
    expect(again.of('joined_room')).toEqual([])
    const cas = await world.connect('cas')
    expect(await cas.ask('send_message', { content: 'me too', room: room.code })).toMatchObject({
      error: { message: 'Room PIN required' },
    })
  })

  it('WHISPER-4 messages of one socket arrive in the order in which they were sent, to everybody', async () => {
    const [ann, bob] = [await world.connect('ann'), await world.connect('bob')]
    // Nothing is waited for: what comes before the seat is taken waits for it.
    ann.emit('join_room', ROOM)
    await bob.ask('join_room', ROOM)
    const words = Array.from({ length: 25 }, (_, index) => `word ${index}`)
    for (const content of words) ann.emit('send_message', { content, room: ROOM })
    for (const client of [ann, bob]) {
      await client.next('new_message', ({ content }) => content === words.at(-1))
      expect(client.of('new_message').map(({ content }) => content)).toEqual(words)
    }
  })

  it('WHISPER-8 nothing of the sockets stays when they are gone', async () => {
    const clients = await Promise.all(['ann', 'ann', 'bob', 'cas'].map((name) => world.connect(name)))
    for (const client of clients) {
      client.emit('join_room', ROOM)
      client.emit('join_room', 'ELSEWHERE')
    }
    // Some are gone before they are in.
    clients[0]!.close()
    await Promise.all(clients.slice(1).map((client) => client.ask('leave_room', ROOM)))
    for (const client of clients) client.close()
    await world.server.closeAll()
    expect(world.core.hub.topics).toBe(1)
    expect(await world.core.rooms.present(ROOM)).toEqual([])
    expect(await world.core.rooms.present('ELSEWHERE')).toEqual([])
    const holders = await world.leases.holders('seat', 'ELSEWHERE')
    expect(holders.every(({ holder }) => holder.startsWith('grace:'))).toBe(true)
  })
})
