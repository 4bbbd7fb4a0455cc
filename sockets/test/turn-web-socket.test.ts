import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { textFrame } from '../index.ts'
import { type TurnWebSocket, TurnWebSocketServer } from '../node.ts'
import { eventually } from './eventually.ts'
import { type RawPeer, rawPeer } from './raw-peer.ts'

const ends: (() => void)[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const end of ends.splice(0)) end()
})

/** A server of such sockets, and so many peers that speak raw WebSocket. */
const connect = async (count: number): Promise<{ sockets: TurnWebSocket[]; peers: RawPeer[] }> => {
  const wss = new TurnWebSocketServer({ noServer: true, clientTracking: false })
  const http = createServer()
  const sockets: TurnWebSocket[] = []
  http.on('upgrade', (request, socket, head) => {
    wss.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', () => {})
      sockets.push(ws as TurnWebSocket)
    })
  })
  await new Promise<void>((ready) => void http.listen(0, '127.0.0.1', ready))
  const peers: RawPeer[] = []
  for (let index = 0; index < count; index += 1) {
    peers.push(await rawPeer((http.address() as AddressInfo).port))
  }
  ends.push(() => {
    for (const socket of sockets) socket.terminate()
    http.closeAllConnections()
    http.close()
  })
  return { sockets, peers }
}

/** Opcodes and payloads of short frames. */
const framesOf = (bytes: Buffer): string[] => {
  const frames: string[] = []
  for (let at = 0; at + 2 <= bytes.length; ) {
    const length = bytes[at + 1]!
    frames.push(`${bytes[at]! & 0x0f}:${bytes.toString('latin1', at + 2, at + 2 + length)}`)
    at += 2 + length
  }
  return frames
}

it('SOCK-45 messages of a turn leave in one write, of shared bytes, with those that were encoded before', async () => {
  const { sockets, peers } = await connect(2)
  const writes = sockets.map(({ _socket: socket }) => vi.spyOn(socket, 'write'))
  const [one, two] = [textFrame('one'), textFrame('two')]
  for (const frame of [one, two]) for (const socket of sockets) socket.sendEncoded(frame)
  await new Promise(setImmediate)
  expect(writes.map((write) => write.mock.calls.length)).toEqual([1, 1])
  expect(writes[0]!.mock.calls[0]![0]).toBe(writes[1]!.mock.calls[0]![0])
  sockets[0]!.sendEncoded(one)
  sockets[0]!.send('own')
  sockets[0]!.send(Buffer.from('binary'))
  sockets[0]!.sendEncoded(two)
  await eventually('came', () => framesOf(peers[0]!.received()).length === 6)
  expect(framesOf(peers[0]!.received())).toEqual([
    ...['1:one', '1:two', '1:one'],
    ...['1:own', '2:binary', '1:two'],
  ])
  expect(writes[0]!.mock.calls.length).toBe(2)
})

it('SOCK-45 control frames and the end come behind what waits, and nothing after the end', async () => {
  const { sockets, peers } = await connect(1)
  const [socket] = sockets
  socket!.send('before the ping')
  socket!.ping('p')
  socket!.send('after it')
  socket!.close(4000, 'bye')
  expect(socket!.sendEncoded(textFrame('too late'))).toBe(0)
  await eventually('came', () => framesOf(peers[0]!.received()).length === 4)
  expect(framesOf(peers[0]!.received())).toEqual([
    '1:before the ping',
    '9:p',
    '1:after it',
    `8:${Buffer.from([0x0f, 0xa0]).toString('latin1')}bye`,
  ])
})

it('SOCK-45 what waits when the connection is lost is dropped, and harms nobody', async () => {
  const { sockets, peers } = await connect(2)
  for (const socket of sockets) socket.sendEncoded(textFrame('news'))
  sockets[0]!.terminate()
  await eventually('came', () => framesOf(peers[1]!.received()).length === 1)
  expect(framesOf(peers[0]!.received())).toEqual([])
})

it('SOCK-45 a message counts as sent when it waits, and when the kernel took it once the socket is full', async () => {
  const { sockets, peers } = await connect(1)
  const [socket] = sockets
  let sent = 0
  socket!.send('small', () => {
    sent += 1
  })
  expect(sent).toBe(1)
  expect(socket!.unsent).toBeGreaterThan(0)
  peers[0]!.socket.pause()
  while (!socket!._socket.writableNeedDrain) {
    socket!.send('x'.repeat(65_536))
    await new Promise(setImmediate)
  }
  socket!.send('waits', () => {
    sent += 1
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(sent).toBe(1)
  peers[0]!.socket.resume()
  await eventually('taken', () => sent === 2)
  expect(socket!.unsent).toBe(0)
})
