import { MemoryLeases } from '@parley/bus-memory'
import { FakeClock } from '@parley/testkit'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type LeaseChange, silentObserver } from '../index.ts'
import { LEASE_TTL, LeaseKeeper, RENEW_INTERVAL } from '../lease-keeper.ts'

let clock: FakeClock
let leases: MemoryLeases
let keeper: LeaseKeeper
let changes: LeaseChange['type'][]

const request = {
  kind: 'hub',
  key: 'ann',
  holder: 'c1',
  value: {},
  capacity: 0,
  whenFull: 'refuse',
} as const

beforeEach(() => {
  clock = new FakeClock()
  leases = new MemoryLeases(clock)
  keeper = new LeaseKeeper({ leases, nodeId: 'node-1', clock, observer: silentObserver })
  changes = []
  leases.watch('hub', ({ type }) => changes.push(type))
})

describe('lease keeper', () => {
  it('LEASE-2 keeps what its node holds for as long as it lives', async () => {
    await keeper.take(request)
    await clock.advance(LEASE_TTL * 10)
    expect(changes).toEqual(['first'])
    expect(await leases.holders('hub', 'ann')).toHaveLength(1)
  })

  it('LEASE-2 what it holds ends within its time and a second once it stops', async () => {
    await keeper.take(request)
    await clock.advance(RENEW_INTERVAL)
    keeper.stop()
    await clock.advance(LEASE_TTL - 1)
    expect(changes).toEqual(['first'])
    await clock.advance(1_001)
    expect(changes).toEqual(['first', 'lost', 'last'])
  })

  it('LEASE-2 two renewals may be lost', async () => {
    await keeper.take(request)
    const renew = vi.spyOn(leases, 'renew')
    renew.mockRejectedValueOnce(new Error('away')).mockRejectedValueOnce(new Error('away'))
    await clock.advance(LEASE_TTL * 2)
    expect(renew).toHaveBeenCalledTimes(6)
    expect(changes).toEqual(['first'])
  })

  it('LEASE-2 renews its own leases only', async () => {
    await leases.take({ ...request, nodeId: 'node-2', ttl: LEASE_TTL })
    await clock.advance(LEASE_TTL + 1_000)
    expect(changes).toEqual(['first', 'lost', 'last'])
  })

  it('LEASE-3 a release that fails is survived, and one with an old token changes nothing', async () => {
    const answer = await keeper.take(request)
    if (answer.kind !== 'taken') throw new Error('not taken')
    await keeper.take(request)
    expect(await keeper.release(answer.lease)).toEqual({ last: false })
    expect(keeper.isOwn(answer.lease)).toBe(true)
    vi.spyOn(leases, 'release').mockRejectedValueOnce(new Error('away'))
    expect(await keeper.release(answer.lease)).toEqual({ last: false })
    expect(changes).toEqual(['first'])
  })
})
