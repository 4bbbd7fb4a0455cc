import { Fault } from '@parley/model'
import { describe, expect, it } from 'vitest'
import * as codec from '../codec.ts'
import { MAX_CONTENT, whisperClientEvents, whisperServerEvents } from '../wire.ts'

const sentence = (decoded: codec.Decoded<unknown>): string => (decoded.ok ? 'ok' : decoded.message)

/** What no client of document 004 sends. */
const ODD = [
  undefined,
  null,
  0,
  Number.POSITIVE_INFINITY,
  true,
  '',
  '  ',
  [],
  ['A'],
  {},
  { code: 'A' },
  { room: 'A' },
]

describe('what clients send', () => {
  it('WHISPER-1 a room code is trimmed and upper-cased', () => {
    expect(codec.decodeCode('  lobby ')).toEqual({ ok: true, value: 'LOBBY' })
    expect(codec.decodeTyping({ room: ' lobby' })).toEqual({ ok: true, value: 'LOBBY' })
    expect(codec.decodeCode('é'.repeat(64))).toEqual({ ok: true, value: 'É'.repeat(64) })
  })

  it('WHISPER-9 what is no room code is answered with the documented sentence', () => {
    for (const payload of ODD) expect(sentence(codec.decodeCode(payload))).toBe('Room code is required')
    for (const payload of ODD.slice(0, -1))
      expect(sentence(codec.decodeTyping(payload))).toBe('Room required')
    for (const room of ODD) expect(sentence(codec.decodeTyping({ room }))).toBe('Room required')
    for (const long of ['A'.repeat(65), 'ß'.repeat(33), 'A\u0000B', '\ud800']) {
      expect(sentence(codec.decodeCode(long))).toBe('A room code has 1 to 64 characters')
    }
  })

  it('WHISPER-3 content is looked at in the documented order, the room last', () => {
    const order: [payload: unknown, sentence: string][] = [
      [undefined, 'Invalid content'],
      [null, 'Invalid content'],
      ['hello', 'Invalid content'],
      [[], 'Invalid content'],
      [{}, 'Invalid content'],
      [{ content: 7, room: 'A' }, 'Invalid content'],
      [{ content: ['a'], room: 'A' }, 'Invalid content'],
      [{ content: '', room: 'A' }, 'Invalid content'],
      [{ content: 'a\u0000b', room: 'A' }, 'Invalid content'],
      [{ content: '\ud800', room: 'A' }, 'Invalid content'],
      [{ content: ' \n ' }, 'Message required'],
      [{ content: 'x'.repeat(MAX_CONTENT + 1) }, 'Message too long (max 5000 chars)'],
      [{ content: 'x' }, 'Room required'],
      [{ content: 'x', room: 7 }, 'Room required'],
      [{ content: 'x', room: ' ' }, 'Room required'],
      [{ content: 'x', room: 'A'.repeat(65) }, 'A room code has 1 to 64 characters'],
      [{ content: 'x', room: 'A' }, 'ok'],
    ]
    for (const [payload, expected] of order) expect(sentence(codec.decodeSaid(payload))).toBe(expected)
  })

  it('WHISPER-3 white space around the content does not count', () => {
    const content = 'x'.repeat(MAX_CONTENT)
    expect(codec.decodeSaid({ content: `  ${content}\n`, room: 'a', messageType: 'system' })).toEqual({
      ok: true,
      value: { room: 'A', content },
    })
  })
})

describe('what the server sends', () => {
  it('WHISPER-4 a message is what document 004 shows, and always a text', () => {
    const message = codec.newMessage({
      type: 'room.whispered',
      code: 'LOBBY',
      id: 'm1',
      sender: { id: 'ann', username: 'Ann <3', avatar: null },
      content: 'hello',
      createdAt: 1_700_000_000_000,
    })
    expect(whisperServerEvents.new_message.parse(message)).toEqual({
      _id: 'm1',
      content: 'hello',
      sender: { _id: 'ann', username: 'Ann <3', isOnline: true },
      room: 'LOBBY',
      messageType: 'text',
      createdAt: '2023-11-14T22:13:20.000Z',
      isEdited: false,
    })
  })

  it('WHISPER-7 a list holds what document 004 keeps of a user', () => {
    const list = codec.usersOnline([{ connectionId: 's1', userId: 'ann', username: 'Ann' }], 'LOBBY')
    expect(whisperServerEvents.users_online.parse(list)).toEqual([
      { socketId: 's1', username: 'Ann', userId: 'ann', room: 'LOBBY' },
    ])
  })

  it('WHISPER-9 what is no fault, or is none of the sender, is not shown', () => {
    const secret = new Error('select * from rooms where pin = 1234')
    expect(codec.toError(secret, 'Failed to send message')).toEqual({
      message: 'Failed to send message',
      code: 'SERVER_ERROR',
    })
    const away = new Fault('UNAVAILABLE', 'The store is away', { cause: secret })
    expect(codec.toError(away, 'Failed to send message')).toEqual({
      message: 'Failed to send message',
      code: 'UNAVAILABLE',
    })
    const refused = codec.toError(new Fault('PIN_REQUIRED', 'Room PIN required'), 'Server error')
    expect(whisperServerEvents.error.parse(refused)).toEqual({
      message: 'Room PIN required',
      code: 'PIN_REQUIRED',
    })
  })

  it('WHISPER-10 a handshake is refused with one of two sentences', () => {
    const reasons = ['missing', 'invalid', 'unavailable', 'user-mismatch', 'user-not-found'] as const
    expect(reasons.map(codec.refusal)).toEqual([
      ...Array.from({ length: 4 }, () => ({ message: 'Authentication error' })),
      { message: 'User not found' },
    ])
  })

  it('WHISPER-4 the schemas name every event of document 004', () => {
    expect(Object.keys(whisperClientEvents)).toEqual([
      'join_room',
      'leave_room',
      'send_message',
      'typing_start',
      'typing_stop',
    ])
    expect(Object.keys(whisperServerEvents)).toEqual([
      'joined_room',
      'left_room',
      'users_online',
      'new_message',
      'user_typing',
      'user_stop_typing',
      'error',
    ])
  })
})
