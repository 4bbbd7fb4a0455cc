import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Party } from './harness/party.ts'

let party: Party

// What calls load when they are wanted.
beforeAll(() => import('../../calls/call-center.ts'))
beforeEach(() => {
  party = new Party()
})
afterEach(() => party.end())

/** The promise's value, with time for what it waits for. */
const after = async <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {})
  await party.time.pass(200)
  return promise
}

const as = (username: string) => ({ video: true, username })

/** Three in one call: two accounts and a guest. */
const three = async () => {
  const [ann, bob, cleo] = [await party.listener('ann'), party.person('bob'), party.person(null)]
  const call = await after(ann.calls.createGroup('A group', as('ann')))
  const groupId = call.groupId!
  await after(bob.calls.joinGroup(groupId, as('bob')))
  await after(cleo.calls.joinGroup(groupId, as('Cleo Ä.')))
  await party.time.pass(1_000)
  return { ann, bob, cleo, call, groupId }
}

type Person = Awaited<ReturnType<typeof three>>['ann']

const names = (person: Person) =>
  person
    .view()
    .participants.filter(({ connection }) => connection === 'connected')
    .map(({ username }) => username)

describe('SDK-12 a group call', () => {
  it('connects each two, guests too', async () => {
    const { ann, bob, cleo } = await three()
    expect([names(ann), names(bob), names(cleo)]).toEqual([
      ['bob', 'Cleo___'],
      ['ann', 'Cleo___'],
      ['ann', 'bob'],
    ])
    expect(ann.view()).toMatchObject({ phase: 'active', problem: null })
    expect(ann.view().participants.map(({ accountId }) => accountId)).toEqual(['bob', null])
    // Each pair has one connection of two ends, and one of them offered.
    expect(party.network.open).toHaveLength(6)
    expect(party.signal.sent('call-request')).toEqual([])
  })

  it('goes on when one leaves, and takes who comes back', async () => {
    const { ann, bob, cleo, groupId } = await three()
    bob.calls.current.get()?.hangUp()
    await party.time.pass(500)
    expect([names(ann), names(cleo)]).toEqual([['Cleo___'], ['ann']])
    expect(party.network.open).toHaveLength(2)
    await after(bob.calls.joinGroup(groupId, as('bob')))
    await party.time.pass(500)
    expect(names(bob)).toEqual(['ann', 'Cleo___'])
  })

  it('goes on while one has lost the server, and meets who came meanwhile', async () => {
    const { ann, bob, groupId } = await three()
    party.signal.isDown = true
    party.signal.cut('ann')
    await party.time.pass(2_000)
    expect(ann.view().problem).toBe('signal-lost')
    expect(names(ann)).toEqual(['bob', 'Cleo___'])
    expect(names(bob)).toEqual(['ann', 'Cleo___'])
    party.signal.isDown = false
    const dora = party.person('dora')
    await after(dora.calls.joinGroup(groupId, as('dora')))
    await party.time.pass(15_000)
    expect(ann.view().problem).toBeNull()
    await party.time.pass(40_000)
    for (const person of [ann, bob, dora]) expect(names(person)).toHaveLength(3)
    expect(party.network.open).toHaveLength(12)
  })

  it('forgets who went without a word once nothing comes from there', async () => {
    const { ann, bob } = await three()
    party.signal.isDown = true
    party.signal.cut('bob')
    bob.calls.close()
    const open = party.network.open.filter(
      ({ remote }) => party.network.find(remote ?? '')?.connectionState === 'closed',
    )
    for (const peer of open) peer.become('disconnected')
    await party.time.pass(10_000)
    expect(ann.view().participants.map(({ username }) => username)).toEqual(['Cleo___'])
  })

  it('stays with who is connected when the group is gone', async () => {
    const { ann } = await three()
    party.signal.forgetGroups()
    party.signal.cut('ann')
    await party.time.pass(5_000)
    expect(ann.view()).toMatchObject({ phase: 'active', problem: 'signal-lost' })
    expect(names(ann)).toEqual(['bob', 'Cleo___'])
  })

  it('rejects where there is no group, and lets others ring again', async () => {
    const ann = await party.listener('ann')
    const call = after(ann.calls.joinGroup('group_none', as('ann')))
    await expect(call).rejects.toMatchObject({ code: 'GROUP_NOT_FOUND' })
    await party.time.pass(500)
    expect(ann.calls.state.get()).toBe('ready')
    const bob = await party.listener('bob')
    await after(bob.calls.callUser({ id: 'ann', username: 'ann' }, as('bob')))
    expect(ann.calls.incoming.get()).toHaveLength(1)
  })

  it('rings in a group call, and leaves it for the one that is accepted', async () => {
    const { ann, bob } = await three()
    const dora = await party.listener('dora')
    await after(dora.calls.callUser({ id: 'ann', username: 'ann' }, { video: false }))
    await after(ann.calls.incoming.get()[0]!.accept({ video: false }))
    await party.time.pass(500)
    expect(ann.calls.current.get()).toMatchObject({ kind: 'direct', name: 'dora' })
    expect([ann.view().phase, dora.view().phase]).toEqual(['active', 'active'])
    expect(names(bob)).toEqual(['Cleo___'])
    ann.calls.current.get()?.hangUp()
    await party.time.pass(500)
    await after(dora.calls.callUser({ id: 'ann', username: 'ann' }, { video: false }))
    expect(ann.calls.incoming.get()).toHaveLength(1)
  })

  it('says nothing of oneself to who only knows the peer id', async () => {
    const { ann } = await three()
    const stranger = await party.listener('eve')
    await after(stranger.calls.createGroup('Another', as('eve')))
    const peerId = party.signal.sent('join-group')[0]!['peerId']
    const before = party.signal.sent('signal').length
    const socket = party.signal.open('ws://127.0.0.1:1/signal?token=eve')
    await party.time.pass()
    socket.send(JSON.stringify({ type: 'create-group', payload: { groupName: 'x', username: 'eve' } }))
    socket.send(JSON.stringify({ type: 'update-peer-id', payload: { peerId: 'eve-2' } }))
    const data = { hello: 'ask', description: { type: 'offer', sdp: 'pc-1' } }
    socket.send(JSON.stringify({ type: 'signal', payload: { toPeerId: peerId, data } }))
    await party.time.pass(500)
    expect(party.signal.sent('signal')).toHaveLength(before + 1)
    expect(ann.view().participants).toHaveLength(2)
  })
})

