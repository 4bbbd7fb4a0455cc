import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Connection } from '../index.ts'
import { eventually, pause } from './eventually.ts'
import { startNode, type TestServer } from './node-server.ts'
import { rawPeer } from './raw-peer.ts'

let server: TestServer
afterEach(() => server.stop())

const opened = (client: WebSocket) => new Promise((resolve) => client.once('open', resolve))

test('SOCK-20 the heartbeat terminates a silent peer and keeps one that answers', async () => {
  server = await startNode({}, { heartbeatInterval: 80 })
  const silent = await rawPeer(server.port)
  const client = new WebSocket(server.url)
  await opened(client)
  await eventually('the silent one is gone', () => server.closed.length === 1, 1_000)
  expect(server.closed[0]).toEqual({ id: server.opened[0]!.id, code: 1006 })
  await pause(300)
  expect(client.readyState).toBe(WebSocket.OPEN)
  expect(silent.received()[0]).toBe(0x89)
})

test('SOCK-21 closeAll sends the code, terminates who does not answer, and refuses new ones', async () => {
  server = await startNode()
  await rawPeer(server.port)
  const client = new WebSocket(server.url)
  await opened(client)
  const code = new Promise((resolve) => client.once('close', resolve))
  const start = performance.now()
  const done = server.acceptor.closeAll(1001, 'Going away')
  const late = new WebSocket(server.url)
  const status = await new Promise((resolve) => {
    late.on('unexpected-response', (_request, response) => resolve(response.statusCode))
    late.on('error', () => undefined)
  })
  expect(status).toBe(503)
  expect(await code).toBe(1001)
  await done
  expect(performance.now() - start).toBeLessThan(2_500)
  expect(server.acceptor.size).toBe(0)
  expect(server.closed.map((end) => end.code)).toEqual([1001, 1001])
})

test('SOCK-22 a closed connection is forgotten, and sending to it is harmless', async () => {
  const heard: number[] = []
  server = await startNode({
    open: (connection) => connection.onClose((code) => heard.push(code)),
  })
  const client = new WebSocket(server.url)
  await opened(client)
  const connection = server.opened[0] as Connection
  expect(connection.remoteAddress).toContain('127.0.0.1')
  expect([server.acceptor.size, connection.isOpen, connection.readyState]).toEqual([1, true, 1])
  client.terminate()
  await eventually('forgotten', () => server.acceptor.size === 0)
  connection.send('nobody')
  connection.close(1000, '')
  connection.terminate()
  connection.onClose((code) => heard.push(code))
  expect(heard).toEqual([1006, 1006])
  expect([connection.isOpen, connection.readyState]).toEqual([false, 3])
  expect(await connection.whenDrained(1)).toBe(false)
})

test('SOCK-23 a peer that does not answer a close is terminated after 5 s', async () => {
  server = await startNode()
  await rawPeer(server.port)
  const start = performance.now()
  server.opened[0]!.close(4000, 'Bye')
  await eventually('closed', () => server.closed.length === 1, 6_000)
  expect(performance.now() - start).toBeGreaterThan(4_500)
  expect(server.closed[0]!.code).toBe(4000)
})

test('SOCK-24 an `open` that throws is reported and closes that connection with 1011', async () => {
  const errors: unknown[] = []
  server = await startNode(
    {
      open() {
        throw new Error('not today')
      },
    },
    { onError: (error) => errors.push(error) },
  )
  const client = new WebSocket(server.url)
  expect(await new Promise((resolve) => client.once('close', resolve))).toBe(1011)
  expect(String(errors[0])).toBe('Error: not today')
})

test('SOCK-40 a ping is answered by a peer that lives, and by the end of one that does not', async () => {
  server = await startNode()
  const client = new WebSocket(server.url)
  await opened(client)
  const [connection] = server.opened as [Connection]
  expect(await connection.ping()).toBe(true)
  expect(await Promise.all([connection.ping(), connection.ping()])).toEqual([true, true])
  await rawPeer(server.port)
  const silent = server.opened[1] as Connection
  const asked = silent.ping()
  expect(await Promise.race([asked, pause(100).then(() => 'waits')])).toBe('waits')
  silent.terminate()
  expect(await asked).toBe(false)
  expect(await silent.ping()).toBe(false)
})
