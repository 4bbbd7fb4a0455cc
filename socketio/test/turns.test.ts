import type { Socket as NetSocket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RawSocket } from './raw-socket.ts'
import { until, World } from './world.ts'

let world: World

beforeEach(async () => {
  world = await World.start({
    events: {
      between: (_session, _payload, reply) => {
        world.server.rooms.emit('everyone', 'news', ['before'])
        reply.ok()
        world.server.rooms.emit('everyone', 'news', ['after'])
      },
    },
  })
  world.channels.onOpened = (session) => session.join('everyone')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await world.stop()
})

interface EngineClient {
  readonly transport: {
    readonly name: string
    readonly writable: boolean
    readonly socket: WebSocketOfEngine
  }
}
interface WebSocketOfEngine {
  readonly _socket: NetSocket
  close(code: number, reason: string): void
}

const engineClients = (): EngineClient[] =>
  Object.values((world.server.io.engine as unknown as { clients: Record<string, EngineClient> }).clients)

const news = (...args: unknown[]): void => world.server.rooms.emit('everyone', 'news', args)
const newsOf = ({ frames }: RawSocket): string[] =>
  frames.filter((frame) => frame.startsWith('42["news"')).map((frame) => frame.slice('42["news",'.length, -1))

const join = async (...users: string[]): Promise<RawSocket[]> => {
  const sockets: RawSocket[] = []
  for (const user of users) sockets.push(await RawSocket.connect(world.port, user))
  await until('all are in', () => world.server.rooms.sizeOf('everyone') === users.length)
  return sockets
}

describe('what is sent to many in one turn', () => {
  it('SIO-20 leaves in one write for each WebSocket, of bytes that are shared, in the order of sending', async () => {
    const sockets = await join('ann', 'bob', 'cem')
    const writes = engineClients().map(({ transport }) => vi.spyOn(transport.socket._socket, 'write'))
    for (const text of ['one', 'two']) news(text)
    await until('all came', () => sockets.every((socket) => newsOf(socket).length === 2))
    expect(writes.map((write) => write.mock.calls.length)).toEqual([1, 1, 1])
    expect(new Set(writes.map((write) => write.mock.calls[0]![0])).size).toBe(1)
    const [ann] = world.server.sessionsOf('ann')
    news('three')
    ann!.emit('news', 'own')
    news('four')
    await until('all came', () => sockets.every((socket) => newsOf(socket).at(-1) === '"four"'))
    expect(newsOf(sockets[0]!)).toEqual(['"one"', '"two"', '"three"', '"own"', '"four"'])
    expect(newsOf(sockets[1]!)).toEqual(['"one"', '"two"', '"three"', '"four"'])
    expect(writes.map((write) => write.mock.calls.length)).toEqual([2, 2, 2])
  })

  it('SIO-20 stands in order with an acknowledgement', async () => {
    const [ann] = await join('ann')
    ann!.send('427["between"]')
    await until('all came', () => newsOf(ann!).length === 2)
    expect(ann!.frames.slice(-3)).toEqual(['42["news","before"]', '437[{"ok":true}]', '42["news","after"]'])
  })

  it('SIO-20 arrives once and in order across an upgrade', async () => {
    const heard: number[] = []
    const client = world.client({ token: 'ann' }, { transports: ['polling', 'websocket'] })
    client.on('news', (count: number) => heard.push(count))
    await until('it is in', () => world.server.rooms.sizeOf('everyone') === 1)
    let sent = 0
    let afterUpgrade = 0
    while (afterUpgrade < 50) {
      for (let index = 0; index < 3; index += 1) {
        news(sent)
        sent += 1
      }
      if (engineClients()[0]!.transport.name === 'websocket') afterUpgrade += 1
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await until('all came', () => heard.length >= sent)
    expect(heard).toEqual(Array.from({ length: sent }, (_, index) => index))
  })

  it('SIO-20 stays in order behind what engine.io holds for a peer that does not read', async () => {
    const [ann] = await join('ann')
    ann!.socket.pause()
    const [client] = engineClients()
    const filler = 'x'.repeat(60_000)
    let sent = 0
    const next = (): number => {
      sent += 1
      return sent
    }
    while (!client!.transport.socket._socket.writableNeedDrain) {
      news(next(), filler)
      await new Promise(setImmediate)
    }
    const [session] = world.server.sessionsOf('ann')
    session!.emit('news', next())
    expect(client!.transport.writable).toBe(false)
    news(next())
    session!.emit('news', next())
    news(next())
    ann!.socket.resume()
    await until('all came', () => newsOf(ann!).length === sent)
    const numbers = newsOf(ann!).map((text) => Number.parseInt(text, 10))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  it('SIO-20 arrives before the end that was begun in the same turn', async () => {
    const [ann] = await join('ann')
    news('last words')
    engineClients()[0]!.transport.socket.close(4000, 'bye')
    news('too late')
    expect(await ann!.closed).toEqual({ code: 4000, reason: 'bye' })
    expect(newsOf(ann!)).toEqual(['"last words"'])
  })

  it('SIO-20 reaches sockets that poll and sockets that do not, each once', async () => {
    const [ann] = await join('ann')
    const polling = await world.connect('bob', { transports: ['polling'] })
    const heard: unknown[] = []
    polling.on('news', (what) => heard.push(what))
    await until('both are in', () => world.server.rooms.sizeOf('everyone') === 2)
    for (let index = 0; index < 5; index += 1) news(index)
    await until('all came', () => heard.length === 5 && newsOf(ann!).length === 5)
    expect(heard).toEqual([0, 1, 2, 3, 4])
  })

  it('SIO-20 is told to who listens to the packets of a connection, as the admin UI does', async () => {
    const packets: unknown[] = []
    world.server.io.engine.on('connection', (connection: NodeJS.EventEmitter) => {
      connection.on('packetCreate', ({ data }: { data?: string }) => packets.push(data))
    })
    const [ann] = await join('ann')
    news('seen')
    await until('it came', () => newsOf(ann!).length === 1)
    expect(packets.filter((data) => data === '2["news","seen"]')).toHaveLength(1)
  })

  it('SIO-21 who comes to a large room hears it from then on, who leaves no more', async () => {
    const users = Array.from({ length: 12 }, (_, index) => `user ${index}`)
    const sockets = await join(...users)
    news(1)
    const [first] = world.server.sessionsOf('user 0')
    first!.leave('everyone')
    news(2)
    first!.join('everyone')
    news(3)
    sockets[11]!.socket.terminate()
    await until('it is gone', () => world.server.rooms.sizeOf('everyone') === 11)
    news(4)
    const others = sockets.slice(1, 11)
    await until('all came', () => others.every((socket) => newsOf(socket).length === 4))
    await until('all came', () => newsOf(sockets[0]!).length === 3)
    expect(newsOf(sockets[0]!)).toEqual(['1', '3', '4'])
  })
})
