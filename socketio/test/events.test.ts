import { FakeClock } from '@parley/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { SocketEventHandler } from '../index.ts'
import { RawPolling, RawSocket } from './raw-socket.ts'
import { heard, until, World } from './world.ts'

let world: World

afterEach(() => world.stop())

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = [value]
  return value
}

/** Answers as a dialect does whose arguments are objects. */
const strict: SocketEventHandler = (_session, payload, reply) =>
  payload === null ? reply.fail('INVALID', 'Invalid message format') : reply.ok({ payload })

describe('events', () => {
  it('SIO-10 take effect one after the other, over both dialects', async () => {
    const done: unknown[] = []
    world = await World.start({
      events: {
        slow: async (_session, payload, reply) => {
          await pause(30 - Number(payload) * 10)
          done.push(payload)
          reply.ok()
        },
      },
    })
    const client = await world.connect('ann')
    const acks: unknown[] = []
    for (let index = 0; index < 3; index += 1) {
      client.emit('slow', index, () => acks.push(`slow ${index}`))
      client.emit('whisper:echo', index, () => acks.push(`echo ${index}`))
      client.emit('nobody knows it', () => acks.push(`unknown ${index}`))
    }
    await until('all are answered', () => acks.length === 9)
    expect(done).toEqual([0, 1, 2])
    expect(acks).toEqual([0, 1, 2].flatMap((n) => [`slow ${n}`, `echo ${n}`, `unknown ${n}`]))
  })

  it('SIO-10 a slow event of one socket does not delay another socket', async () => {
    world = await World.start({ events: { never: () => new Promise(() => {}) } })
    const [ann, bob] = [await world.connect('ann'), await world.connect('bob')]
    ann.emit('never')
    expect(await bob.emitWithAck('whisper:echo', 1)).toEqual({ ok: true, payload: 1 })
  })

  it('SIO-10 what arrived before the client went still takes effect, then the session is closed', async () => {
    const done: unknown[] = []
    world = await World.start({
      events: {
        slow: async (session, payload) => {
          await pause(20)
          done.push(payload)
          session.join('late')
          session.emit('late')
        },
      },
    })
    world.channels.onClosed = () => void done.push('closed')
    const raw = await RawSocket.connect(world.port, 'ann')
    for (let index = 0; index < 4; index += 1) raw.send(`42["slow",${index}]`)
    raw.socket.close()
    await until('closed', () => done.includes('closed'))
    expect(done).toEqual([0, 1, 2, 3, 'closed'])
    expect(world.server.rooms.sizeOf('late')).toBe(0)
  })

  it('SIO-10 events and the end of a session in one body: the events take effect', async () => {
    const done: unknown[] = []
    world = await World.start({
      events: {
        note: async (_session, payload) => {
          await pause(10)
          done.push(payload)
        },
      },
    })
    world.channels.onClosed = () => void done.push('closed')
    const raw = await RawPolling.connect(world.port, 'ann')
    await raw.post('42["note",1]\x1e42["note",2]\x1e1').catch(() => null)
    await until('closed', () => done.includes('closed'))
    expect(done).toEqual([1, 2, 'closed'])
  })

  it('SIO-10 a handler that never ends holds the end of its session up for five seconds at most', async () => {
    const clock = new FakeClock()
    world = await World.start({ clock, events: { never: () => new Promise(() => {}) } })
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send('42["never"]')
    await until('it came', () => world.named('debug', 'socket event').length === 1)
    raw.socket.close()
    await until('it is gone', () => world.server.sessionsOf('ann').length === 0)
    await clock.advance(4_900)
    expect([world.channels.log, world.core.presence.isOnline('ann')]).toEqual([['opened ann'], true])
    await clock.advance(200)
    expect([world.channels.log.at(-1), world.core.presence.isOnline('ann')]).toEqual(['closed ann', false])
  })

  it('SIO-10 what waits when the server ends the session does not take effect', async () => {
    const done: unknown[] = []
    let letGo = () => {}
    world = await World.start({
      events: {
        slow: async (_session, payload) => {
          done.push(payload)
          await new Promise<void>((resolve) => {
            letGo = resolve
          })
        },
      },
    })
    const raw = await RawSocket.connect(world.port, 'ann')
    for (let index = 0; index < 4; index += 1) raw.send(`42["slow",${index}]`)
    await until('they came', () => world.named('debug', 'socket event').length === 4)
    world.core.identities.end('ann', null)
    await raw.closed
    letGo()
    await until('closed', () => world.channels.log.includes('closed ann'))
    expect(done).toEqual([0])
  })

  it('SIO-10 what came with the event for which the server ended the session does not take effect', async () => {
    const done: unknown[] = []
    world = await World.start({
      maxBuffered: 1_000,
      events: {
        burst: (session) => session.emit('news', 'x'.repeat(10_000)),
        note: (_session, payload) => void done.push(payload),
      },
    })
    const raw = await RawPolling.connect(world.port, 'ann')
    await raw.post('42["note",1]\x1e42["burst"]\x1e42["note",2]').catch(() => null)
    await until('closed', () => world.channels.log.includes('closed ann'))
    expect(done).toEqual([1])
  })

  it.each(['nobody knows it', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 'error', 'message'])(
    'SIO-11 the unknown event %s is answered when an answer was asked for, and else ignored',
    async (name) => {
      world = await World.start()
      const client = await world.connect('ann')
      client.emit(name, { a: 1 })
      expect(await client.emitWithAck(name, { a: 1 })).toEqual({
        ok: false,
        error: { code: 'UNKNOWN_EVENT', message: 'Unknown event' },
      })
      expect(client.connected).toBe(true)
    },
  )

  it('SIO-11 a number as name is unknown; a reserved name or none closes that connection alone', async () => {
    world = await World.start()
    const other = await world.connect('bob')
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send('421[5,1]')
    expect(await raw.next('431')).toContain('UNKNOWN_EVENT')
    raw.send('42')
    raw.send('422')
    expect(await raw.next('432')).toContain('UNKNOWN_EVENT')
    for (const frame of [
      '42["disconnect"]',
      '42["connect_error"]',
      '42["newListener"]',
      '42[]',
      '42[{"a":1},1]',
      '42{"0":"whisper:echo"}',
      '42["whisper:echo"',
      '4z',
      '4',
    ]) {
      const bad = await RawSocket.connect(world.port, 'ann')
      bad.send(frame)
      await bad.closed
    }
    expect(await other.emitWithAck('whisper:echo', 1)).toEqual({ ok: true, payload: 1 })
    expect(world.named('error', 'an event handler failed')).toEqual([])
  })

  it('SIO-11 an event without a payload or an acknowledgement is handled all the same', async () => {
    const seen: unknown[] = []
    world = await World.start({
      events: {
        note: (_session, payload, reply) => {
          seen.push(payload)
          reply.ok()
          reply.fail('TWICE', 'Only the first counts')
        },
      },
    })
    const client = await world.connect('ann')
    client.emit('note')
    client.emit('note', 'first', 'second')
    expect(await client.emitWithAck('note')).toEqual({ ok: true })
    expect(seen).toEqual([undefined, 'first', undefined])
  })

  it('SIO-11 answers of a client are dropped', async () => {
    world = await World.start()
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send('430[1]')
    raw.send('43999999[{"a":1}]')
    raw.send('421["whisper:echo",1]')
    expect(await raw.next('431')).toBe('431[{"ok":true,"payload":1}]')
  })

  it('SIO-12 a payload that is 32 deep passes; a deeper one arrives as null', async () => {
    world = await World.start({ events: { strict } })
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send(`421["strict",${JSON.stringify(nested(32))}]`)
    expect(await raw.next('431')).toContain('"ok":true')
    raw.send(`422["strict",${JSON.stringify(nested(33))}]`)
    expect(await raw.next('432')).toContain('"code":"INVALID"')
    raw.send(`423["strict",${'['.repeat(20_000)}${']'.repeat(20_000)}]`)
    expect(await raw.next('433')).toContain('"code":"INVALID"')
    raw.send(`424["strict",${'{"a":'.repeat(33)}1${'}'.repeat(33)}]`)
    expect(await raw.next('434')).toContain('"code":"INVALID"')
  })

  it('SIO-12 keys that mean something to JavaScript are harmless', async () => {
    world = await World.start({ events: { strict } })
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send('421["strict",{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]')
    expect(await raw.next('431')).toContain('"ok":true')
    const other = await RawSocket.open(world.port, 'EIO=4')
    other.send('40{"__proto__":{"token":"ann"},"constructor":1}')
    expect(await other.next('44')).toContain('missing')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('on purpose')
      },
    ],
    ['rejects', () => Promise.reject(new Error('on purpose'))],
  ] as [string, SocketEventHandler][])(
    'SIO-13 a handler that %s is reported, and answered',
    async (_name, handler) => {
      world = await World.start({ events: { broken: handler } })
      const client = await world.connect('ann')
      expect(await client.emitWithAck('broken')).toEqual({
        ok: false,
        error: { code: 'SERVER_ERROR', message: 'Server error' },
      })
      expect(world.named('error', 'an event handler failed')).toMatchObject([{ event: 'broken' }])
      expect(await client.emitWithAck('whisper:echo', 1)).toEqual({ ok: true, payload: 1 })
    },
  )

  it('SIO-14 events are logged by name, cut to 64 characters, never with arguments', async () => {
    world = await World.start()
    const client = await world.connect('ann')
    await client.emitWithAck('whisper:echo', 'a secret')
    await client.emitWithAck('x'.repeat(200), 'a secret')
    const logged = world.named('debug', 'socket event')
    expect(logged.map(({ event }) => event)).toEqual(['whisper:echo', 'x'.repeat(64)])
    expect(logged.map(({ connectionId }) => connectionId)).toEqual([client.id, client.id])
    expect(JSON.stringify(world.told)).not.toContain('secret')
  })
})

