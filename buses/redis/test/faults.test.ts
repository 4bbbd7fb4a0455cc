import type { Envelope, LeaseRequest, Topic } from '@parley/core'
import { type RedisProcess, startRedis } from '@parley/testkit/redis-process'
import { startTcpProxy } from '@parley/testkit/tcp-proxy'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRedis, type RedisNode } from '../index.ts'

const SECRET = 'a secret of at least thirty-two characters'
/** Until the nodes know that Redis is away, or back (ms), on a machine that is busy. */
const SOON = { timeout: 10_000, interval: 20 }

let redis: RedisProcess
let nodes: RedisNode[] = []

const open = async (
  options: { url?: string; secret?: string; skew?: () => number } = {},
): Promise<RedisNode> => {
  const node = await openRedis({ url: redis.url, secret: SECRET, onError: () => {}, ...options })
  nodes.push(node)
  return node
}

beforeEach(async () => {
  redis = await startRedis()
})
afterEach(async () => {
  for (const { leases, bus } of nodes) {
    await leases.close()
    await bus.close()
  }
  nodes = []
  redis.resume()
  await redis.stop()
})

const whisper = (content: string): Envelope => ({
  event: {
    type: 'room.whispered',
    code: 'SECRETRM',
    id: 'id',
    sender: { id: 'ann', username: 'ann', avatar: null },
    content,
    createdAt: 1,
  },
  except: null,
})
const wordOf = ({ event }: Envelope): string => (event.type === 'room.whispered' ? event.content : '')
const collect = async ({ bus }: RedisNode, topic: Topic = 'room:SECRETRM'): Promise<string[]> => {
  const seen: string[] = []
  await bus.subscribe(topic, (_topic, envelope) => seen.push(wordOf(envelope)))
  return seen
}
const say = ({ bus }: RedisNode, word: string): void => bus.publish('room:SECRETRM', whisper(word))

const request = (holder: string, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  kind: 'presence',
  key: 'ann',
  holder,
  nodeId: 'node-1',
  value: {},
  capacity: 0,
  whenFull: 'refuse',
  ttl: 30_000,
  ...more,
})
const holdersOf = async ({ leases }: RedisNode, key = 'ann'): Promise<string[]> =>
  (await leases.holders('presence', key)).map(({ holder }) => holder)
const watch = ({ leases }: RedisNode): string[] => {
  const seen: string[] = []
  leases.watch('presence', ({ type, lease }) => seen.push(`${type} ${lease.holder}`))
  return seen
}

