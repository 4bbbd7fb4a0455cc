import { describe, expect, test } from 'vitest'
import { ParleyError } from '../../api/error.ts'
import { MAX_ROOMS } from '../../rooms/whisper-rooms.ts'
import { settle } from './fake-socket.ts'
import { CODE, roomWorld, said } from './room-world.ts'

const fault = (code: string, canRetry = false) => new ParleyError(code, `It is ${code}`, { canRetry })

describe('SDK-10 entering', () => {
  test('waits for the connection, is inside once the server says so, and asks once', async () => {
    const { socket, room, view } = roomWorld()
    room.enter()
    room.enter()
    expect([view().state, socket.asked.length]).toEqual(['entering', 0])
    socket.connect()
    expect(socket.asked.map(({ event, argument }) => [event, argument])).toEqual([['join_room', CODE]])
    socket.take('join_room').resolve({ room: CODE })
    await settle()
    expect(view()).toMatchObject({ state: 'inside', failure: null })
    room.enter()
    expect(socket.asked).toEqual([])
  })

  test('is one room whatever the case, and no other', () => {
    const { whispers, room } = roomWorld()
    expect(whispers.room(' tearoom1 ')).toBe(room)
    expect(whispers.room('TEAROOM2')).not.toBe(room)
  })

  test('asks for the PIN, and enters with the right one', async () => {
    const { socket, room, view, pins } = roomWorld()
    socket.connect()
    room.enter()
    socket.take('join_room').reject(fault('PIN_REQUIRED'))
    await settle()
    expect(view().state).toBe('pin')
    await expect(room.admit('0000')).rejects.toMatchObject({ code: 'WRONG_PIN' })
    expect(view().state).toBe('pin')
    await room.admit('1234')
    socket.take('join_room').resolve({ room: CODE })
    await settle()
    expect([view().state, pins]).toEqual(['inside', ['0000', '1234']])
  })

  test('does not ask again for what was refused, unless somebody does', async () => {
    const { socket, room, view } = roomWorld()
    socket.connect()
    room.enter()
    socket.take('join_room').reject(fault('NOT_FOUND'))
    await settle()
    expect(view()).toMatchObject({ state: 'refused', failure: { code: 'NOT_FOUND' } })
    socket.disconnect()
    socket.connect()
    expect(socket.asked).toEqual([])
    room.enter()
    expect(socket.asked).toHaveLength(1)
  })

  test('tries again by itself after what passes', async () => {
    const { socket, room, view, environment } = roomWorld()
    socket.connect()
    room.enter()
    socket.take('join_room').reject(fault('UNAVAILABLE', true))
    await settle()
    expect(view()).toMatchObject({ state: 'entering', failure: { code: 'UNAVAILABLE' } })
    expect(socket.asked).toEqual([])
    environment.pass(30_000)
    socket.take('join_room').resolve({ room: CODE })
    await settle()
    expect(view()).toMatchObject({ state: 'inside', failure: null })
  })

  test('enters again after every break, with what was said', async () => {
    const { socket, room, enter, view, texts } = roomWorld()
    await enter()
    socket.hear('new_message', said('1', 'before'))
    for (let times = 0; times < 3; times += 1) {
      socket.disconnect()
      expect(view().state).toBe('entering')
      socket.connect()
      expect(socket.asked).toHaveLength(1)
      socket.take('join_room').resolve({ room: CODE })
      await settle()
      expect(room.view.get().state).toBe('inside')
    }
    expect(texts()).toEqual(['before sent'])
  })

  test('hears nothing of an answer that was overtaken', async () => {
    const { socket, room, view } = roomWorld()
    socket.connect()
    room.enter()
    const first = socket.take('join_room')
    room.leave()
    first.resolve({ room: CODE })
    await settle()
    expect(view().state).toBe('outside')
  })

  test(`is in ${MAX_ROOMS} rooms at most`, async () => {
    const { whispers, socket, room, view } = roomWorld()
    socket.connect()
    const others = Array.from({ length: MAX_ROOMS }, (_, index) => whispers.room(`R${index}`))
    for (const other of others) other.enter()
    room.enter()
    expect(view()).toMatchObject({ state: 'refused', failure: { code: 'LIMIT_REACHED' } })
    others[0]?.leave()
    room.enter()
    expect(view().state).toBe('entering')
  })

  test('forgets rooms that one is not in, never the others', async () => {
    const { whispers, room, enter } = roomWorld()
    await enter()
    const early = whispers.room('EARLY')
    for (let index = 0; index < 300; index += 1) whispers.room(`R${index}`)
    expect(whispers.room(CODE)).toBe(room)
    expect(whispers.room('EARLY')).not.toBe(early)
  })
})

describe('SDK-10 leaving', () => {
  test('tells the server, forgets everything, and does not come back after a break', async () => {
    const { socket, room, enter, view } = roomWorld()
    await enter()
    socket.hear('users_online', [{ socketId: 's', username: 'BOB', userId: 'bob', room: CODE }])
    socket.hear('new_message', said('1', 'secret'))
    room.leave()
    expect(socket.emitted).toEqual([['leave_room', CODE]])
    expect(view()).toEqual({ state: 'outside', failure: null, members: [], messages: [], typing: [] })
    socket.hear('left_room', CODE)
    socket.hear('new_message', said('2', 'late'))
    socket.disconnect()
    socket.connect()
    expect([socket.asked, view().messages]).toEqual([[], []])
  })

  test('can be followed by entering at once: the answer to the leave is not another leave', async () => {
    const { socket, room, enter, view } = roomWorld()
    await enter()
    room.leave()
    room.enter()
    socket.hear('left_room', CODE)
    socket.take('join_room').resolve({ room: CODE })
    await settle()
    expect(view().state).toBe('inside')
  })

  test('happens as well when one left elsewhere', async () => {
    const { socket, enter, view } = roomWorld()
    await enter()
    socket.hear('new_message', said('1', 'secret'))
    socket.hear('left_room', CODE)
    expect(view()).toMatchObject({ state: 'outside', messages: [] })
  })
})

describe('SDK-10 who is there', () => {
  test('is what the list of this room says, not that of another', async () => {
    const { socket, enter, view } = roomWorld()
    await enter()
    const bob = { socketId: 's', username: 'BOB', userId: 'bob' }
    socket.hear('users_online', [{ ...bob, room: CODE }])
    socket.hear('users_online', [{ ...bob, userId: 'eve', room: 'OTHER' }])
    expect(view().members).toEqual([{ userId: 'bob', username: 'BOB' }])
  })

  test('types until they stop, speak, or the connection breaks; oneself is not told', async () => {
    const { socket, enter, view, environment } = roomWorld()
    await enter()
    const typing = () => view().typing.map(({ name }) => name)
    const type = (userId: string, room = CODE) =>
      socket.hear('user_typing', { userId, username: userId.toUpperCase(), room })
    type('bob')
    type('ann')
    type('eve', 'OTHER')
    expect(typing()).toEqual(['BOB'])
    socket.hear('user_stop_typing', { userId: 'bob', username: 'BOB', room: CODE })
    expect(typing()).toEqual([])
    type('bob')
    socket.hear('new_message', said('1', 'hello'))
    expect(typing()).toEqual([])
    type('bob')
    environment.pass(60_000)
    expect(typing()).toEqual([])
    type('bob')
    socket.disconnect()
    expect(typing()).toEqual([])
  })
})
