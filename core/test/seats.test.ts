import { MemoryLeases } from '@parley/bus-memory'
import type { User } from '@parley/model'
import { FakeClock, turn } from '@parley/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Lease, LeaseKeeper, MAX_SEATS, silentObserver } from '../index.ts'
import { MAX_SEATS_PER_USER, Seats } from '../seats.ts'

const ROOM = 'LOBBY'
const GRACE = 30_000
const userNamed = (name: string): User => ({ id: name, username: name.toUpperCase(), avatar: null })
const ann = userNamed('ann')
const bob = userNamed('bob')

let clock: FakeClock
let keeper: LeaseKeeper
let seats: Seats

beforeEach(() => {
  clock = new FakeClock()
  const leases = new MemoryLeases(clock)
  keeper = new LeaseKeeper({ leases, nodeId: 'node-1', clock, observer: silentObserver })
  seats = new Seats({ keeper, clock, graceMs: GRACE })
})

const sit = async (user: User, connectionId: string): Promise<Lease> =>
  seats.confirm(await seats.reserve(ROOM, user, connectionId), user)

const presentNames = async (): Promise<string[]> =>
  (await seats.in(ROOM)).present.map(({ userId, connectionId }) => `${userId}/${connectionId}`)

/** Fills the room but for so many places. */
const fillBut = async (free: number): Promise<void> => {
  for (let index = 0; index < MAX_SEATS - free; index += 1) await sit(userNamed(`u${index}`), `c${index}`)
}

describe('seats', () => {
  it('ROOM-11 shows each user once, by the first connection, and nobody with a mere reservation', async () => {
    await sit(ann, 'a1')
    await sit(bob, 'b1')
    await sit(ann, 'a2')
    const reserved = await seats.reserve(ROOM, userNamed('eve'), 'e1')
    expect(await presentNames()).toEqual(['ann/a1', 'bob/b1'])
    await seats.release(reserved)
    expect(await presentNames()).toEqual(['ann/a1', 'bob/b1'])
  })

  it('ROOM-3 a place that is held lasts for the grace, whoever renews', async () => {
    const seat = await sit(ann, 'a1')
    await seats.hold(ROOM, ann)
    await seats.release(seat)
    expect(await seats.in(ROOM)).toEqual({ present: [], emptySince: clock.now() })
    await clock.advance(GRACE - 1)
    expect(await seats.has(ROOM, 'ann', 'seated')).toBe(true)
    await clock.advance(1_001)
    expect(await seats.has(ROOM, 'ann', 'seated')).toBe(false)
    expect(await seats.in(ROOM)).toEqual({ present: [], emptySince: null })
  })

  it('ROOM-3 a room with somebody in it is not empty, and the grace ends with the return', async () => {
    const seat = await sit(ann, 'a1')
    await sit(bob, 'b1')
    await seats.hold(ROOM, ann)
    await seats.release(seat)
    expect((await seats.in(ROOM)).emptySince).toBeNull()
    await sit(ann, 'a2')
    expect(await seats.endGrace(ROOM, 'ann')).toBe(false)
    expect(await presentNames()).toEqual(['bob/b1', 'ann/a2'])
  })

  it('ROOM-10 a full room takes nobody but those who come back', async () => {
    await fillBut(1)
    const seat = await sit(ann, 'a1')
    await expect(seats.reserve(ROOM, bob, 'b1')).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
    await seats.hold(ROOM, ann)
    await seats.release(seat)
    await expect(seats.reserve(ROOM, bob, 'b1')).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
    await sit(ann, 'a2')
    expect((await seats.in(ROOM)).present).toHaveLength(MAX_SEATS)
  })

  it('ROOM-10 one user cannot fill a room', async () => {
    for (let index = 0; index < MAX_SEATS_PER_USER; index += 1) await sit(ann, `a${index}`)
    await expect(seats.reserve(ROOM, ann, 'one-more')).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
    expect(await keeper.leases.holders('seat', ROOM)).toHaveLength(MAX_SEATS_PER_USER)
    await sit(bob, 'b1')
  })

  it('ROOM-9 only an empty room can be locked, and once', async () => {
    const seat = await sit(ann, 'a1')
    expect(await seats.lock(ROOM)).toBeNull()
    await seats.hold(ROOM, ann)
    await seats.release(seat)
    expect(await seats.lock(ROOM)).toBeNull()
    await seats.endGrace(ROOM, 'ann')
    expect(await seats.lock(ROOM)).not.toBeNull()
    expect(await seats.lock(ROOM)).toBeNull()
  })

  it('ROOM-9 who comes while the room is locked waits for that', async () => {
    const lock = await seats.lock(ROOM)
    let isIn = false
    const sitting = sit(ann, 'a1').then(() => {
      isIn = true
    })
    await clock.advance(1_000)
    expect(isIn).toBe(false)
    expect(await presentNames()).toEqual([])
    await seats.release(lock!)
    await clock.advance(100)
    await sitting
    expect(await presentNames()).toEqual(['ann/a1'])
  })

  it('ROOM-9 who waits for a lock that stays gives up, and leaves nothing', async () => {
    await seats.lock(ROOM)
    const refused = expect(seats.reserve(ROOM, ann, 'a1')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await clock.advance(60_000)
    await refused
    expect(await seats.has(ROOM, 'ann', 'reserved')).toBe(false)
  })

  it('ROOM-13 releases all that a user holds, and nothing of others', async () => {
    await sit(ann, 'a1')
    await sit(ann, 'a2')
    await sit(bob, 'b1')
    await seats.hold(ROOM, ann)
    await seats.releaseAll(ROOM, 'ann')
    await turn()
    expect(await seats.has(ROOM, 'ann', 'reserved')).toBe(false)
    expect(await presentNames()).toEqual(['bob/b1'])
  })
})
