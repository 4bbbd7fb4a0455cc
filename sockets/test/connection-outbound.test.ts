import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { textFrame } from '../index.ts'
import { eventually, pause } from './eventually.ts'
import { startNode, type TestServer } from './node-server.ts'
import { clientFrame, rawPeer } from './raw-peer.ts'

let server: TestServer
afterEach(() => server.stop())

async function client(): Promise<{ peer: WebSocket; texts: string[] }> {
  const peer = new WebSocket(server.url)
  const texts: string[] = []
  peer.on('message', (data) => texts.push(String(data)))
  await new Promise((resolve) => peer.once('open', resolve))
  return { peer, texts }
}

test('SOCK-11 frames of one turn leave in one write, in order', async () => {
  server = await startNode()
  const { texts } = await client()
  const write = vi.spyOn(server.sockets[0]!, 'write')
  const lengths = [1, 125, 126, 65_535, 65_536, 70_000]
  for (const length of lengths) server.opened[0]!.send('x'.repeat(length))
  server.opened[0]!.send('ü€😀')
  await eventually('all came', () => texts.length === 7)
  expect(write).toHaveBeenCalledTimes(1)
  expect(texts.slice(0, 6).map((text) => text.length)).toEqual(lengths)
  expect(texts[6]).toBe('ü€😀')
})

test('SOCK-12 `taken` is called after the write, and never when the connection dies first', async () => {
  server = await startNode()
  await client()
  const connection = server.opened[0]!
  const order: string[] = []
  const socket = server.sockets[0]!
  const write = socket.write.bind(socket)
  vi.spyOn(socket, 'write').mockImplementation((...parts: unknown[]) => {
    order.push('write')
    return (write as (...all: unknown[]) => boolean)(...parts)
  })
  connection.send('one', () => order.push('taken one'))
  connection.send('two', () => order.push('taken two'))
  expect(order).toEqual([])
  await eventually('taken', () => order.length === 3)
  expect(order).toEqual(['write', 'taken one', 'taken two'])
  connection.send('three', () => order.push('never'))
  connection.terminate()
  connection.send('four', () => order.push('never'))
  await eventually('closed', () => server.closed.length === 1)
  await pause(20)
  expect(order).not.toContain('never')
})

test('SOCK-13 close sends what waits first', async () => {
  server = await startNode()
  const { peer, texts } = await client()
  const code = new Promise((resolve) => peer.once('close', resolve))
  server.opened[0]!.send('last words')
  server.opened[0]!.close(4000, 'Bye')
  server.opened[0]!.send('too late')
  expect(await code).toBe(4000)
  expect(texts).toEqual(['last words'])
})

test('SOCK-14 a peer with a closed window is cut with 1013 once maxBuffered waits', async () => {
  const slow: string[] = []
  server = await startNode({}, { onSlow: (connection) => slow.push(connection.id), maxBuffered: 1_048_576 })
  const peer = await rawPeer(server.port)
  peer.socket.pause()
  const connection = server.opened[0]!
  const frame = textFrame('x'.repeat(60_000))
  let most = 0
  for (let turn = 0; turn < 1_000 && connection.isOpen; turn++) {
    connection.send(frame)
    await new Promise(setImmediate)
    most = Math.max(most, connection.bufferedBytes)
  }
  expect(connection.isOpen).toBe(false)
  expect(slow).toEqual([connection.id])
  expect(most).toBeLessThan(1_048_576 + 70_000)
  await eventually('told', () => server.closed.length === 1, 2_500)
  expect(server.closed[0]!.code).toBe(1013)
  expect(server.acceptor.size).toBe(0)
  expect(server.sockets[0]!.destroyed).toBe(true)
  expect(connection.bufferedBytes).toBe(0)
})

test('SOCK-15 a burst that the kernel takes at once is not slow', async () => {
  server = await startNode({}, { maxBuffered: 100_000 })
  const { texts } = await client()
  for (let index = 0; index < 10; index++) server.opened[0]!.send('x'.repeat(50_000))
  await eventually('all came', () => texts.length === 10)
  expect(server.opened[0]!.isOpen).toBe(true)
})

test('SOCK-16 a peer that takes nothing for stallTimeout is cut, one that reads slowly is not', async () => {
  server = await startNode({}, { stallTimeout: 300, maxBuffered: 64 * 1_048_576 })
  const stuck = await rawPeer(server.port)
  const slow = await rawPeer(server.port)
  stuck.socket.pause()
  const [first, second] = server.opened
  const trickle = setInterval(() => {
    slow.socket.resume()
    setTimeout(() => slow.socket.pause(), 1)
  }, 50)
  slow.socket.pause()
  // One long write: only progress inside of it tells the two apart.
  const long = 'x'.repeat(40 * 1_048_576)
  first!.send(long)
  second!.send(long)
  await eventually('cut', () => !first!.isOpen, 2_000)
  await pause(200)
  expect(second!.isOpen).toBe(true)
  expect(second!.bufferedBytes).toBeGreaterThan(0)
  clearInterval(trickle)
})

test('SOCK-17 a ping flood by a peer that reads nothing keeps the memory bounded', async () => {
  server = await startNode()
  const peer = await rawPeer(server.port)
  peer.socket.pause()
  const pings = Buffer.concat(Array.from({ length: 1_000 }, () => clientFrame(0x89, 'x'.repeat(125))))
  let ended = false
  peer.socket.on('close', () => {
    ended = true
  })
  const before = process.memoryUsage().rss
  for (let round = 0; round < 150 && !ended; round++) {
    await new Promise((resolve) => {
      peer.socket.write(pings, resolve)
      setTimeout(resolve, 200)
    })
  }
  expect(server.sockets[0]!.writableLength).toBeLessThan(100_000)
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1_048_576)
})

test('SOCK-18 whenDrained resolves when the peer has taken enough, and with false at the end', async () => {
  server = await startNode({}, { maxBuffered: 64 * 1_048_576 })
  const peer = await rawPeer(server.port)
  peer.socket.pause()
  const connection = server.opened[0]!
  expect(await connection.whenDrained(1)).toBe(true)
  connection.send('x'.repeat(20 * 1_048_576))
  const drained = connection.whenDrained(1_000)
  expect(await Promise.race([drained, pause(50).then(() => 'waits')])).toBe('waits')
  peer.socket.resume()
  expect(await drained).toBe(true)
  peer.socket.pause()
  connection.send('x'.repeat(20 * 1_048_576))
  const never = connection.whenDrained(1_000)
  connection.terminate()
  expect(await never).toBe(false)
})

test('SOCK-19 with compression everything goes through ws, in order and with `taken`', async () => {
  server = await startNode({}, { deflate: { threshold: 0 } })
  const { peer, texts } = await client()
  expect(peer.extensions).toContain('permessage-deflate')
  let taken = 0
  for (let index = 0; index < 5; index++) server.opened[0]!.send(`${index}`.repeat(1_000), () => taken++)
  await eventually('all came', () => texts.length === 5 && taken === 5)
  expect(texts.map((text) => text[0])).toEqual(['0', '1', '2', '3', '4'])
})
