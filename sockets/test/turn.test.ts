import { afterEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { textFrame } from '../index.ts'
import type { AcceptorOptions } from '../node.ts'
import { eventually, pause } from './eventually.ts'
import { openInboxes, startNode, type TestServer } from './node-server.ts'
import { rawPeer } from './raw-peer.ts'

let server: TestServer
afterEach(async () => {
  vi.restoreAllMocks()
  await server.stop()
})

const clients = async (count: number, options: AcceptorOptions = {}): Promise<string[][]> => {
  server = await startNode({}, options)
  return openInboxes(server, count)
}

it('SOCK-41 connections that are told the same in a turn are written one buffer, made once', async () => {
  const inboxes = await clients(20)
  const writes = server.sockets.map((socket) => vi.spyOn(socket, 'write'))
  const concat = vi.spyOn(Buffer, 'concat')
  const frames = ['one', 'two', 'three'].map(textFrame)
  for (const frame of frames) for (const connection of server.opened) connection.send(frame)
  await new Promise(setImmediate)
  expect(writes.map((write) => write.mock.calls.length)).toEqual(Array.from({ length: 20 }, () => 1))
  expect(new Set(writes.map((write) => write.mock.calls[0]![0])).size).toBe(1)
  expect(concat).toHaveBeenCalledTimes(1)
  await eventually('all came', () => inboxes.every((texts) => texts.length === 3))
  expect(inboxes).toEqual(inboxes.map(() => ['one', 'two', 'three']))
})

it('SOCK-41 a single frame is written as the bytes that it is', async () => {
  await clients(2)
  const writes = server.sockets.map((socket) => vi.spyOn(socket, 'write'))
  const frame = textFrame('alone')
  for (const connection of server.opened) connection.send(frame)
  await new Promise(setImmediate)
  for (const write of writes) expect(write.mock.calls).toEqual([[frame.bytes]])
})

it('SOCK-43 a socket that throws is ended, and the others get theirs', async () => {
  const errors: unknown[] = []
  const inboxes = await clients(3, { onError: (error) => errors.push(error) })
  vi.spyOn(server.sockets[0]!, 'write').mockImplementation(() => {
    throw new Error('broken')
  })
  const frame = textFrame('news')
  for (const connection of server.opened) connection.send(frame)
  await eventually('the others', () => inboxes[1]!.length === 1 && inboxes[2]!.length === 1)
  expect(server.opened.map(({ isOpen }) => isOpen)).toEqual([false, true, true])
  expect(errors.map(String)).toEqual(['Error: broken'])
})

it('SOCK-44 what is sent while a turn is written leaves with that turn or the next', async () => {
  const inboxes = await clients(2)
  const [one, other] = server.opened
  one!.send('first', () => {
    other!.send('from taken')
    one!.send('second')
  })
  other!.send('first')
  await eventually('came', () => inboxes.every((texts) => texts.length === 2))
  expect(inboxes).toEqual([
    ['first', 'second'],
    ['first', 'from taken'],
  ])
})

it('SOCK-14 bytes of a turn that were shared count for each connection by itself', async () => {
  const slow: string[] = []
  const inboxes = await clients(1, { maxBuffered: 1_048_576, onSlow: ({ id }) => slow.push(id) })
  const peer = await rawPeer(server.port)
  peer.socket.pause()
  const [, stuck] = server.opened
  for (let turn = 0; turn < 200 && stuck!.isOpen; turn++) {
    for (const frame of ['x', 'y'].map((letter) => textFrame(letter.repeat(60_000)))) {
      for (const connection of server.opened) connection.send(frame)
    }
    await eventually('the fast one keeps up', () => inboxes[0]!.length === 2 * (turn + 1))
  }
  expect(slow).toEqual([stuck!.id])
  expect(server.opened[0]!.isOpen).toBe(true)
})

it.each([false, { threshold: 0 }])(
  'SOCK-18 whenDrained hears of what was written before it was asked (deflate: %s)',
  async (deflate) => {
    server = await startNode({}, { maxBuffered: 64 * 1_048_576, deflate })
    const peer = deflate === false ? (await rawPeer(server.port)).socket : new WebSocket(server.url)
    await eventually('open', () => server.opened.length === 1)
    const connection = server.opened[0]!
    peer.pause()
    const text = Array.from({ length: 600_000 }, () => Math.random()).join()
    connection.send(text)
    await new Promise(setImmediate)
    const drained = connection.whenDrained(1_000)
    expect(await Promise.race([drained, pause(100).then(() => 'waits')])).toBe('waits')
    peer.resume()
    expect(await drained).toBe(true)
    expect(connection.bufferedBytes).toBeLessThan(1_000)
  },
)
