import type { Envelope, Lease, LeaseRequest } from '@parley/core'
import { Fault } from '@parley/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IpcBus, IpcCounts, IpcLeases, Link } from '../index.ts'
import { Machine, openPipe } from './machine.ts'

let machine: Machine
beforeEach(() => {
  machine = new Machine()
})
afterEach(() => machine.close())

const request = (holder: string, nodeId: string): LeaseRequest => ({
  ...{ kind: 'presence', key: holder, holder, nodeId, value: {}, capacity: 0, whenFull: 'refuse' },
  ttl: 30_000,
})
const big = (bytes: number): Envelope => ({
  event: { type: 'identity.ended', userId: 'x'.repeat(bytes), sessionId: null },
  except: null,
})

describe('a link between processes', () => {
  it('WORKERS-1 carries bytes, bigints and faults with their advice, and answers in any order', async () => {
    const { link, served } = await machine.join()
    served.handle('echo', (value) => value)
    served.handle('refuse', () => {
      throw new Fault('RATE_LIMITED', 'Slow down.', { retryAfterMs: 70 })
    })
    served.handle('fail', () => {
      throw Object.assign(new Error('no such table'), { code: 'SQLITE_ERROR' })
    })
    let release = (): void => {}
    served.handle('wait', () => new Promise<void>((resolve) => (release = resolve)))
    const waiting = link.call('wait', null)
    const value = { bytes: new Uint8Array([1, 2]), big: 2n ** 60n, none: null, text: 'ü\u0000' }
    expect(await link.call('echo', value)).toEqual(value)
    await expect(link.call('refuse', null)).rejects.toMatchObject({
      ...{ name: 'Fault', code: 'RATE_LIMITED', retryAfterMs: 70, retry: 'retry', message: 'Slow down.' },
    })
    await expect(link.call('fail', null)).rejects.toMatchObject({ code: 'SQLITE_ERROR' })
    await expect(link.call('unknown', null)).rejects.toThrow('nobody here answers unknown')
    release()
    expect(await waiting).toBeUndefined()
  })

  it('WORKERS-1 finds its frames whatever pieces they come in, and ends over what is none', async () => {
    const [from, to] = await openPipe()
    const errors: unknown[] = []
    const link = new Link(to, { maxBacklog: 1_000, onError: (error) => errors.push(error) })
    const heard: unknown[] = []
    link.handle('text', (text) => heard.push(text))
    const [writer, sink] = await openPipe()
    const bytes: Buffer[] = []
    sink.on('data', (piece: Buffer) => bytes.push(piece))
    const sender = new Link(writer, { maxBacklog: 1_000_000, onError: () => {} })
    for (const text of ['one', 'x'.repeat(10_000), 'three']) {
      sender.say('text', text)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    for (const byte of Buffer.concat(bytes).subarray(0, 60)) from.write(Buffer.of(byte))
    from.write(Buffer.concat(bytes).subarray(60))
    await expect.poll(() => heard).toEqual(['one', 'x'.repeat(10_000), 'three'])
    from.write(Buffer.from('ffffffff00', 'hex'))
    await expect.poll(() => link.hasEnded).toBe(true)
    expect(errors).toHaveLength(1)
    for (const socket of [from, writer, sink]) socket.destroy()
  })

  it('WORKERS-2 a process that does not read is cut off, its calls fail with UNAVAILABLE, and no more than the bound is held', async () => {
    const { served, socket } = await machine.join(4 * 1_048_576)
    const { link } = await machine.join(64 * 1_048_576)
    served.handle('nothing', () => null)
    // The stream of the worker stands still, as its process does.
    socket.pause()
    const bystander = new IpcLeases(link)
    const waiting = served.call('question', null)
    waiting.catch(() => {})
    let most = 0
    for (let said = 0; said < 200 && !served.hasEnded; said += 1) {
      served.say('flood', 'x'.repeat(100_000))
      await new Promise((resolve) => setImmediate(resolve))
      most = Math.max(most, served.backlog)
    }
    expect(served.hasEnded).toBe(true)
    expect(most).toBeLessThan(5 * 1_048_576)
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: 'retry' })
    await expect(served.call('more', null)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await bystander.count('presence')).toBe(0)
  })

  it('WORKERS-2 who floods the bus loses events, not the process: nobody holds more than the bound', async () => {
    const [flooder, slow, well] = [await machine.join(), await machine.join(), await machine.join()]
    const bus = new IpcBus({ link: flooder.link, onError: () => {} })
    const seen: number[] = []
    const other = new IpcBus({ link: well.link, onError: () => {} })
    await other.subscribe('user:a', () => seen.push(1))
    await new IpcBus({ link: slow.link, onError: () => {} }).subscribe('user:a', () => {})
    slow.socket.pause()
    let most = 0
    for (let sent = 0; sent < 100; sent += 1) {
      bus.publish('user:a', big(1_000_000))
      await new Promise((resolve) => setTimeout(resolve, 2))
      most = Math.max(most, slow.served.backlog, flooder.link.backlog)
    }
    await expect.poll(() => seen.length + bus.stats.dropped, { timeout: 20_000 }).toBe(100)
    expect(machine.hub.dropped).toBeGreaterThan(10)
    expect(most).toBeLessThan(40 * 1_048_576)
    expect(slow.served.hasEnded).toBe(false)
    expect(machine.errors).toEqual([])
  })

  it('WORKERS-3 what a process held ends with it at once, and it hears nothing any more', async () => {
    const [one, two] = [await machine.join(), await machine.join()]
    const [dying, living] = [new IpcLeases(one.link), new IpcLeases(two.link)]
    const changes: string[] = []
    living.watch('presence', ({ type, lease }) => changes.push(`${type} ${lease.holder}`))
    await living.count('presence')
    await dying.take(request('ann', 'node-1'))
    await dying.take(request('eve', 'node-1'))
    const kept = await living.take(request('bob', 'node-2'))
    await new IpcBus({ link: one.link, onError: () => {} }).subscribe('user:ann', () => {})
    one.socket.destroy()
    await expect
      .poll(() => changes)
      .toEqual(['first ann', 'first eve', 'first bob', 'lost ann', 'last ann', 'lost eve', 'last eve'])
    const held: readonly Lease[] = await living.list('presence', { limit: 10 })
    expect(held).toEqual(kept.kind === 'taken' ? [kept.lease] : [])
    new IpcBus({ link: two.link, onError: () => {} }).publish('user:ann', big(10))
    expect(await living.count('presence')).toBe(1)
    expect(machine.errors).toEqual([])
  })

  it('WORKERS-4 limits count over all processes, each subject by itself, until the window ends', async () => {
    const nodes = [new IpcCounts((await machine.join()).link), new IpcCounts((await machine.join()).link)]
    const setting = { points: 2, windowMs: 150 }
    const counts: (number | undefined)[] = []
    for (let index = 0; index < 4; index += 1) {
      counts.push((await nodes[index % 2]!.count('login', 'ann', setting))?.count)
    }
    expect(counts).toEqual([1, 2, 3, 4])
    expect(await nodes[0]!.count('login', 'bob', setting)).toMatchObject({ count: 1 })
    expect((await nodes[1]!.count('pin', 'ann', setting))?.endsInMs).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await nodes[1]!.count('login', 'ann', setting)).toMatchObject({ count: 1 })
  })

  it('WORKERS-4 without its primary a process counts for itself', async () => {
    const { link } = await machine.join()
    link.cut()
    expect(await new IpcCounts(link).count('login', 'ann', { points: 2, windowMs: 100 })).toBeNull()
  })
})
