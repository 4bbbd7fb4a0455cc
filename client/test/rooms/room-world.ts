import { ParleyError } from '../../api/error.ts'
import type { Rest } from '../../api/rest.ts'
import { WhisperRooms } from '../../rooms/whisper-rooms.ts'
import type { ServerEvents } from '../../wire.ts'
import { FakeEnvironment } from './fake-environment.ts'
import { FakeSocket, settle } from './fake-socket.ts'

export const CODE = 'TEAROOM1'

/** Rooms of Ann over a fake connection; the right PIN is 1234. */
export const roomWorld = () => {
  const socket = new FakeSocket()
  const environment = new FakeEnvironment()
  const pins: string[] = []
  const rooms: Rest['rooms'] = {
    create: () => Promise.reject(new Error('not here')),
    get: () => Promise.reject(new Error('not here')),
    join: async (roomCode, pin) => {
      pins.push(pin)
      if (pin !== '1234') throw new ParleyError('WRONG_PIN', 'Invalid PIN')
      return { message: 'Room joined', roomCode, roomName: 'Tea' }
    },
  }
  const whispers = new WhisperRooms({
    socket,
    rest: { rooms },
    environment,
    me: () => ({ id: 'ann', username: 'Ann', avatar: null }),
  })
  const room = whispers.room(CODE)
  return {
    socket,
    environment,
    pins,
    whispers,
    room,
    view: () => room.view.get(),
    texts: () => room.view.get().messages.map(({ content, status }) => `${content} ${status}`),
    /** Enters with a connection. */
    async enter() {
      socket.connect()
      room.enter()
      socket.take('join_room').resolve({ room: CODE })
      await settle()
    },
  }
}

export const said = (
  id: string,
  content: string,
  from = 'bob',
  room = CODE,
): ServerEvents['new_message'] => ({
  _id: id,
  content,
  sender: { _id: from, username: from.toUpperCase(), isOnline: true },
  room,
  messageType: 'text',
  createdAt: '2026-01-01T00:00:00.000Z',
  isEdited: false,
})
