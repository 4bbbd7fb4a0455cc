import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Party } from './harness/party.ts'

let party: Party

// What calls load when they are wanted.
beforeAll(() => import('../../calls/call-center.ts'))
beforeEach(() => {
  party = new Party()
})
afterEach(() => party.end())

const ANN = { id: 'ann', username: 'ann' }
const BOB = { id: 'bob', username: 'bob' }
const VOICE = { video: false }
const VIDEO = { video: true }

const connected = async () => {
  const [ann, bob] = [await party.listener('ann'), await party.listener('bob')]
  const call = await after(ann.calls.callUser(BOB, VIDEO))
  await after(bob.calls.incoming.get()[0]!.accept(VIDEO))
  await party.time.pass(1_000)
  return { ann, bob, call }
}

/** The promise's value, with time for what it waits for. */
const after = async <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {})
  await party.time.pass(100)
  return promise
}

describe('SDK-11 a direct call', () => {
  it('rings, is accepted, connects and ends for both', async () => {
    const [ann, bob] = [await party.listener('ann'), await party.listener('bob')]
    expect([ann.calls.state.get(), bob.calls.state.get()]).toEqual(['ready', 'ready'])
    const call = await after(ann.calls.callUser(BOB, VIDEO))
    expect(ann.view().phase).toBe('ringing')
    const [ring] = bob.calls.incoming.get()
    expect(ring?.from).toEqual({ accountId: 'ann', username: 'ann' })
    await after(ring!.accept(VOICE))
    expect(bob.calls.incoming.get()).toEqual([])
    for (const { view } of [ann, bob]) {
      expect(view()).toMatchObject({ phase: 'active', end: null, problem: null })
      expect(view().activeSince).not.toBeNull()
    }
    expect(ann.view().participants).toMatchObject([
      { username: 'bob', accountId: 'bob', microphone: true, camera: false, connection: 'connected' },
    ])
    expect(bob.view().participants).toMatchObject([{ username: 'ann', accountId: 'ann', camera: true }])
    call.hangUp()
    await party.time.pass(100)
    expect([ann.view().end, bob.view().end]).toEqual(['hung-up', 'hung-up'])
    expect(party.network.open).toEqual([])
    expect([...ann.tracks, ...bob.tracks].every(({ readyState }) => readyState === 'ended')).toBe(true)
    expect([ann.calls.state.get(), bob.calls.state.get()]).toEqual(['ready', 'ready'])
    ann.calls.dismiss()
    expect(ann.calls.current.get()).toBeNull()
  })

  it('sends what devices give, and what is shown instead', async () => {
    const { ann, bob, call } = await connected()
    const [audio, video] = party.network.offerer.senders
    expect([audio?.track?.label, video?.track?.label]).toEqual(['audio', 'video'])
    await call.shareScreen(true)
    await party.time.pass(100)
    expect(video?.track?.label).toBe('screen')
    expect(bob.view().participants[0]).toMatchObject({ camera: true, screen: true })
    await call.shareScreen(false)
    await call.setCamera(false)
    await call.setMicrophone(false)
    await party.time.pass(100)
    expect(video?.track).toBeNull()
    expect(audio?.track?.enabled).toBe(false)
    expect(bob.view().participants[0]).toMatchObject({ microphone: false, camera: false, screen: false })
    expect(ann.view().local).toMatchObject({ microphone: false, camera: false, stream: null })
  })

  it('ends at a browser that stops sharing by itself with the camera', async () => {
    const { ann, bob, call } = await connected()
    await call.shareScreen(true)
    ann.tracks.find(({ label }) => label === 'screen')?.onended?.()
    await party.time.pass(100)
    expect(party.network.offerer.senders[1]?.track?.label).toBe('video')
    expect(bob.view().participants[0]?.screen).toBe(false)
  })

  it('says who declined', async () => {
    const [ann, bob] = [await party.listener('ann'), await party.listener('bob')]
    await after(ann.calls.callUser(BOB, VOICE))
    bob.calls.incoming.get()[0]!.decline()
    await party.time.pass(100)
    expect(ann.view()).toMatchObject({ phase: 'ended', end: 'declined' })
    expect(bob.calls.incoming.get()).toEqual([])
    expect(bob.calls.current.get()).toBeNull()
  })

  it('stops ringing when nobody answers, and when the caller gives up', async () => {
    const [ann, bob] = [await party.listener('ann'), await party.listener('bob')]
    await after(ann.calls.callUser(BOB, VOICE))
    party.signal.miss()
    await party.time.pass(100)
    expect(ann.view().end).toBe('missed')
    expect(bob.calls.incoming.get()).toEqual([])
    const call = await after(ann.calls.callUser(BOB, VOICE))
    const [ring] = bob.calls.incoming.get()
    call.hangUp()
    await party.time.pass(100)
    expect(ann.view().end).toBe('cancelled')
    expect(bob.calls.incoming.get()).toEqual([])
    await expect(after(ring!.accept(VOICE))).rejects.toMatchObject({ code: 'CALL_OVER' })
  })

  it('stops ringing on other devices once one has it, and tells the one that came too late', async () => {
    const ann = await party.listener('ann')
    const devices = [await party.listener('bob'), await party.listener('bob'), await party.listener('bob')]
    await after(ann.calls.callUser(BOB, VOICE))
    // Two at the same moment.
    const rings = devices.map(({ calls }) => calls.incoming.get()[0]!)
    await after(Promise.all([rings[0]!.accept(VOICE), rings[1]!.accept(VOICE)]))
    expect(devices[2]!.calls.incoming.get()).toEqual([])
    expect(devices[2]!.calls.current.get()).toBeNull()
    expect(devices[0]!.view().phase).toBe('active')
    expect(devices[1]!.view()).toMatchObject({ phase: 'ended', end: 'taken' })
  })

  it('is one call when both call at once', async () => {
    const [ann, bob] = [await party.listener('ann'), await party.listener('bob')]
    await after(Promise.all([ann.calls.callUser(BOB, VOICE), bob.calls.callUser(ANN, VOICE)]))
    await party.time.pass(1_000)
    expect([ann.view().phase, bob.view().phase]).toEqual(['active', 'active'])
    expect([...ann.calls.incoming.get(), ...bob.calls.incoming.get()]).toEqual([])
    expect(party.network.open).toHaveLength(2)
  })

  it('accepts who rings when one calls them', async () => {
    const [ann, bob] = [await party.listener('ann'), await party.listener('bob')]
    await after(ann.calls.callUser(BOB, VOICE))
    await after(bob.calls.callUser(ANN, VOICE))
    expect([ann.view().phase, bob.view().phase]).toEqual(['active', 'active'])
    expect(party.signal.sent('call-user')).toHaveLength(1)
  })

  it('rejects with the reason of the server, and leaves nothing', async () => {
    const ann = await party.listener('ann')
    const call = after(ann.calls.callUser({ id: 'nobody', username: 'nobody' }, VOICE))
    await expect(call).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
    expect(ann.calls.current.get()).toBeNull()
    expect(ann.tracks.every(({ readyState }) => readyState === 'ended')).toBe(true)
  })

  it('rejects as offline when the server cannot be reached', async () => {
    party.signal.isDown = true
    const ann = party.person('ann')
    const call = ann.calls.callUser(BOB, VOICE)
    call.catch(() => {})
    await party.time.pass(13_000)
    await expect(call).rejects.toMatchObject({ code: 'OFFLINE', canRetry: true })
  })

  it('hangs up the call one is in for the next', async () => {
    const { ann, bob } = await connected()
    const cleo = await party.listener('cleo')
    await after(cleo.calls.callUser(BOB, VOICE))
    await after(bob.calls.incoming.get()[0]!.accept(VOICE))
    expect(ann.view().end).toBe('hung-up')
    expect(bob.calls.current.get()?.name).toBe('cleo')
    expect(bob.view().phase).toBe('active')
  })
})

