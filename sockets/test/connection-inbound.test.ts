import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { eventually, pause } from './eventually.ts'
import { startNode, type TestServer } from './node-server.ts'
import { clientFrame, rawPeer } from './raw-peer.ts'

let server: TestServer
afterEach(() => server.stop())

const opened = (client: WebSocket) => new Promise((resolve) => client.once('open', resolve))
const closeOf = (client: WebSocket) => new Promise<number>((resolve) => client.once('close', resolve))

test('SOCK-1 messages take effect in order of arrival while a handler waits', async () => {
  const seen: string[] = []
  server = await startNode({
    async message(_, text) {
      await pause(text === '0' ? 40 : Math.random() * 3)
      seen.push(text)
    },
  })
  const client = new WebSocket(server.url)
  await opened(client)
  for (let index = 0; index < 20; index++) client.send(String(index))
  await eventually('all handled', () => seen.length === 20)
  expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => String(index)))
})

test('SOCK-2 a peer is paused when more than maxQueued messages wait, and loses none', async () => {
  let letGo = () => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const seen: string[] = []
  server = await startNode(
    {
      async message(_, text) {
        await gate
        seen.push(text)
      },
    },
    { maxQueued: 4, heartbeatInterval: 100 },
  )
  const client = new WebSocket(server.url)
  await opened(client)
  const body = 'x'.repeat(1_000)
  const total = 20_000
  for (let index = 0; index < total; index++) client.send(`${index} ${body}`)
  await eventually('paused', () => server.sockets[0]!.isPaused())
  await pause(250)
  const read = server.sockets[0]!.bytesRead
  await pause(100)
  expect(server.sockets[0]!.bytesRead).toBe(read)
  // The pongs of a paused peer cannot be read: it is not taken for dead.
  expect(server.closed).toEqual([])
  letGo()
  await eventually('all handled', () => seen.length === total, 20_000)
  expect(seen.map((text) => Number(text.split(' ')[0]))).toEqual(Array.from({ length: total }, (_, i) => i))
  expect(server.sockets[0]!.isPaused()).toBe(false)
})

test('SOCK-3 a handler that throws or rejects is reported and harms nobody', async () => {
  const errors: unknown[] = []
  server = await startNode(
    {
      message(connection, text) {
        if (text === 'throw') throw new Error('thrown')
        if (text === 'reject') return Promise.reject(new Error('rejected'))
        return connection.send(text)
      },
      close() {
        throw new Error('closing')
      },
    },
    { onError: (error) => errors.push(error) },
  )
  const client = new WebSocket(server.url)
  await opened(client)
  const answer = new Promise((resolve) => client.once('message', (data) => resolve(String(data))))
  for (const text of ['throw', 'reject', 'fine']) client.send(text)
  expect(await answer).toBe('fine')
  client.close()
  await eventually('three errors', () => errors.length === 3)
  expect(errors.map(String)).toEqual(['Error: thrown', 'Error: rejected', 'Error: closing'])
  await eventually('forgotten', () => server.acceptor.size === 0)
})

test('SOCK-4 a binary frame of UTF-8 counts as text', async () => {
  const seen: string[] = []
  server = await startNode({ message: (_, text) => void seen.push(text) })
  const client = new WebSocket(server.url)
  await opened(client)
  client.send(Buffer.from('grüße'))
  await eventually('seen', () => seen.length === 1)
  expect(seen).toEqual(['grüße'])
})

test.each([
  ['text', 0x81],
  ['binary', 0x82],
])('SOCK-5 invalid UTF-8 in a %s frame closes with 1007', async (_, first) => {
  const seen: string[] = []
  server = await startNode({ message: (_connection, text) => void seen.push(text) })
  const peer = await rawPeer(server.port)
  peer.socket.write(clientFrame(first, Buffer.from([0xc3, 0x28])))
  await eventually('closed', () => peer.closeCode() !== undefined)
  expect(peer.closeCode()).toBe(1007)
  expect(seen).toEqual([])
})

test.each([
  ['unmasked frame', Buffer.from([0x81, 0x01, 0x61])],
  ['reserved opcode', clientFrame(0x83, 'a')],
  ['reserved bit', clientFrame(0xc1, 'a')],
  ['fragmented ping', clientFrame(0x09, 'a')],
  ['close code 1005', clientFrame(0x88, Buffer.from([0x03, 0xed]))],
  ['close code 5000', clientFrame(0x88, Buffer.from([0x13, 0x88]))],
])('SOCK-6 a broken frame closes with 1002: %s', async (_, bytes) => {
  server = await startNode()
  const peer = await rawPeer(server.port)
  peer.socket.write(bytes)
  await eventually('closed', () => peer.closeCode() !== undefined)
  expect(peer.closeCode()).toBe(1002)
})

test('SOCK-7 a message over maxPayload closes with 1009, also when only announced', async () => {
  server = await startNode()
  const peer = await rawPeer(server.port)
  peer.socket.write(Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]))
  await eventually('closed', () => peer.closeCode() !== undefined)
  expect(peer.closeCode()).toBe(1009)
  const client = new WebSocket(server.url)
  await opened(client)
  client.send('x'.repeat(65_536))
  client.send('x'.repeat(65_537))
  expect(await closeOf(client)).toBe(1009)
})

test('SOCK-8 endless empty fragments are cut', async () => {
  server = await startNode()
  const peer = await rawPeer(server.port)
  peer.socket.write(clientFrame(0x01))
  const fragments = Buffer.concat(Array.from({ length: 300 }, () => clientFrame(0x00)))
  peer.socket.write(fragments)
  await eventually('closed', () => peer.closeCode() !== undefined)
  expect(peer.closeCode()).toBe(1008)
})

test('SOCK-9 what came before the peer closed still takes effect, then close is told', async () => {
  const seen: string[] = []
  server = await startNode({
    async message(_, text) {
      await pause(20)
      seen.push(text)
    },
    close: () => void seen.push('closed'),
  })
  const client = new WebSocket(server.url)
  await opened(client)
  client.send('a')
  client.send('b')
  client.close(1000)
  await eventually('closed', () => seen.includes('closed'))
  expect(seen).toEqual(['a', 'b', 'closed'])
  expect(server.closed[0]!.code).toBe(1000)
})

test('SOCK-10 messages that wait when the server closes have no effect', async () => {
  const seen: string[] = []
  server = await startNode({
    async message(connection, text) {
      seen.push(text)
      await pause(20)
      if (text === 'a') connection.close(4001, 'Enough')
    },
  })
  const client = new WebSocket(server.url)
  await opened(client)
  client.send('a')
  client.send('b')
  expect(await closeOf(client)).toBe(4001)
  await eventually('closed', () => server.closed.length === 1)
  expect(seen).toEqual(['a'])
  expect(server.closed[0]!.code).toBe(4001)
})
