import { Fault } from '@parley/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RING_TIME } from '../index.ts'
import { type Peer, settled, signalScene } from './signal-scene.ts'

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  return error instanceof Fault ? error.code : String(error)
}

const answer = (by: string, to: string, accepted = true) => ({ accepted, peerIds: [by, to] as const })

describe('calls', () => {
  it('CALL-2 an answer in which neither id is the own is refused, and the call rings on', async () => {
    const { callable } = await signalScene()
    const [ann, bob] = [await callable(0, 'a'), await callable(1, 'b')]
    await ann.it.callPeer({ from: 'a', to: 'b' })
    await settled()
    expect(await codeOf(bob.it.answer(answer('a', 'somebody')))).toBe('PEER_NOT_FOUND')
    expect(await codeOf(bob.it.answer(answer('somebody', 'b')))).toBe('PEER_NOT_FOUND')
    await bob.it.answer(answer('b', 'a'))
    await settled()
    expect(ann.take()).toEqual(['call.response'])
  })

  it('CALL-5 rings for 30 s, then both hear that it was missed, and it cannot be answered any more', async () => {
    const { callable, clock, counts, expectNothingLeft } = await signalScene()
    const [ann, bob] = [await callable(0, 'a'), await callable(1, 'b')]
    await ann.it.callPeer({ from: 'a', to: 'b' })
    await clock.advance(RING_TIME - 1_000)
    expect([ann.take(), bob.take()]).toEqual([[], ['call.incoming']])
    await clock.advance(2_000)
    expect([ann.take(), bob.take()]).toEqual([['call.missed'], ['call.missed']])
    expect(await codeOf(bob.it.answer(answer('b', 'a')))).toBe('PEER_NOT_FOUND')
    await settled()
    expect(ann.take()).toEqual([])
    expect(Object.fromEntries(counts)).toEqual({ offered: 1, missed: 1 })
    await Promise.all([ann.it.close(), bob.it.close()])
    await expectNothingLeft()
  })

  it('CALL-5 a missed call of an account is one message of type call in their conversation', async () => {
    const { callable, addUser, clock, nodes } = await signalScene()
    const [ann, bob] = [addUser(), addUser()]
    const caller = await callable(0, 'a', ann)
    const callee = await callable(1, 'b', bob)
    const callId = await caller.it.callAccount(bob.id)
    await clock.advance(RING_TIME + 1_000)
    expect(caller.take()).toEqual(['call.missed'])
    expect(callee.news).toMatchObject([
      { type: 'call.incoming', call: { id: callId } },
      { type: 'call.missed', call: { id: callId } },
    ])
    const history = await nodes[1].direct.history(bob.id, ann.id, { limit: 10 })
    expect(history.items.map(({ message }) => message)).toMatchObject([
      { type: 'call', content: 'Missed call', senderId: ann.id },
    ])
  })

  it('CALL-5 a call that was answered or given up is no missed call', async () => {
    const { callable, addUser, clock, nodes } = await signalScene()
    const [ann, bob] = [addUser(), addUser()]
    const [caller, callee] = [await callable(0, 'a', ann), await callable(1, 'b', bob)]
    await caller.it.callAccount(bob.id)
    await settled()
    await callee.it.answer(answer('b', 'a', false))
    const callId = await caller.it.callAccount(bob.id)
    await caller.it.hangUp({ callId: callId! })
    await settled()
    expect(callee.take()).toEqual(['call.incoming', 'call.incoming', 'call.ended'])
    await clock.advance(RING_TIME * 2)
    expect((await nodes[0].direct.history(bob.id, ann.id, { limit: 10 })).items).toEqual([])
  })

  it('CALL-4 two devices on two nodes race to accept: one wins, a hundred times', async () => {
    const { callable, addUser, counts } = await signalScene()
    const [ann, bob] = [addUser(), addUser()]
    const caller = await callable(0, 'a', ann)
    const devices = [await callable(0, 'b1', bob), await callable(1, 'b2', bob)] as const
    for (let round = 0; round < 100; round += 1) {
      await caller.it.callAccount(bob.id)
      await settled()
      const ends = await Promise.all(
        devices.map(({ it }, index) => codeOf(it.answer(answer(`b${index + 1}`, 'a')))),
      )
      await settled()
      expect([...ends].sort()).toEqual(['PEER_NOT_FOUND', 'null'])
      expect(caller.take()).toEqual(['call.response'])
      const loser = devices[ends.indexOf('PEER_NOT_FOUND')]!
      expect(loser.take()).toEqual(['call.incoming', 'call.taken'])
      for (const { it } of devices) await it.hangUp({ peerId: 'a' })
      await settled()
      for (const device of [caller, ...devices]) device.take()
    }
    expect(counts.get('answered')).toBe(100)
  })

  it('CALL-4 one that rejects ends it for all devices', async () => {
    const { callable, addUser } = await signalScene()
    const [ann, bob] = [addUser(), addUser()]
    const caller = await callable(0, 'a', ann)
    const [one, two] = [await callable(0, 'b1', bob), await callable(1, 'b2', bob)]
    await caller.it.callAccount(bob.id)
    await settled()
    await one.it.answer(answer('b1', 'a', false))
    await settled()
    expect(caller.news).toMatchObject([{ type: 'call.response', accepted: false, byPeerId: 'b1' }])
    expect(two.take()).toEqual(['call.incoming', 'call.taken'])
  })

  it('CALL-6 two who call each other are in one call, the lower peer id its caller', async () => {
    const { callable, counts, expectNothingLeft } = await signalScene()
    const check = async (low: Peer, high: Peer): Promise<void> => {
      await settled()
      expect(low.news.filter(({ type }) => type === 'call.response')).toMatchObject([
        { accepted: true, byPeerId: 'b', call: { fromPeerId: 'a' } },
      ])
      const rings = high.news.filter(({ type }) => type === 'call.incoming')
      expect(rings.at(-1)).toMatchObject({ accepted: true, call: { fromPeerId: 'a' } })
      expect(low.news.filter((item) => item.type === 'call.incoming' && item.accepted)).toEqual([])
      await low.it.hangUp({ peerId: 'b' })
      await settled()
      expect(high.news.at(-1)).toMatchObject({ type: 'call.ended', fromPeerId: 'a' })
      for (const peer of [low, high]) peer.take()
    }
    const [low, high] = [await callable(0, 'a'), await callable(1, 'b')]
    const byLow = { from: 'a', to: 'b' }
    const byHigh = { from: 'b', to: 'a' }
    await Promise.all([low.it.callPeer(byLow), high.it.callPeer(byHigh)])
    await check(low, high)
    await Promise.all([high.it.callPeer(byHigh), low.it.callPeer(byLow)])
    await check(low, high)
    await low.it.callPeer(byLow)
    await settled()
    await high.it.callPeer(byHigh)
    await check(low, high)
    await high.it.callPeer(byHigh)
    await settled()
    await low.it.callPeer(byLow)
    await check(low, high)
    expect([counts.get('answered'), counts.get('ended')]).toEqual([4, 4])
    await Promise.all([low.it.close(), high.it.close()])
    await expectNothingLeft()
  })

  it('CALL-6 also when the one call comes while the other is being placed', async () => {
    const { callable, leases } = await signalScene()
    const [low, high] = [await callable(0, 'a'), await callable(1, 'b')]
    const take = leases.take.bind(leases)
    leases.take = async (request) => {
      if (request.kind === 'call' && request.holder === high.it.connectionId) await settled()
      return take(request)
    }
    await Promise.all([high.it.callPeer({ from: 'b', to: 'a' }), low.it.callPeer({ from: 'a', to: 'b' })])
    await settled()
    expect(low.take()).toEqual(['call.response'])
    expect(high.news.at(-1)).toMatchObject({
      type: 'call.incoming',
      accepted: true,
      call: { fromPeerId: 'a' },
    })
    expect(await leases.count('call')).toBe(0)
  })

  it('CALL-6 also two accounts, whose other devices stop ringing', async () => {
    const { callable, addUser } = await signalScene()
    const [ann, bob] = [addUser(), addUser()]
    const [low, high] = [await callable(0, 'a', ann), await callable(1, 'b', bob)]
    const [lowToo, highToo] = [await callable(1, 'a2', ann), await callable(0, 'b2', bob)]
    await Promise.all([low.it.callAccount(bob.id), high.it.callAccount(ann.id)])
    await settled()
    expect(low.news.filter(({ type }) => type === 'call.response')).toMatchObject([{ byPeerId: 'b' }])
    expect(high.news.at(-1)).toMatchObject({ type: 'call.incoming', accepted: true })
    expect(lowToo.take()).toEqual(['call.incoming', 'call.taken'])
    expect(highToo.take()).toEqual(['call.incoming', 'call.taken'])
  })

  it('CALL-8 an answered call is counted once, with its length', async () => {
    const { callable, clock, counts, samples } = await signalScene()
    const [ann, bob] = [await callable(0, 'a'), await callable(1, 'b')]
    await ann.it.callPeer({ from: 'a', to: 'b' })
    await settled()
    await bob.it.answer(answer('b', 'a'))
    await clock.advance(5_000)
    await ann.it.close()
    await settled()
    expect(bob.take()).toEqual(['call.incoming', 'call.ended'])
    await bob.it.close()
    expect(Object.fromEntries(counts)).toEqual({ offered: 1, answered: 1, ended: 1 })
    expect(samples).toEqual([5])
  })

  it('CALL-9 peers that join, leave, go, rename and call agree with a model, and leave nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const world = await Model.create()
        for (const next of steps) await world.take(next)
        await world.end()
      }),
      { numRuns: 60 },
    )
  })
})