describe('a client that is ahead of its handlers', () => {
  it('SIO-15 is read no further over WebSocket, and goes on where it was', async () => {
    const seen: unknown[] = []
    let letGo = () => {}
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    world = await World.start({
      events: {
        wait: async (_session, payload) => {
          await gate
          seen.push((payload as { n: number }).n)
        },
      },
    })
    const raw = await RawSocket.connect(world.port, 'ann')
    const filler = 'x'.repeat(1_000)
    const count = 20_000
    for (let n = 0; n < count; n += 1) raw.send(`42["wait",{"n":${n},"filler":"${filler}"}]`)
    const came = () => world.named('debug', 'socket event').length
    await until('many came', () => came() > 256)
    await pause(300)
    // The limit, and what one read of the network had brought.
    expect(came()).toBeLessThan(1_000)
    letGo()
    await until('all took effect', () => seen.length === count)
    expect(seen.every((n, index) => n === index)).toBe(true)
  })

  it('SIO-15 is closed when it polls', async () => {
    world = await World.start({ events: { never: () => new Promise(() => {}) } })
    const other = await world.connect('bob')
    const raw = await RawPolling.connect(world.port, 'ann')
    const packets = (count: number) => Array.from({ length: count }, () => '42["never"]').join('\x1e')
    await raw.post(packets(1_000))
    expect(world.server.sessionsOf('ann')).toHaveLength(1)
    await raw.post(packets(1_000)).catch(() => null)
    await until('it is closed', () => world.server.sessionsOf('ann').length === 0)
    expect(world.named('audit', 'connection closed')).toMatchObject([{ reason: 'too many events' }])
    expect(await other.emitWithAck('whisper:echo', 1)).toEqual({ ok: true, payload: 1 })
  })
})

