import { silentObserver } from '@parley/core'
import { FakeClock } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import { Rates } from '../../admin/rates.ts'
import { MAX_TIMES, RecentTimes } from '../../admin/recent-times.ts'
import { RoomSizes, TOP_ROOMS } from '../../admin/room-sizes.ts'
import { Watch } from '../../admin/watch.ts'

describe('rates', () => {
  it('ADMIN-7 a minute of whole seconds is told, oldest first, without the second that runs', async () => {
    const clock = new FakeClock(1_000_000_000)
    const rates = new Rates(clock)
    rates.add('direct', 3)
    expect(rates.series().direct).toEqual(Array(60).fill(0))
    await clock.advance(1_000)
    rates.add('direct', 2)
    await clock.advance(3_000)
    expect(rates.series().direct.slice(-4)).toEqual([3, 2, 0, 0])
    expect(rates.series().whisper).toEqual(Array(60).fill(0))
    await clock.advance(56_000)
    expect(rates.series().direct.slice(0, 2)).toEqual([3, 2])
    await clock.advance(1_000)
    expect(rates.series().direct[0]).toBe(2)
    await clock.advance(3_600_000)
    expect(rates.series().direct).toEqual(Array(60).fill(0))
  })

  it('ADMIN-7 quantiles are of the newest thousand times', () => {
    const times = new RecentTimes()
    expect(times.quantile(0.5)).toBeNull()
    for (let time = 1; time <= 100; time += 1) times.add(time)
    expect([times.quantile(0.5), times.quantile(0.99), times.quantile(0)]).toEqual([50, 99, 1])
    for (let index = 0; index < MAX_TIMES; index += 1) times.add(7)
    expect([times.quantile(0), times.quantile(1)]).toEqual([7, 7])
  })

  it('ADMIN-7 counts what the observer hears, and the observer hears it still', async () => {
    const clock = new FakeClock()
    const watch = new Watch(clock)
    const heard: unknown[] = []
    const observer = watch.over({ ...silentObserver, count: (...args) => void heard.push(args) })
    observer.count('parley_messages_total', { kind: 'whisper' })
    observer.count('parley_messages_total', { kind: 'of another day' })
    observer.count('parley_refusals_total', { code: 'INVALID' }, 4)
    observer.count('parley_slow_consumers_total')
    observer.count('parley_commits_total', { result: 'ok' })
    observer.count('parley_commits_total', { result: 'failed' })
    observer.observe('parley_commit_seconds', 0.25)
    observer.observe('parley_commit_batch_size', 500)
    await clock.advance(1_000)
    const { whisper, refusals, direct } = watch.rates.series()
    expect([whisper.at(-1), refusals.at(-1), direct.at(-1)]).toEqual([1, 4, 0])
    expect(watch).toMatchObject({ slowConsumers: 1, commits: { ok: 1, failed: 1 } })
    expect(watch.commitTimes.quantile(1)).toBe(0.25)
    expect(heard).toHaveLength(6)
  })

  it('ADMIN-7 the twenty largest rooms are told, and a whisper room keeps its mark', async () => {
    const rooms = new Map<string, { size: number }>([['user:x', { size: 999 }]])
    for (let index = 1; index <= 50; index += 1) rooms.set(`room:CODE${index}`, { size: index })
    for (let index = 1; index <= 3; index += 1) rooms.set(`channel:id-${index}`, { size: 100 * index })
    const make = () =>
      new RoomSizes({
        core: { conversations: { find: () => ({ id: '', kind: 'direct', members: null }) } as never },
        store: { channel: async () => null },
        rooms: () => rooms,
      })
    const sizes = make()
    const read = await sizes.read()
    expect(read).toMatchObject({ channels: 3, whisperRooms: 50 })
    expect(read.top.map(({ size }) => size)).toEqual([
      300,
      200,
      100,
      ...Array.from({ length: 17 }, (_, i) => 50 - i),
    ])
    expect(read.top).toHaveLength(TOP_ROOMS)
    expect(read.top[0]).toEqual({ kind: 'direct', name: 'direct conversation', id: 'id-3', size: 300 })
    expect(new Set(read.top.map(({ name }) => name)).size).toBe(18)
    expect((await sizes.read()).top).toEqual(read.top)
    // Another process: what was noted of the marks is worth nothing there.
    expect((await make().read()).top[3]?.name).not.toBe(read.top[3]?.name)
    expect(JSON.stringify(read)).not.toContain('CODE')
  })
})
