import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'
import { startClient } from './fixtures/document-004/client.ts'

let server: TestServer
let ann: TestUser
let bob: TestUser

beforeAll(async () => {
  server = await startTestServer()
  ann = await server.register('Ann')
  bob = await server.register('Bob')
})
afterAll(() => server.stop())

/** React's setters, as far as the printed code uses them. */
const stateOf = <T>(initial: T) => {
  const state = { value: initial }
  return {
    state,
    set: (next: T | ((before: T) => T)): void => {
      state.value = typeof next === 'function' ? (next as (before: T) => T)(state.value) : next
    },
  }
}

const start = (token: string, code: string) => {
  const connected = stateOf(false)
  const messages = stateOf<Record<string, unknown>[]>([])
  const typing = stateOf<{ userId: string; username: string }[]>([])
  const online = stateOf<Record<string, unknown>[]>([])
  const toast = { error: vi.fn() }
  const client = startClient({
    SOCKET_URL: server.url,
    localStorage: { getItem: (key: string) => (key === 'chatflow_token' ? token : null) },
    toast,
    setConnected: connected.set,
    setMessages: messages.set,
    setTypingUsers: typing.set,
    setOnlineUsers: online.set,
    currentRoom: { code },
  })
  return {
    client,
    connected: connected.state,
    messages: messages.state,
    typing: typing.state,
    online: online.state,
    toast,
  }
}

describe('the client code that document 004 prints', () => {
  it('WHISPER-14 joins, speaks, types and leaves as printed', async () => {
    const [a, b] = [start(ann.token, 'lobby 1'), start(bob.token, 'LOBBY 1')]
    await expect.poll(() => [a.connected.value, b.connected.value]).toEqual([true, true])
    const joined = vi.fn()
    a.client.socket.on('joined_room', joined)
    a.client.joinRoom(' lobby 1 ')
    await expect.poll(() => a.online.value.length).toBe(1)
    b.client.joinRoom('Lobby 1')
    await expect.poll(() => a.online.value.map(({ username }) => username)).toEqual(['Ann', 'Bob'])
    expect(joined.mock.calls).toEqual([['LOBBY 1']])
    expect(a.online.value[0]).toEqual({
      socketId: a.client.socket.id,
      username: 'Ann',
      userId: ann.id,
      room: 'LOBBY 1',
    })
    a.client.handleInputChange({ target: { value: 'h' } })
    await expect.poll(() => b.typing.value).toEqual([{ username: 'Ann', userId: ann.id, room: 'LOBBY 1' }])
    // It stops by itself after a second without a key.
    await expect.poll(() => b.typing.value, { timeout: 5_000 }).toEqual([])
    a.client.sendMessage(' hello <script>alert(1)</script>', '')
    await expect.poll(() => b.messages.value.length).toBe(1)
    expect(b.messages.value[0]).toEqual({
      _id: expect.any(String),
      content: expect.stringMatching(/^hello ?$/),
      sender: { _id: ann.id, username: 'Ann', isOnline: true },
      room: 'LOBBY 1',
      messageType: 'text',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      isEdited: false,
    })
    await expect.poll(() => a.messages.value).toEqual(b.messages.value)
    a.client.socket.emit('join_room', '  ')
    await expect.poll(() => a.toast.error.mock.calls).toEqual([['Room code is required']])
    b.client.leaveRoom('lobby 1')
    await expect.poll(() => a.online.value.map(({ username }) => username)).toEqual(['Ann'])
    a.client.socket.disconnect()
    b.client.socket.disconnect()
  })

  it('WHISPER-15 writes on after a reconnection without joining again', async () => {
    const [a, b] = [start(ann.token, 'back'), start(bob.token, 'back')]
    a.client.joinRoom('back')
    b.client.joinRoom('back')
    await expect.poll(() => b.online.value.length).toBe(2)
    a.client.socket.io.engine.close()
    await expect.poll(() => b.online.value.length).toBe(1)
    await expect.poll(() => a.connected.value, { timeout: 10_000 }).toBe(true)
    a.client.sendMessage('still here', '')
    await expect.poll(() => b.messages.value.map(({ content }) => content)).toEqual(['still here'])
    await expect.poll(() => b.online.value.length).toBe(2)
    a.client.socket.disconnect()
    b.client.socket.disconnect()
  })

  it('WHISPER-16 a bad token is an authentication error', async () => {
    // The printed code logs it.
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const nobody = start('not a token', 'x')
    const errors: string[] = []
    nobody.client.socket.on('connect_error', ({ message }: Error) => errors.push(message))
    await expect.poll(() => errors).toEqual(['Authentication error'])
    expect(nobody.toast.error.mock.calls).toEqual([['Connection failed. Retrying...']])
    expect(log).toHaveBeenCalledWith('Connection error:', expect.any(Error))
    log.mockRestore()
    nobody.client.socket.disconnect()
  })
})
