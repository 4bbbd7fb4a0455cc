import { MemoryLeases } from '@parley/bus-memory'
import { turn } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import type { CoreEvent, PresenceChanged, PresenceListed } from '../events.ts'
import type { Clock, LeaseChange, LeaseKind } from '../index.ts'
import { LEASE_TTL } from '../lease-keeper.ts'
import { type CoreScene, createScene, textTo } from './core-fixture.ts'

const changesIn = (events: readonly CoreEvent[]): PresenceChanged[] =>
  events.filter((event) => event.type === 'presence.changed')
const listsIn = (events: readonly CoreEvent[]): PresenceListed[] =>
  events.filter((event) => event.type === 'presence.listed')
const summary = (events: readonly CoreEvent[]): [string, boolean][] =>
  changesIn(events).map(({ user, isOnline }) => [user.id, isOnline])

/** Leases over a slow bus: ends are told when the test says so. */
class LateLeases extends MemoryLeases {
  readonly #late: (() => void)[]

  constructor(clock: Clock, late: (() => void)[]) {
    super(clock)
    this.#late = late
  }

  override watch(kind: LeaseKind, listener: (change: LeaseChange) => void): () => void {
    return super.watch(kind, (change) => {
      if (change.type === 'last') this.#late.push(() => listener(change))
      else listener(change)
    })
  }
}

/** Everybody connects, one after the other. */
const arrive = async ({ core, addUser }: CoreScene, count: number) => {
  const arrived = []
  for (let index = 0; index < count; index += 1) {
    const user = addUser()
    arrived.push({ user, lease: await core.presence.connect(user, `connection-${user.id}`) })
  }
  await turn()
  return arrived
}