describe('the bus over Redis', () => {
  it('BUS-4 goes on at home while Redis is killed, and between nodes within 3 s of its return', async () => {
    const [one, two] = [await open(), await open()]
    const [here, there] = [await collect(one), await collect(two)]
    let restored = 0
    two.bus.onRestored(() => {
      restored += 1
    })
    say(one, 'before')
    await expect.poll(() => there).toEqual(['before'])
    await redis.kill()
    await expect.poll(() => one.bus.isUp || two.bus.isUp, SOON).toBe(false)
    for (let index = 0; index < 2_000; index += 1) say(one, `away ${index}`)
    await expect.poll(() => here).toHaveLength(2_001)
    // What waits for Redis is bounded.
    expect(one.bus.stats.dropped).toBe(1_000)
    // Somebody comes meanwhile.
    const late = await collect(two, 'room:LATE')
    const back = performance.now()
    await redis.start()
    await expect.poll(() => one.bus.isUp && two.bus.isUp, SOON).toBe(true)
    expect(performance.now() - back).toBeLessThan(3_000)
    expect(restored).toBe(1)
    say(one, 'after')
    one.bus.publish('room:LATE', whisper('late'))
    await expect.poll(() => [there.at(-1), late.at(-1)]).toEqual(['after', 'late'])
    expect(one.bus.stats.reconnects).toBe(1)
  })

  it('BUS-4 a Redis that hangs for 5 s is away after 3 s, and back by itself', async () => {
    const [one, two] = [await open(), await open()]
    const there = await collect(two)
    redis.pause()
    const began = performance.now()
    const own = await collect(one)
    say(one, 'home')
    await expect.poll(() => own).toEqual(['home'])
    await expect.poll(() => one.bus.isUp || two.bus.isUp, SOON).toBe(false)
    expect(performance.now() - began).toBeLessThan(4_500)
    const answer = await one.leases.take(request('a'))
    expect(answer.kind).toBe('taken')
    await new Promise((resolve) => setTimeout(resolve, 5_000 - (performance.now() - began)))
    redis.resume()
    await expect.poll(() => one.bus.isUp && two.bus.isUp, SOON).toBe(true)
    say(one, 'after')
    await expect.poll(() => there.at(-1)).toBe('after')
    expect(await holdersOf(two)).toEqual(['a'])
  }, 30_000)

  it('BUS-5 Redis sees neither a word, nor a room, nor a name, in channels, commands or keys', async () => {
    const monitored: string[] = []
    const { connect } = await import('node:net')
    const monitor = connect(redis.port, '127.0.0.1')
    monitor.setEncoding('latin1').on('data', (text: string) => monitored.push(text))
    monitor.write('MONITOR\r\n')
    await redis.ask('CONFIG', 'SET', 'slowlog-log-slower-than', '0')
    const [one, two] = [await open(), await open()]
    const there = await collect(two)
    say(one, 'canarybird')
    const seat = { kind: 'seat', key: 'SECRETRM', value: { username: 'canaryname' } } as const
    await one.leases.take(request('connection', seat))
    await expect.poll(() => there).toEqual(['canarybird'])
    expect((await two.leases.holders('seat', 'SECRETRM'))[0]?.value).toEqual({ username: 'canaryname' })
    const [channels, slow, keys] = await Promise.all([
      redis.ask('PUBSUB', 'SHARDCHANNELS'),
      redis.ask('SLOWLOG', 'GET', '1000'),
      redis.ask('KEYS', '*'),
    ])
    await expect.poll(() => monitored.join('').toLowerCase()).toContain('"spublish"')
    monitor.destroy()
    const all = [monitored.join(''), channels, slow, keys].join('\n')
    // They were looked at.
    expect(channels).toContain('parley:')
    expect(slow).toContain('eval')
    for (const secret of ['canarybird', 'canaryname', 'SECRETRM', SECRET]) expect(all).not.toContain(secret)
  })

  it('BUS-6 what nobody with the secret sealed is dropped and counted, and harms nothing', async () => {
    const errors: unknown[] = []
    const one = await openRedis({ url: redis.url, secret: SECRET, onError: (error) => errors.push(error) })
    nodes.push(one)
    const stranger = await open({ secret: `${SECRET}, another one` })
    const here = await collect(one)
    const channel = /parley:\S+/.exec(await redis.ask('PUBSUB', 'SHARDCHANNELS'))?.[0] ?? ''
    const hostile = ['', '{}', '\u0001', `\u0001${'x'.repeat(100)}`, '[1,{"type":"identity.ended"}]']
    for (const body of hostile) await redis.ask('SPUBLISH', channel, body)
    say(stranger, 'not yours')
    const two = await open()
    say(two, 'ours')
    await expect.poll(() => here).toEqual(['ours'])
    expect(one.bus.stats.invalid).toBe(hostile.length)
    expect(errors).toHaveLength(1)
  })

  it('BUS-7 subscribes to what its own listeners need and to nothing else', async () => {
    const [one, two] = [await open(), await open()]
    const count = async (): Promise<number> =>
      [...(await redis.ask('PUBSUB', 'SHARDCHANNELS')).matchAll(/parley:/g)].length
    const listener = (): void => {}
    await Promise.all(
      Array.from({ length: 1_200 }, (_, index) => one.bus.subscribe(`user:${index}`, listener)),
    )
    await two.bus.subscribe('user:0', listener)
    expect(await count()).toBe(1_200)
    for (let index = 0; index < 1_199; index += 1) one.bus.unsubscribe(`user:${index}`, listener)
    await expect.poll(count).toBe(2)
    // Left and come back within a turn.
    one.bus.unsubscribe('user:1199', listener)
    const seen: string[] = []
    await one.bus.subscribe('user:1199', (_topic, envelope) => seen.push(wordOf(envelope)))
    two.bus.publish('user:1199', whisper('still'))
    await expect.poll(() => seen).toEqual(['still'])
  })
})