describe('attachments', () => {
  it('SIO-16 a stock client that sends bytes gets the answer of an invalid message, and stays', async () => {
    world = await World.start({ events: { strict } })
    const client = await world.connect('ann')
    const bytes = new Uint8Array([1, 2, 3])
    expect(await client.emitWithAck('strict', { file: bytes, files: [bytes, bytes] })).toMatchObject({
      ok: false,
      error: { code: 'INVALID' },
    })
    expect(await client.emitWithAck('strict', { a: 1 })).toEqual({ ok: true, payload: { a: 1 } })
    expect(client.connected).toBe(true)
  })

  it('SIO-16 the same over polling', async () => {
    world = await World.start({ events: { strict } })
    const client = await world.connect('ann', { transports: ['polling'] })
    expect(await client.emitWithAck('strict', new Uint8Array(3))).toMatchObject({
      error: { code: 'INVALID' },
    })
    expect(await client.emitWithAck('strict', 1)).toEqual({ ok: true, payload: 1 })
  })

  it.each([1, 10])('SIO-16 %s attachments are passed over', async (count) => {
    world = await World.start({ events: { strict } })
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send(`45${count}-7["strict",{"_placeholder":true,"num":0}]`)
    for (let index = 0; index < count; index += 1) raw.send(new Uint8Array(60_000))
    raw.send('428["strict",1]')
    expect(await raw.next('437')).toContain('INVALID')
    expect(await raw.next('438')).toContain('"ok":true')
  })

  it.each([
    '450-["strict",1]',
    '4511-["strict",1]',
    '451000000000-["strict",1]',
    '45-["strict",1]',
    '451["strict",1]',
    '45-1-["strict",1]',
    '451.5-["strict",1]',
    '451e1-["strict",1]',
    '451-{"a":1}',
    '451-["connect",1]',
    '451-[',
    '460-1[1]',
  ])('SIO-16 %s closes the connection', async (frame) => {
    world = await World.start({ events: { strict } })
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send(frame)
    await raw.closed
    await until('closed', () => world.channels.log.includes('closed ann'))
  })

  it('SIO-16 an attachment without its event, or an event in place of one, closes the connection', async () => {
    world = await World.start({ events: { strict } })
    const lone = await RawSocket.connect(world.port, 'ann')
    lone.send(new Uint8Array(3))
    await lone.closed
    const missing = await RawSocket.connect(world.port, 'ann')
    missing.send('452-["strict",1]')
    missing.send(new Uint8Array(3))
    missing.send('421["strict",1]')
    await missing.closed
    expect(missing.frames.filter((frame) => frame.startsWith('431'))).toEqual([])
  })

  it('SIO-16 attachments of an answer are dropped', async () => {
    world = await World.start({ events: { strict } })
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send('461-5[{"_placeholder":true,"num":0}]')
    raw.send(new Uint8Array(3))
    raw.send('421["strict",1]')
    expect(await raw.next('431')).toContain('"ok":true')
  })

  it('SIO-16 attachments that never come hold nobody up', async () => {
    world = await World.start({ events: { strict } })
    const client = await world.connect('bob')
    const raw = await RawSocket.connect(world.port, 'ann')
    raw.send('459-7["strict",{"_placeholder":true,"num":0}]')
    expect(await raw.next('437')).toContain('INVALID')
    const news = heard(client, 'news')
    world.server.rooms.emit(
      [...world.server.sessionsOf('bob'), ...world.server.sessionsOf('ann')].map(({ id }) => id),
      'news',
      [1],
    )
    expect(await news).toBe(1)
    expect(await raw.next('42')).toBe('42["news",1]')
  })
})
