import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { FakeClock, turn } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import {
  type ClaimRequest,
  type CoreEvent,
  EventHub,
  LeaseKeeper,
  PeerIds,
  PROBE_TIMEOUT,
  silentObserver,
} from '../index.ts'

/** Two nodes over one bus and one set of leases. */
const scene = () => {
  const clock = new FakeClock()
  const bus = new MemoryBus({ onError: (error) => expect.fail(String(error)) })
  const leases = new MemoryLeases(clock)
  const node = (nodeId: string) => {
    const hub = new EventHub(bus, silentObserver)
    const keeper = new LeaseKeeper({ leases, nodeId, clock, observer: silentObserver })
    return { hub, ids: new PeerIds({ keeper, hub, clock, observer: silentObserver }) }
  }
  return { clock, leases, one: node('one'), two: node('two') }
}

/** A connection whose life the test decides. */
const peer = (connectionId: string, id = 'p', more: Partial<ClaimRequest> = {}) => {
  const heard: CoreEvent[] = []
  const state = { heard, lives: true, lost: 0, asked: 0 }
  const request: ClaimRequest = {
    space: 'peer',
    id,
    connectionId,
    value: { username: connectionId },
    sink: { dialect: connectionId, deliver: (_topic, event) => void heard.push(event) },
    isAlive: () => {
      state.asked += 1
      return state.lives ? Promise.resolve(true) : new Promise(() => {})
    },
    onLost: () => {
      state.lost += 1
    },
    ...more,
  }
  return Object.assign(state, { request })
}

describe('peer ids', () => {
  it('PEER-1 has one holder over all nodes, who keeps it while it lives', async () => {
    const { one, two } = scene()
    const [ann, bob] = [peer('ann'), peer('bob')]
    const claim = await one.ids.claim(ann.request)
    expect(claim?.lease.value).toEqual({ username: 'ann' })
    expect(await two.ids.claim(bob.request)).toBeNull()
    expect([ann.asked, ann.lost]).toEqual([1, 0])
    expect((await two.ids.holder('peer', 'p'))?.holder).toBe('ann')
    await one.ids.release(claim!)
    expect(await two.ids.claim(bob.request)).not.toBeNull()
    expect(ann.lost).toBe(0)
  })

  it('PEER-2 is given away when its holder does not answer in 2 s, and not before', async () => {
    const { one, two, clock } = scene()
    const [ann, bob] = [peer('ann'), peer('bob')]
    await one.ids.claim(ann.request)
    ann.lives = false
    const claiming = two.ids.claim(bob.request)
    await turn()
    await clock.advance(PROBE_TIMEOUT - 1)
    expect([ann.lost, (await two.ids.holder('peer', 'p'))?.holder]).toEqual([0, 'ann'])
    await clock.advance(1)
    expect((await claiming)?.lease.holder).toBe('bob')
    expect(ann.lost).toBe(1)
    expect([one.ids.size, two.ids.size]).toEqual([0, 1])
  })

  it('PEER-2 of two who claim a dead id at once one gets it, and keeps it', async () => {
    const { one, two, clock } = scene()
    const [ann, bob, cas] = [peer('ann'), peer('bob'), peer('cas')]
    await one.ids.claim(ann.request)
    ann.lives = false
    const claiming = Promise.all([one.ids.claim(bob.request), two.ids.claim(cas.request)])
    await turn()
    await clock.advance(PROBE_TIMEOUT)
    const claims = await claiming
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
    expect([bob.lost, cas.lost]).toEqual([0, 0])
    expect([one.ids.size, two.ids.size].sort()).toEqual([0, 1])
  })

  it('PEER-3 the same string in the other space is another id', async () => {
    const { one } = scene()
    const [ann, bob] = [peer('ann'), peer('bob', 'p', { space: 'peerjs' })]
    expect(await one.ids.claim(ann.request)).not.toBeNull()
    expect(await one.ids.claim(bob.request)).not.toBeNull()
    one.ids.relay('peerjs', { from: 'x', to: 'p', kind: 'OFFER', data: { sdp: '' } })
    await turn()
    expect(ann.heard).toEqual([])
    expect(bob.heard).toEqual([
      { type: 'peer.relayed', from: 'x', to: 'p', kind: 'OFFER', data: { sdp: '' } },
    ])
  })

  it('PEER-4 a peer that comes back takes its own id at once, and the old connection is told', async () => {
    const { one, two } = scene()
    const [ann, again] = [peer('ann'), peer('again', 'p', { takesOver: ({ holder }) => holder === 'ann' })]
    await one.ids.claim(ann.request)
    expect((await two.ids.claim(again.request))?.lease.holder).toBe('again')
    expect([ann.lost, ann.asked]).toEqual([1, 0])
  })

  it('PEER-5 claiming, losing and releasing leave no topic, lease or question behind', async () => {
    const { one, two, clock, leases } = scene()
    const [ann, bob, cas] = [peer('ann'), peer('bob'), peer('cas')]
    const first = await one.ids.claim(ann.request)
    const renewed = await one.ids.claim(ann.request)
    await two.ids.claim(bob.request)
    ann.lives = false
    const claiming = one.ids.claim(cas.request)
    await turn()
    await clock.advance(PROBE_TIMEOUT)
    const last = await claiming
    expect([one.hub.topics, two.hub.topics, ann.lost]).toEqual([1, 0, 1])
    await one.ids.release(first!)
    await one.ids.release(renewed!)
    expect((await one.ids.holder('peer', 'p'))?.holder).toBe('cas')
    await one.ids.release(last!)
    await one.ids.release(last!)
    expect([one.hub.topics, two.hub.topics, await leases.count('peer')]).toEqual([0, 0, 0])
  })

  it('PEER-5 a holder whose lease ended by itself is told', async () => {
    const { one, clock, leases } = scene()
    const ann = peer('ann')
    const claim = await one.ids.claim(ann.request)
    await leases.release(claim!.lease)
    expect([ann.lost, one.ids.size, one.hub.topics]).toEqual([1, 0, 0])
    await clock.advance(0)
  })

  it('PEER-2 a holder that cannot be asked counts as dead', async () => {
    const { one, clock } = scene()
    const ann = peer('ann', 'p', { isAlive: () => Promise.reject(new Error('gone')) })
    await one.ids.claim(ann.request)
    const claiming = one.ids.claim(peer('bob').request)
    await turn()
    await clock.advance(PROBE_TIMEOUT)
    expect((await claiming)?.lease.holder).toBe('bob')
  })
})
