import { expect, test, vi } from 'vitest'
import {
  type BroadcastScope,
  createWebSocketManager,
  createWebSocketSystem,
  Frame,
  type WebSocketConnection,
  type WebSocketManagerConfig,
} from '../index.ts'
import { startNode } from './node-server.ts'

class FakeSocket implements WebSocketConnection {
  readonly sent: string[] = []
  readyState = 1
  readonly data: WebSocketConnection['data']
  constructor(userId: string) {
    this.data = { userId, email: `${userId}@example.org`, name: userId }
  }
  send(message: string): void {
    this.sent.push(message)
  }
  close(): void {
    this.readyState = 3
  }
  /** Types of what came since the last call. */
  types(): string[] {
    return this.sent.splice(0).map((text) => (JSON.parse(text) as { type: string }).type)
  }
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

function node(config: WebSocketManagerConfig, ...users: string[]) {
  const system = createWebSocketSystem({ logger: quiet, ...config })
  const sockets = users.map((user) => new FakeSocket(user))
  for (const ws of sockets) system.manager.handleOpen(ws)
  for (const ws of sockets) ws.types()
  return { ...system, sockets }
}

test('HUB-27 with `publish`, broadcasts go through it, and deliverLocal keeps to the scope', () => {
  const published: [string, BroadcastScope][] = []
  const publish = (message: string, scope: BroadcastScope) => void published.push([message, scope])
  const one = node({ publish, echoToSender: false }, 'alice', 'alice', 'bob')
  const two = node({}, 'alice', 'carol')
  const [first, second, third] = one.sockets
  one.processMessage(first!, 'hello')
  one.processMessage(first!, '{"type":"typing_indicator","isTyping":true}')
  one.manager.broadcastMessage('{"type":"news"}', third)
  expect([...first!.types(), ...second!.types(), ...third!.types()]).toEqual([])
  for (const [message, scope] of published) {
    one.manager.deliverLocal(message, scope)
    two.manager.deliverLocal(message, scope)
  }
  expect(first!.types()).toEqual(['news'])
  expect(second!.types()).toEqual(['chat_message', 'news'])
  expect(third!.types()).toEqual(['chat_message', 'typing_indicator'])
  expect(two.sockets[0]!.types()).toEqual(['chat_message', 'news'])
  expect(two.sockets[1]!.types()).toEqual(['chat_message', 'typing_indicator', 'news'])
})

test('HUB-28 with external presence the owner announces, and the roster fills the list', () => {
  const away = {
    userId: 'dave',
    email: 'dave@example.org',
    name: 'Dave',
    connectedAt: '2026-01-01T00:00:00.000Z',
  }
  const { manager, sockets } = node({ presence: 'external', roster: () => [away], showEmail: false }, 'alice')
  const bob = new FakeSocket('bob')
  manager.handleOpen(bob)
  expect(JSON.parse(bob.sent[1]!)).toEqual({ type: 'connected_users', users: [{ ...away, email: '' }] })
  bob.types()
  manager.announceJoined({ ...away, userId: 'bob' })
  manager.announceLeft('dave', 'dave@example.org')
  expect(bob.types()).toEqual(['user_left'])
  expect(JSON.parse(sockets[0]!.sent[1]!)).toEqual({ type: 'user_left', userId: 'dave', email: '' })
  manager.handleClose(bob)
  expect(sockets[0]!.types()).toEqual(['user_joined', 'user_left'])
})

test('HUB-29 sockets that throw or are dead harm nobody, and a close that comes twice is harmless', () => {
  const { manager, sockets, processMessage } = node({}, 'alice', 'bob', 'carol', 'dave')
  const [alice, bob, carol, dave] = sockets
  bob!.send = () => {
    throw new Error('broken pipe')
  }
  carol!.readyState = 3
  processMessage(alice!, 'hello')
  expect([alice!.types(), carol!.types(), dave!.types()]).toEqual([['chat_message'], [], ['chat_message']])
  manager.handleClose(carol!)
  manager.handleClose(carol!)
  expect(dave!.types()).toEqual(['user_left'])
  expect(manager.getConnectionStats().totalUsers).toBe(3)
  processMessage(carol!, 'a ghost')
  expect(dave!.types()).toEqual([])
  expect(manager.handleOpen({ ...new FakeSocket('eve'), data: {} } as never)).toBe(false)
})

test('HUB-30 a refused socket never removes the entries of the others', () => {
  const { manager, sockets } = node({ maxConnectionsPerUser: 1 }, 'alice', 'bob')
  const refused = new FakeSocket('alice')
  expect(manager.handleOpen(refused)).toBe(false)
  manager.handleClose(refused)
  expect(manager.isUserConnected('alice')).toBe(true)
  expect(sockets[1]!.types()).toEqual([])
})

test('HUB-31 a broadcast is encoded once, whatever the number of connections', async () => {
  const manager = createWebSocketManager({ logger: quiet })
  const server = await startNode()
  const { WebSocket } = await import('ws')
  for (const userId of ['a', 'b', 'c']) {
    const client = new WebSocket(server.url)
    await new Promise((resolve) => client.once('open', resolve))
    const connection = server.opened.at(-1)!
    connection.data = { userId, email: '', name: userId }
    manager.handleOpen(connection as WebSocketConnection)
  }
  const frames = new Set<unknown>()
  for (const connection of server.opened) {
    vi.spyOn(connection, 'send').mockImplementation((frame) => void frames.add(frame))
  }
  manager.broadcastMessage('{"type":"news"}')
  expect(frames.size).toBe(1)
  expect([...frames][0]).toBeInstanceOf(Frame)
  await server.stop()
})