const PEERS = 8
const who = fc.nat(PEERS - 1)
const id = fc.constantFrom('p0', 'p1', 'p2', 'p3', 'p4')
const step = fc.oneof(
  fc.record({ do: fc.constant('join' as const), who, group: fc.nat(1), peerId: fc.option(id) }),
  fc.record({ do: fc.constant('leave' as const), who }),
  fc.record({ do: fc.constant('disconnect' as const), who }),
  fc.record({ do: fc.constant('rename' as const), who, peerId: id }),
  fc.record({ do: fc.constant('call' as const), who, to: id }),
  fc.record({ do: fc.constant('answer' as const), who, to: id, accepted: fc.boolean() }),
  fc.record({ do: fc.constant('hang up' as const), who, to: id }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

type Scene = Awaited<ReturnType<typeof signalScene>>

interface ModelPeer {
  peer: Peer
  group: string | null
  userId: string
  peerId: string | null
}

/** What must be true of eight peers over two nodes and two groups: who is where, and under which peer id. */
class Model {
  readonly #scene: Scene
  readonly #groups: readonly string[]
  readonly #keepers: readonly Peer[]
  readonly #peers: ModelPeer[]
  /** `from to` of calls that ring. */
  readonly #ringing = new Set<string>()

  private constructor(scene: Scene, keepers: readonly Peer[], peers: ModelPeer[]) {
    this.#scene = scene
    this.#keepers = keepers
    this.#groups = keepers.map(({ news }) => (news[0]?.type === 'group.entered' ? news[0].group.id : ''))
    this.#peers = peers
  }

  static async create(): Promise<Model> {
    const scene = await signalScene()
    const keepers = [await scene.connect(0), await scene.connect(1)]
    for (const { it } of keepers) await it.create({ groupName: 'g', username: 'keeper' })
    const peers: ModelPeer[] = []
    for (let index = 0; index < PEERS; index += 1) {
      const peer = await scene.connect(index % 2 === 0 ? 0 : 1)
      peers.push({ peer, group: null, userId: '', peerId: null })
    }
    return new Model(scene, keepers, peers)
  }

  async take(next: Step): Promise<void> {
    const one = this.#peers[next.who]!
    const { it } = one.peer
    switch (next.do) {
      case 'join': {
        const group = this.#groups[next.group]!
        const { peerId } = next
        const isTaken = peerId !== null && this.#holder(peerId) !== null && one.peerId !== peerId
        const end = await codeOf(it.join({ groupId: group, username: 'x', peerId }))
        expect(end).toBe(isTaken ? 'PEER_ID_TAKEN' : 'null')
        this.#endCalls(one)
        const entered = one.peer.news.findLast((item) => item.type === 'group.entered')
        one.userId = entered?.type === 'group.entered' ? entered.member.userId : ''
        one.group = group
        one.peerId = isTaken ? null : peerId
        break
      }
      case 'leave':
        expect(await codeOf(it.leave(one.userId))).toBe(one.group === null ? 'USER_NOT_FOUND' : 'null')
        this.#gone(one)
        break
      case 'disconnect':
        await it.close()
        this.#gone(one)
        one.peer = await this.#scene.connect(next.who % 2 === 0 ? 0 : 1)
        break
      case 'rename': {
        const isTaken = this.#holder(next.peerId) !== null && one.peerId !== next.peerId
        const expected = one.group === null ? 'USER_NOT_FOUND' : isTaken ? 'PEER_ID_TAKEN' : 'null'
        expect(await codeOf(it.setPeerId(next.peerId))).toBe(expected)
        if (expected !== 'null') break
        if (one.peerId !== next.peerId) this.#endCalls(one)
        one.peerId = next.peerId
        break
      }
      case 'call':
        await this.#call(one, next.to)
        break
      case 'answer': {
        const key = `${next.to} ${one.peerId}`
        const rings = one.peerId !== null && this.#ringing.delete(key)
        const end = await codeOf(it.answer(answer(one.peerId ?? 'p0', next.to, next.accepted)))
        expect(end).toBe(rings ? 'null' : 'PEER_NOT_FOUND')
        break
      }
      case 'hang up': {
        const isKnown = one.peerId !== null && this.#holder(next.to) !== null
        expect(await codeOf(it.hangUp({ peerId: next.to }))).toBe(isKnown ? 'null' : 'PEER_NOT_FOUND')
        // Its own call first; theirs if there is none.
        if (isKnown && !this.#ringing.delete(`${one.peerId} ${next.to}`)) {
          this.#ringing.delete(`${next.to} ${one.peerId}`)
        }
        break
      }
    }
    await settled()
    await this.#check()
  }

  async end(): Promise<void> {
    for (const { peer } of this.#peers) await peer.it.close()
    for (const { it } of this.#keepers) await it.close()
    await settled()
    await this.#scene.expectNothingLeft()
  }

  async #call(one: ModelPeer, to: string): Promise<void> {
    const { peerId } = one
    const isKnown = peerId !== null && peerId !== to && this.#holder(to) !== null
    const end = await codeOf(one.peer.it.callPeer({ from: peerId ?? 'nobody', to }))
    if (peerId === null && one.group !== null) {
      // It claimed the free id `nobody`, if no other did: given back, so that the model stays simple.
      if (end !== 'PEER_NOT_FOUND' || (await this.#holds('nobody'))) {
        await one.peer.it.leave(one.userId)
        this.#gone(one)
      }
      return
    }
    expect(end).toBe(isKnown ? 'null' : 'PEER_NOT_FOUND')
    if (!isKnown) return
    // Whoever called first: both are on the line now.
    if (!this.#ringing.delete(`${to} ${peerId}`)) this.#ringing.add(`${peerId} ${to}`)
  }

  async #holds(id: string): Promise<boolean> {
    return (await this.#scene.nodes[0].peerIds.holder('peer', id)) !== null
  }

  #holder(id: string): ModelPeer | null {
    return this.#peers.find(({ peerId }) => peerId === id) ?? null
  }

  #gone(one: ModelPeer): void {
    this.#endCalls(one)
    one.group = null
    one.peerId = null
  }

  /** Of the peer id that it has now. */
  #endCalls({ peerId }: ModelPeer): void {
    for (const key of this.#ringing) if (key.split(' ').includes(peerId ?? '')) this.#ringing.delete(key)
  }

  async #check(): Promise<void> {
    const { leases, nodes } = this.#scene
    for (const group of this.#groups) {
      const members = this.#peers.filter((peer) => peer.group === group).length
      expect(await nodes[0].groups.find(group)).toMatchObject({ memberCount: members + 1 })
    }
    const held = this.#peers.filter(({ peerId }) => peerId !== null)
    expect(await leases.count('peer')).toBe(held.length)
    for (const { peer, peerId } of held) {
      expect((await nodes[1].peerIds.holder('peer', peerId!))?.holder).toBe(peer.it.connectionId)
    }
    expect(await leases.count('call')).toBe(this.#ringing.size)
  }
}