describe('leases in Redis', () => {
  it('LEASE-6 a Redis that forgot everything learns it anew at the next renewal, with the tokens that were given', async () => {
    const [one, two] = [await open(), await open()]
    const taken = await one.leases.take(request('a'))
    await one.leases.renew('node-1')
    await redis.ask('FLUSHALL')
    expect(await holdersOf(two)).toEqual([])
    expect(await one.leases.renew('node-1')).toEqual([])
    expect(taken.kind === 'taken' && (await two.leases.holders('presence', 'ann'))).toEqual([
      taken.kind === 'taken' ? taken.lease : null,
    ])
    const later = await two.leases.take(request('b', { nodeId: 'node-2' }))
    if (taken.kind !== 'taken' || later.kind !== 'taken') throw new Error('full')
    expect(later.lease.token).toBeGreaterThan(taken.lease.token)
    expect(await two.leases.release(taken.lease)).toEqual({ last: false })
    expect(await holdersOf(one)).toEqual(['b'])
  })

  it('LEASE-6 while Redis is away a node answers for itself; what it holds and ended is known when Redis is back', async () => {
    const [one, two] = [await open(), await open()]
    const seen = watch(one)
    const gone = await one.leases.take(request('gone'))
    await one.leases.renew('node-1')
    await redis.kill()
    await expect.poll(() => one.bus.isUp || two.bus.isUp, SOON).toBe(false)
    await one.leases.take(request('stays'))
    await one.leases.take(request('new', { key: 'bob' }))
    if (gone.kind === 'taken') expect(await one.leases.release(gone.lease)).toEqual({ last: false })
    expect(await holdersOf(one)).toEqual(['stays'])
    expect(await holdersOf(two)).toEqual([])
    expect(seen).toEqual(['first gone', 'first new'])
    await redis.start()
    await expect.poll(() => one.bus.isUp && two.bus.isUp, SOON).toBe(true)
    expect([await holdersOf(two), await holdersOf(two, 'bob')]).toEqual([['stays'], ['new']])
  })

  it('LEASE-6 of a place that two nodes gave while Redis was away, one holder keeps it and the other is told', async () => {
    const [one, two] = [await open(), await open()]
    await redis.kill()
    await expect.poll(() => one.bus.isUp || two.bus.isUp, SOON).toBe(false)
    const lost: string[] = []
    for (const { leases } of [one, two]) {
      leases.watch('chat', ({ type, lease }) => type === 'lost' && lost.push(lease.holder))
    }
    const place = { kind: 'chat', capacity: 1, whenFull: 'evict' } as const
    await one.leases.take(request('older', place))
    await new Promise((resolve) => setTimeout(resolve, 5))
    await two.leases.take(request('newer', { ...place, nodeId: 'node-2' }))
    await one.leases.renew('node-1')
    await two.leases.renew('node-2')
    await redis.start()
    await expect.poll(() => one.bus.isUp && two.bus.isUp, SOON).toBe(true)
    await expect.poll(() => [...new Set(lost)]).toEqual(['older'])
    const held = await one.leases.holders('chat', 'ann')
    expect(held.map(({ holder }) => holder)).toEqual(['newer'])
    expect(await one.leases.renew('node-1')).toEqual([])
  })

  it('LEASE-6 what others ended or took over while a node was cut off stays theirs, and the node is told', async () => {
    const proxy = await startTcpProxy(redis.port, 0)
    const [one, two] = [await open({ url: `redis://127.0.0.1:${proxy.port}` }), await open()]
    const place = { capacity: 1, whenFull: 'evict' } as const
    const ended = await one.leases.take(request('ended', { key: 'peer' }))
    await one.leases.take(request('evicted', place))
    await one.leases.take(request('kept', { key: 'bob' }))
    await one.leases.renew('node-1')
    const lost: string[] = []
    one.leases.watch('presence', ({ type, lease }) => type === 'lost' && lost.push(lease.holder))
    proxy.cut()
    await expect.poll(() => one.bus.isUp, SOON).toBe(false)
    if (ended.kind === 'taken') await two.leases.release(ended.lease)
    const newer = await two.leases.take(request('newer', { ...place, nodeId: 'node-2' }))
    if (newer.kind === 'taken') await two.leases.release(newer.lease)
    proxy.heal()
    await expect.poll(() => one.bus.isUp, SOON).toBe(true)
    expect([...lost].sort()).toEqual(['ended', 'evicted'])
    const held = await Promise.all(['peer', 'ann', 'bob'].map((key) => holdersOf(two, key)))
    expect(held).toEqual([[], [], ['kept']])
    proxy.close()
  })

  it('LEASE-7 the leases of a node that died end within their time and a second, told once', async () => {
    const [one, two] = [await open(), await open()]
    const seen = watch(two)
    await one.leases.take(request('dead', { ttl: 4_000 }))
    // Whatever followed the start of an empty Redis is over, and it was expected to live until now.
    await one.leases.renew('node-1')
    const died = performance.now()
    await one.leases.close()
    await one.bus.close()
    await expect.poll(() => seen, SOON).toEqual(['first dead', 'lost dead', 'last dead'])
    expect(performance.now() - died).toBeLessThan(5_500)
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(seen).toHaveLength(3)
  })

  it('LEASE-7 nobody loses a lease to an absence of Redis: nodes get their time to renew', async () => {
    let skew = 0
    const options = { skew: () => skew }
    const [one, two] = [await open(options), await open(options)]
    const seen = watch(two)
    await one.leases.renew('node-1')
    await one.leases.take(request('a'))
    redis.pause()
    // For everybody it is later when Redis goes on.
    skew = 60_000
    await new Promise((resolve) => setTimeout(resolve, 200))
    redis.resume()
    await two.leases.sweep()
    await one.leases.renew('node-1')
    skew += 5_000
    await two.leases.sweep()
    expect(await holdersOf(two)).toEqual(['a'])
    expect(seen.filter((change) => change !== 'first a')).toEqual([])
  })

  it('LEASE-8 renews 10,000 leases in a bounded number of commands', async () => {
    const one = await open()
    for (let from = 0; from < 10_000; from += 500) {
      await Promise.all(
        Array.from({ length: 500 }, (_, index) => one.leases.take(request('c', { key: `${from + index}` }))),
      )
    }
    const calls = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.ask('INFO', 'commandstats'))?.[1] ?? 0)
    const before = await calls()
    expect(await one.leases.renew('node-1')).toEqual([])
    // 500 at once, and what the sweeper asks meanwhile.
    expect((await calls()) - before).toBeLessThanOrEqual(20 + 20)
    await redis.ask('FLUSHALL')
    await one.leases.renew('node-1')
    expect(await one.leases.count('presence')).toBe(10_000)
  }, 60_000)

  it('LEASE-9 tells of a gap when changes may have been missed', async () => {
    const [one, two] = [await open(), await open()]
    let gaps = 0
    two.leases.onGap(() => {
      gaps += 1
    })
    await one.leases.take(request('a'))
    expect(gaps).toBe(0)
    // A change that this node does not hear of.
    const key = (await redis.ask('KEYS', '*:s')).split('\r\n')[2] ?? ''
    await redis.ask('INCR', key)
    await one.leases.take(request('b', { key: 'bob' }))
    await expect.poll(() => gaps).toBe(1)
  })
})
