import { randomBytes } from 'node:crypto'
import { FakeClock } from '@parley/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { RawPolling, RawSocket } from './raw-socket.ts'
import { until, World } from './world.ts'

let world: World
let clock: FakeClock

afterEach(() => world.stop())

const MEGABYTE = 1_048_576
/** 64 KiB that no compression makes smaller. */
const filler = randomBytes(48 * 1_024).toString('base64')

const start = async (maxBuffered: number, deflate = false): Promise<void> => {
  clock = new FakeClock()
  world = await World.start({ clock, maxBuffered, deflate })
  world.channels.onOpened = (session) => session.join('everyone')
}

/** Lets real sockets do what they can, then moves the clock on. */
const seconds = async (count: number): Promise<void> => {
  for (let second = 0; second < count; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    await clock.advance(1_000)
  }
}

const newsOf = (raw: RawSocket): number => raw.frames.filter((frame) => frame.startsWith('42["news"')).length

/** Broadcasts until it is so, no faster than the fast one reads. Answers how many. */
const broadcastUntil = async (fast: RawSocket, isSo: (sent: number) => boolean): Promise<number> => {
  let sent = 0
  while (!isSo(sent)) {
    if (sent * filler.length > 256 * MEGABYTE) throw new Error('nothing happened')
    world.server.rooms.emit('everyone', 'news', [sent, filler])
    sent += 1
    if (sent % 4 === 0) await until('the fast one keeps up', () => newsOf(fast) === sent)
  }
  await until('the fast one has everything', () => newsOf(fast) === sent)
  return sent
}

describe('slow consumers', () => {
  it.each([false, true])(
    'SIO-17 one that does not read is cut with 1013, a fast one gets everything (deflate: %s)',
    async (deflate) => {
      await start(MEGABYTE, deflate)
      const [slow, fast] = [
        await RawSocket.connect(world.port, 'slow'),
        await RawSocket.connect(world.port, 'fast'),
      ]
      await until('both are in', () => world.server.rooms.sizeOf('everyone') === 2)
      slow.socket.pause()
      await broadcastUntil(fast, () => world.server.sessionsOf('slow').length === 0)
      expect(world.server.rooms.sizeOf('everyone')).toBe(1)
      expect(world.named('count', 'parley_slow_consumers_total')).toEqual([{ dialect: 'whisper' }])
      expect(world.named('audit', 'slow consumer closed')).toHaveLength(1)
      slow.socket.resume()
      expect(await slow.closed).toEqual({ code: 1013, reason: 'Too slow' })
      expect(slow.frames.filter((frame) => frame.startsWith('41'))).toEqual([])
      expect(fast.socket.readyState).toBe(1)
    },
  )

  it('SIO-17 one that does not read its end either is cut off', async () => {
    await start(MEGABYTE)
    const [slow, fast] = [
      await RawSocket.connect(world.port, 'slow'),
      await RawSocket.connect(world.port, 'fast'),
    ]
    await until('both are in', () => world.server.rooms.sizeOf('everyone') === 2)
    slow.socket.pause()
    await broadcastUntil(fast, () => world.server.sessionsOf('slow').length === 0)
    await seconds(2)
    slow.socket.resume()
    expect((await slow.closed).code).toBe(1006)
  })

  it('SIO-17 one that takes nothing for ten seconds is cut, one that has nothing to take is not', async () => {
    await start(64 * MEGABYTE)
    const [slow, fast] = [
      await RawSocket.connect(world.port, 'slow'),
      await RawSocket.connect(world.port, 'fast'),
    ]
    await until('both are in', () => world.server.rooms.sizeOf('everyone') === 2)
    slow.socket.pause()
    await broadcastUntil(fast, (sent) => sent === 400)
    await seconds(9)
    expect(world.server.sessionsOf('slow')).toHaveLength(1)
    await seconds(4)
    expect(world.server.sessionsOf('slow')).toHaveLength(0)
    expect(world.server.sessionsOf('fast')).toHaveLength(1)
    expect(world.named('count', 'parley_slow_consumers_total')).toEqual([{ dialect: 'whisper' }])
  })

  it('SIO-17 one that takes a little now and then stays', async () => {
    await start(64 * MEGABYTE)
    const [slow, fast] = [
      await RawSocket.connect(world.port, 'slow'),
      await RawSocket.connect(world.port, 'fast'),
    ]
    await until('both are in', () => world.server.rooms.sizeOf('everyone') === 2)
    slow.socket.pause()
    const total = await broadcastUntil(fast, (sent) => sent === 400)
    for (let round = 0; round < 4; round += 1) {
      await seconds(8)
      const before = newsOf(slow)
      slow.socket.resume()
      await until('it took some', () => newsOf(slow) > Math.min(before + 60, total - 1))
      slow.socket.pause()
    }
    expect(world.server.sessionsOf('slow')).toHaveLength(1)
    slow.socket.resume()
    await until('it has everything', () => newsOf(slow) === total)
  })

  it('SIO-17 a burst that the kernel takes within the turn cuts nobody', async () => {
    await start(MEGABYTE)
    const fast = await RawSocket.connect(world.port, 'fast')
    await until('it is in', () => world.server.rooms.sizeOf('everyone') === 1)
    for (let index = 0; index < 20; index += 1) world.server.rooms.emit('everyone', 'news', [filler])
    await until('it has everything', () => newsOf(fast) === 20)
    expect(world.server.sessionsOf('fast')).toHaveLength(1)
  })

  it('SIO-17 one that polls is cut above the limit', async () => {
    await start(MEGABYTE)
    const polling = await RawPolling.connect(world.port, 'slow')
    const fast = await RawSocket.connect(world.port, 'fast')
    await until('both are in', () => world.server.rooms.sizeOf('everyone') === 2)
    const sent = await broadcastUntil(fast, () => world.server.sessionsOf('slow').length === 0)
    expect(sent * filler.length).toBeLessThan(2 * MEGABYTE)
    expect((await polling.get()).status).toBe(400)
    expect(world.named('count', 'parley_slow_consumers_total')).toEqual([{ dialect: 'whisper' }])
  })

  it('SIO-17 one that polls no more is cut after ten seconds with something to take', async () => {
    await start(MEGABYTE)
    const polling = await RawPolling.connect(world.port, 'slow')
    await until('it is in', () => world.server.rooms.sizeOf('everyone') === 1)
    await seconds(20)
    expect(world.server.sessionsOf('slow')).toHaveLength(1)
    world.server.rooms.emit('everyone', 'news', [1])
    await seconds(8)
    expect((await polling.get()).text).toBe('42["news",1]')
    world.server.rooms.emit('everyone', 'news', [2])
    await seconds(13)
    expect(world.server.sessionsOf('slow')).toHaveLength(0)
    expect((await polling.get()).status).toBe(400)
  })
})
