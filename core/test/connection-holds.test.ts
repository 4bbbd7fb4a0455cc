import { turn } from '@parley/testkit'
import { describe, expect, it, vi } from 'vitest'
import type { Identity } from '../index.ts'
import { type CoreScene, createScene } from './core-fixture.ts'

const identityOf = ({ ann }: CoreScene): Identity => ({
  userId: ann.id,
  username: ann.username,
  avatar: null,
  email: '',
  role: 'user',
  sessionId: 's1',
  expiresAt: null,
})

describe('what a connection holds', () => {
  it('HOLD-1 is presence, a watch over the identity and a line in the log, until it is released', async () => {
    const scene = await createScene()
    const { core, ann } = scene
    const end = vi.fn()
    const hold = await core.holds.take({ id: 'c1', dialect: 'chat', identity: identityOf(scene), end })
    expect(core.presence.isOnline(ann.id)).toBe(true)
    expect(core.connections.of(ann.id)).toMatchObject([{ id: 'c1', dialect: 'chat', closedAt: null }])
    await Promise.all([hold.release('client'), hold.release('slow')])
    await turn()
    expect(core.presence.isOnline(ann.id)).toBe(false)
    expect(core.connections.of(ann.id)).toMatchObject([{ id: 'c1', reason: 'client' }])
    core.identities.end(ann.id, null)
    await turn()
    expect(end).not.toHaveBeenCalled()
  })

  it('HOLD-2 an identity that ends while it is taken ends the connection, and the log says why', async () => {
    const scene = await createScene()
    const { core, ann } = scene
    const end = vi.fn()
    const taking = core.holds.take({ id: 'c1', dialect: 'hub', identity: identityOf(scene), end })
    core.identities.end(ann.id, null)
    const hold = await taking
    await turn()
    expect(end).toHaveBeenCalledTimes(1)
    await hold.release('client')
    expect(core.connections.of(ann.id)).toMatchObject([{ reason: 'session-ended' }])
  })

  it('HOLD-3 nothing is held when presence cannot be taken', async () => {
    const scene = await createScene()
    const { core, ann, leases } = scene
    vi.spyOn(leases, 'take').mockRejectedValueOnce(new Error('away'))
    const end = vi.fn()
    const taking = core.holds.take({ id: 'c1', dialect: 'chat', identity: identityOf(scene), end })
    await expect(taking).rejects.toThrow('away')
    core.identities.end(ann.id, null)
    await turn()
    expect(end).not.toHaveBeenCalled()
    expect(core.connections.of(ann.id)).toEqual([])
  })
})