describe('SDK-13 the connection', () => {
  it('asks for another token when one is refused', async () => {
    party.signal.refused.add('old')
    const ann = party.person('ann', { getToken: async (isRefused) => (isRefused ? 'new' : 'old') })
    ann.calls.listen()
    await party.time.pass(3_000)
    expect(ann.calls.state.get()).toBe('ready')
  })

  it('comes back at the moment that the server names', async () => {
    const ann = await party.listener('ann')
    party.signal.tellAll('server-drain', { reconnectInMs: 2_000 })
    await party.time.pass(1_900)
    expect(party.signal.sent('create-group')).toHaveLength(1)
    expect(ann.calls.state.get()).toBe('ready')
    await party.time.pass(500)
    expect(party.signal.sent('join-group')).toHaveLength(1)
    expect([ann.calls.state.get(), party.signal.size]).toEqual(['ready', 1])
  })

  it('is given up once nobody listens any more', async () => {
    const ann = party.person('ann')
    const stop = [ann.calls.listen(), ann.calls.listen()]
    await party.time.pass(100)
    stop[0]!()
    stop[0]!()
    await party.time.pass(100)
    expect(ann.calls.state.get()).toBe('ready')
    stop[1]!()
    await party.time.pass(100)
    expect([ann.calls.state.get(), party.signal.size]).toEqual(['off', 0])
  })

  it('makes a group of its own again when the old one is gone', async () => {
    const ann = await party.listener('ann')
    party.signal.forgetGroups()
    party.signal.cut('ann')
    await party.time.pass(3_000)
    expect(ann.calls.state.get()).toBe('ready')
    expect(party.signal.sent('create-group')).toHaveLength(2)
  })
})

describe('devices', () => {
  const inCall = async (...refusals: readonly (readonly ['audio' | 'video' | 'screen', string])[]) => {
    const ann = party.person('ann')
    for (const [kind, name] of refusals) ann.refusals.set(kind, name)
    await after(ann.calls.createGroup('A group', as('ann')))
    return ann
  }

  it.each([
    ['audio', 'NotAllowedError', 'microphone-denied'],
    ['audio', 'NotFoundError', 'microphone-missing'],
    ['video', 'NotAllowedError', 'camera-denied'],
    ['video', 'OverconstrainedError', 'camera-missing'],
    ['video', 'NotReadableError', 'device-busy'],
  ] as const)('says of %s and %s that it is %s, and goes on without', async (kind, name, problem) => {
    const ann = await inCall([kind, name])
    const isAudio = kind === 'audio'
    expect(ann.view()).toMatchObject({ phase: 'active', problem })
    expect(ann.view().local).toMatchObject({ microphone: !isAudio, camera: isAudio })
    ann.refusals.clear()
    await ann.calls.current.get()?.mend()
    expect(ann.view()).toMatchObject({ problem: null, local: { microphone: true, camera: true } })
  })

  it('names the gravest first, and forgets what is wanted no more', async () => {
    const ann = await inCall(['audio', 'NotAllowedError'], ['video', 'NotFoundError'])
    expect(ann.view().problem).toBe('microphone-denied')
    await ann.calls.current.get()?.setMicrophone(false)
    expect(ann.view().problem).toBe('camera-missing')
    await ann.calls.current.get()?.setCamera(false)
    expect(ann.view().problem).toBeNull()
  })

  it('says when the screen may not be shared, and when a camera is unplugged', async () => {
    const ann = await inCall(['screen', 'NotAllowedError'])
    await ann.calls.current.get()?.shareScreen(true)
    expect(ann.view()).toMatchObject({ problem: 'share-denied', local: { screen: false } })
    await ann.calls.current.get()?.shareScreen(false)
    ann.tracks.find(({ kind }) => kind === 'video')?.onended?.()
    expect(ann.view()).toMatchObject({ problem: 'camera-missing', local: { camera: false } })
  })

  it('are let go when the call is over before they are there', async () => {
    const ann = await inCall()
    const call = ann.calls.current.get()
    const shared = call?.shareScreen(true)
    call?.hangUp()
    await shared
    expect(ann.tracks.map(({ label, readyState }) => [label, readyState])).toEqual([
      ['audio', 'ended'],
      ['video', 'ended'],
      ['screen', 'ended'],
    ])
  })
})
