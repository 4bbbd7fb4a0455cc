import { turn } from '@parley/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Identity } from '../index.ts'
import { type CoreScene, createScene } from './core-fixture.ts'

let scene: CoreScene
let ended: string[]
beforeEach(async () => {
  scene = await createScene()
  ended = []
})

const identity = (userId: string, sessionId: string | null): Identity => ({
  userId,
  username: userId,
  avatar: null,
  email: '',
  role: 'user',
  sessionId,
  expiresAt: null,
})

const watch = (userId: string, sessionId: string | null): (() => void) =>
  scene.core.identities.watch(identity(userId, sessionId), () => ended.push(`${userId} ${sessionId}`))

describe('live identities', () => {
  it('IDENT-1 the end of a session ends its connections at once, and no others', async () => {
    watch('ann', 's1')
    watch('ann', 's1')
    watch('ann', 's2')
    watch('ann', null)
    watch('bob', 's1')
    scene.core.identities.end('ann', 's1')
    await turn()
    expect(ended).toEqual(['ann s1', 'ann s1'])
    scene.core.identities.end('ann', 's1')
    await turn()
    expect(ended).toHaveLength(2)
  })

  it('IDENT-1 the end of a user ends every connection of theirs', async () => {
    watch('ann', 's1')
    watch('ann', null)
    watch('bob', 's1')
    scene.core.identities.end('ann', null)
    await turn()
    expect(ended).toEqual(['ann s1', 'ann null'])
  })

  it('IDENT-1 a connection that went by itself is not ended', async () => {
    const forget = watch('ann', 's1')
    forget()
    forget()
    scene.core.identities.end('ann', null)
    await scene.clock.advance(60_000)
    expect([ended, scene.authenticator.asked]).toEqual([[], 0])
  })

  it('IDENT-2 what the bus lost ends within 60 s', async () => {
    watch('ann', 's1')
    watch('bob', 's2')
    scene.authenticator.ended.add('ann')
    await scene.clock.advance(60_000)
    expect(ended).toEqual(['ann s1'])
    await scene.clock.advance(60_000)
    expect(ended).toEqual(['ann s1'])
  })

  it('IDENT-2 a store that is away ends nobody, and is asked again', async () => {
    watch('ann', 's1')
    scene.authenticator.ended.add('ann')
    scene.authenticator.isAway = true
    await scene.clock.advance(120_000)
    expect(ended).toEqual([])
    scene.authenticator.isAway = false
    await scene.clock.advance(60_000)
    expect(ended).toEqual(['ann s1'])
  })

  it('IDENT-2 many are asked in rounds, and every one is', async () => {
    for (let index = 0; index < 120; index += 1) watch(`user-${index}`, null)
    for (let index = 0; index < 120; index += 40) scene.authenticator.ended.add(`user-${index}`)
    await scene.clock.advance(30_000)
    await turn()
    expect(ended).toEqual(['user-0 null', 'user-40 null', 'user-80 null'])
    expect(scene.authenticator.asked).toBe(120)
  })

  it('IDENT-2 stopping ends the rounds', async () => {
    watch('ann', null)
    await scene.core.stop()
    await scene.clock.advance(120_000)
    expect(scene.authenticator.asked).toBe(0)
  })
})