describe('presence', () => {
  it('PRES-1 others hear of the first connection and of the last only', async () => {
    const scene = await createScene()
    const { core, ann } = scene
    const heard = await scene.hear('presence')
    const first = await core.presence.connect(ann, 'c1')
    const second = await core.presence.connect(ann, 'c2')
    expect(core.presence.isOnline(ann.id)).toBe(true)
    await core.presence.disconnect(first)
    expect(core.presence.isOnline(ann.id)).toBe(true)
    await core.presence.disconnect(second)
    await core.presence.disconnect(second)
    expect(core.presence.isOnline(ann.id)).toBe(false)
    expect(summary(heard)).toEqual([
      [ann.id, true],
      [ann.id, false],
    ])
  })

  it('PRES-1 whichever connection goes first, the last one ends it', async () => {
    const scene = await createScene()
    const { core, ann } = scene
    const heard = await scene.hear('presence')
    const leases = []
    for (const id of ['c1', 'c2', 'c3']) leases.push(await core.presence.connect(ann, id))
    for (const lease of leases.reverse()) {
      expect(core.presence.isOnline(ann.id)).toBe(true)
      await core.presence.disconnect(lease)
    }
    expect(core.presence.isOnline(ann.id)).toBe(false)
    expect(core.presence.online().totalOnline).toBe(0)
    expect(summary(heard)).toEqual([
      [ann.id, true],
      [ann.id, false],
    ])
  })

  it('PRES-1 is known as soon as connecting is done, with name and avatar', async () => {
    const { core, ann, bob } = await createScene()
    await core.presence.connect({ ...ann, avatar: '/a.png' }, 'c1')
    await core.presence.connect(bob, 'c2')
    expect(core.presence.online()).toEqual({
      users: [
        { id: ann.id, username: ann.username, avatar: '/a.png' },
        { id: bob.id, username: bob.username, avatar: null },
      ],
      totalOnline: 2,
    })
  })

  it('PRES-1 news of an older holding that comes late does not end a newer one', async () => {
    const late: (() => void)[] = []
    const scene = await createScene({ makeLeases: (clock) => new LateLeases(clock, late) })
    const { core, ann } = scene
    const heard = await scene.hear('presence')
    await core.presence.disconnect(await core.presence.connect(ann, 'c1'))
    const second = await core.presence.connect(ann, 'c2')
    for (const tell of late.splice(0)) tell()
    expect(core.presence.isOnline(ann.id)).toBe(true)
    await core.presence.disconnect(second)
    for (const tell of late.splice(0)) tell()
    expect(summary(heard)).toEqual([
      [ann.id, true],
      [ann.id, false],
    ])
  })

  it('PRES-1 a node that is not heard of any more ends its users', async () => {
    const scene = await createScene()
    const { core, leases, clock, ann } = scene
    const heard = await scene.hear('presence')
    const request = { kind: 'presence', key: ann.id, holder: 'remote-1', nodeId: 'node-2' } as const
    const value = { username: ann.username, avatar: null }
    await leases.take({ ...request, value, capacity: 0, whenFull: 'refuse', ttl: LEASE_TTL })
    expect(core.presence.isOnline(ann.id)).toBe(true)
    await clock.advance(LEASE_TTL + 1_000)
    expect(summary(heard)).toEqual([
      [ann.id, true],
      [ann.id, false],
    ])
  })

  it('PRES-2 a burst costs one list, which is up to date, and silence costs none', async () => {
    const scene = await createScene()
    const { core, clock } = scene
    const heard = await scene.hear('presence')
    const arrived = await arrive(scene, 40)
    await core.presence.disconnect(arrived[0]!.lease)
    expect(listsIn(heard)).toEqual([])
    await clock.advance(250)
    expect(listsIn(heard)).toHaveLength(1)
    expect(listsIn(heard)[0]).toMatchObject({ totalOnline: 39, at: clock.now() })
    expect(listsIn(heard)[0]!.users.map(({ id }) => id)).not.toContain(arrived[0]!.user.id)
    await clock.advance(10_000)
    expect(listsIn(heard)).toHaveLength(1)
  })

  it('PRES-2 arrivals without end get one list an interval', async () => {
    const scene = await createScene({ presence: { interval: 100, listMax: 500 } })
    const heard = await scene.hear('presence')
    for (let index = 0; index < 100; index += 1) {
      await arrive(scene, 1)
      await scene.clock.advance(10)
    }
    expect(listsIn(heard).length).toBeGreaterThanOrEqual(9)
    expect(listsIn(heard).length).toBeLessThanOrEqual(10)
  })

  it('PRES-3 above the limit only contacts are told, lists are cut and none is broadcast', async () => {
    const scene = await createScene({ presence: { interval: 250, listMax: 3 } })
    const { core, clock, ann, bob, cas } = scene
    await core.direct.send(ann, textTo(bob))
    await core.direct.send(cas, textTo(ann))
    const heard = await scene.hear('presence')
    await arrive(scene, 3)
    await clock.advance(250)
    expect(changesIn(heard).map(({ audience }) => audience)).toEqual([null, null, null])
    expect(listsIn(heard)).toHaveLength(1)
    heard.length = 0
    const lease = await core.presence.connect(ann, 'c1')
    await arrive(scene, 2)
    await clock.advance(1_000)
    expect(changesIn(heard)).toMatchObject([
      { user: { id: ann.id }, isOnline: true, totalOnline: 4, audience: [cas.id, bob.id] },
      // Nobody knows these two; who follows their presence is told by the dialect.
      { totalOnline: 5, audience: [] },
      { totalOnline: 6, audience: [] },
    ])
    expect(listsIn(heard)).toEqual([])
    expect(core.presence.online().users).toHaveLength(3)
    expect(core.presence.online().totalOnline).toBe(6)
    await core.presence.disconnect(lease)
    await turn()
    expect(changesIn(heard).at(-1)).toMatchObject({ isOnline: false, audience: [cas.id, bob.id] })
  })

  it('PRES-3 below the limit again everybody hears everything', async () => {
    const scene = await createScene({ presence: { interval: 250, listMax: 2 } })
    const arrived = await arrive(scene, 4)
    const heard = await scene.hear('presence')
    for (const { lease } of arrived.slice(0, 3)) await scene.core.presence.disconnect(lease)
    await scene.clock.advance(250)
    expect(changesIn(heard).map(({ audience, totalOnline }) => [audience, totalOnline])).toEqual([
      [[], 3],
      [null, 2],
      [null, 1],
    ])
    expect(listsIn(heard).map(({ users }) => users.map(({ id }) => id))).toEqual([[arrived[3]!.user.id]])
  })

  it('PRES-3 a store that is away costs contacts the news and nothing else', async () => {
    const scene = await createScene({ presence: { interval: 250, listMax: 1 } })
    await arrive(scene, 1)
    scene.store.setAway(true)
    await arrive(scene, 2)
    expect(scene.core.presence.online().totalOnline).toBe(3)
  })

  it('PRES-4 who leaves gets a last-seen time, once the last connection is gone', async () => {
    const { core, store, clock, ann } = await createScene()
    const [first, second] = [await core.presence.connect(ann, 'c1'), await core.presence.connect(ann, 'c2')]
    const lastSeen = async () => (await store.directory.find(ann.id))?.lastSeen
    await core.presence.disconnect(first)
    await turn()
    expect(await lastSeen()).toBeNull()
    await clock.advance(5_000)
    await core.presence.disconnect(second)
    await turn()
    expect(await lastSeen()).toBe(clock.now())
  })
})