describe('a direct call over breaks', () => {
  it('goes on while one side has lost the server', async () => {
    const { ann, bob } = await connected()
    party.signal.isDown = true
    party.signal.cut('ann')
    await party.time.pass(3_000)
    expect(ann.view()).toMatchObject({ phase: 'active', problem: 'signal-lost' })
    expect(bob.view().phase).toBe('active')
    party.signal.isDown = false
    await party.time.pass(12_000)
    expect(ann.view()).toMatchObject({ phase: 'active', problem: null })
    // Longer than anybody is waited for.
    await party.time.pass(40_000)
    expect([ann.view().phase, bob.view().phase]).toEqual(['active', 'active'])
    expect(party.network.open).toHaveLength(2)
  })

  it('ends for the other when one is gone without a word', async () => {
    const { ann, bob } = await connected()
    party.signal.isDown = true
    party.signal.cut('ann')
    ann.calls.close()
    party.network.break()
    await party.time.pass(10_000)
    expect(bob.view().end).toBe('network')
  })

  it('looks for another way when the network breaks', async () => {
    const { ann, bob, call } = await connected()
    party.network.break()
    await party.time.pass(2_000)
    expect(ann.view().participants[0]?.connection).toBe('reconnecting')
    await party.time.pass(8_000)
    expect(ann.view().problem).toBe('network-failed')
    party.network.isUp = true
    await call.mend()
    await party.time.pass(500)
    expect(ann.view()).toMatchObject({ phase: 'active', problem: null })
    expect(bob.view().participants[0]?.connection).toBe('connected')
    expect(party.network.offerer.restarts).toBeGreaterThan(0)
  })

  it('ends when no way is found', async () => {
    const { ann, bob } = await connected()
    party.network.break()
    await party.time.pass(60_000)
    expect([ann.view().end, bob.view().end]).toContain('network')
    expect([ann.view().phase, bob.view().phase]).toEqual(['ended', 'ended'])
  })

  it('ends what rings when the server is lost', async () => {
    const [ann, bob] = [await party.listener('ann'), await party.listener('bob')]
    await after(ann.calls.callUser(BOB, VOICE))
    party.signal.cut('bob')
    party.signal.cut('ann')
    await party.time.pass(100)
    expect(ann.view().end).toBe('network')
    expect(bob.calls.incoming.get()).toEqual([])
  })

  it('measures how good it is', async () => {
    const { ann } = await connected()
    await party.time.pass(2_000)
    expect(ann.view().participants[0]?.quality).toBe('fair')
  })
})
