import { describe, expect, test } from 'vitest'
import { ParleyError } from '../../api/error.ts'
import { MAX_WHISPERS } from '../../rooms/whispers.ts'
import { settle } from './fake-socket.ts'
import { CODE, roomWorld, said } from './room-world.ts'

const limited = new ParleyError('RATE_LIMITED', 'Too many messages. Slow down.', { canRetry: true })

describe('SDK-10 speaking', () => {
  test('is one message, whether the room or the acknowledgement comes first', async () => {
    const { socket, room, enter, view } = roomWorld()
    await enter()
    room.send(' first ')
    room.send('second')
    expect(view().messages.map(({ content, status }) => [content, status])).toEqual([
      ['first', 'sending'],
      ['second', 'sending'],
    ])
    const keys = view().messages.map(({ key }) => key)
    // The room first.
    const first = socket.take('send_message')
    expect(first.argument).toEqual({ content: 'first', room: CODE })
    socket.hear('new_message', said('1', 'first as heard', 'ann'))
    first.resolve({ room: CODE, _id: '1' })
    // The acknowledgement first.
    socket.take('send_message').resolve({ room: CODE, _id: '2' })
    await settle()
    socket.hear('new_message', said('2', 'second as heard', 'ann'))
    expect(view().messages.map(({ key, content, status, isOwn }) => [key, content, status, isOwn])).toEqual([
      [keys[0], 'first as heard', 'sent', true],
      [keys[1], 'second as heard', 'sent', true],
    ])
  })

  test('shows what oneself says elsewhere, also while something is on its way', async () => {
    const { socket, room, enter, texts } = roomWorld()
    await enter()
    socket.hear('new_message', said('0', 'from the phone', 'ann'))
    room.send('here')
    socket.hear('new_message', said('1', 'from the phone again', 'ann'))
    socket.hear('new_message', said('2', 'here', 'ann'))
    socket.take('send_message').resolve({ room: CODE, _id: '2' })
    await settle()
    expect(texts()).toEqual(['from the phone sent', 'here sent', 'from the phone again sent'])
  })

  test('keeps what was refused by a limit, and sends it again when asked', async () => {
    const { socket, room, enter, view } = roomWorld()
    await enter()
    room.send('too fast')
    socket.take('send_message').reject(limited)
    await settle()
    const [failed] = view().messages
    expect(failed).toMatchObject({ content: 'too fast', status: 'failed', failure: { code: 'RATE_LIMITED' } })
    room.retry(failed?.key ?? '')
    expect(view().messages).toMatchObject([{ content: 'too fast', status: 'sending', failure: null }])
    socket.take('send_message').resolve({ room: CODE, _id: '1' })
    socket.hear('new_message', said('1', 'too fast', 'ann'))
    await settle()
    expect(view().messages).toMatchObject([{ content: 'too fast', status: 'sent' }])
    room.retry(failed?.key ?? '')
    expect(socket.asked).toEqual([])
  })

  test('fails at once outside, and while the connection breaks', async () => {
    const { socket, room, enter, texts } = roomWorld()
    await enter()
    room.send('on its way')
    socket.disconnect()
    room.send('offline')
    await settle()
    expect(texts()).toEqual(['on its way failed', 'offline failed'])
    room.leave()
    expect(texts()).toEqual([])
  })

  test('throws for what is no message', async () => {
    const { room, enter, view } = roomWorld()
    await enter()
    expect(() => room.send('  ')).toThrow(expect.objectContaining({ code: 'INVALID' }))
    expect(() => room.send('x'.repeat(5_001))).toThrow(expect.objectContaining({ code: 'TOO_LONG' }))
    expect(view().messages).toEqual([])
  })

  test(`holds the newest ${MAX_WHISPERS}, and what nobody got`, async () => {
    const { socket, room, enter, view } = roomWorld()
    await enter()
    room.send('mine')
    socket.take('send_message').reject(limited)
    await settle()
    for (let index = 0; index < MAX_WHISPERS + 20; index += 1) {
      socket.hear('new_message', said(`b${index}`, `text ${index}`))
    }
    const contents = view().messages.map(({ content }) => content)
    expect([contents.length, contents[0], contents[1], contents.at(-1)]).toEqual([
      MAX_WHISPERS,
      'mine',
      'text 21',
      `text ${MAX_WHISPERS + 19}`,
    ])
  })

  test('changes nothing that did not change', async () => {
    const { socket, enter, view } = roomWorld()
    await enter()
    socket.hear('new_message', said('1', 'hello'))
    const before = view().messages
    socket.hear('users_online', [{ socketId: 's', username: 'BOB', userId: 'bob', room: CODE }])
    expect(view().messages).toBe(before)
  })
})

describe('SDK-10 typing', () => {
  const told = (emitted: readonly [string, unknown][]) => emitted.map(([event]) => event)

  test('is told after 300 ms of it, and ends 1 s after the last key', async () => {
    const { socket, room, enter, environment } = roomWorld()
    await enter()
    room.keystroke()
    environment.pass(299)
    expect(told(socket.emitted)).toEqual([])
    room.keystroke()
    environment.pass(1)
    expect(socket.emitted).toEqual([['typing_start', { room: CODE }]])
    environment.pass(900)
    room.keystroke()
    environment.pass(999)
    expect(told(socket.emitted)).toEqual(['typing_start'])
    environment.pass(1)
    expect(told(socket.emitted)).toEqual(['typing_start', 'typing_stop'])
  })

  test('ends with the message, and is not told outside: that would enter the room', async () => {
    const { socket, room, enter, environment } = roomWorld()
    room.keystroke()
    environment.pass(5_000)
    expect(told(socket.emitted)).toEqual([])
    await enter()
    room.keystroke()
    environment.pass(500)
    room.send('hello')
    expect(told(socket.emitted)).toEqual(['typing_start', 'typing_stop'])
    room.keystroke()
    environment.pass(500)
    room.leave()
    environment.pass(5_000)
    expect(told(socket.emitted).slice(2)).toEqual(['typing_start', 'typing_stop', 'leave_room'])
  })
})

test('a closed client hears nothing any more', async () => {
  const { socket, whispers, enter, view } = roomWorld()
  await enter()
  whispers.close()
  socket.hear('new_message', said('1', 'late'))
  expect(view().messages).toEqual([])
})
