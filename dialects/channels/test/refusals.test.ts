import type { DirectoryUser } from '@parley/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ChannelsWorld } from './world.ts'

let world: ChannelsWorld
let ann: DirectoryUser
let bob: DirectoryUser

beforeEach(async () => {
  world = await ChannelsWorld.start()
  ;[ann, bob] = [world.addUser('Ann'), world.addUser('Bob')]
})
afterEach(() => world.stop())

const refusalOf = async (auth: Record<string, unknown>): Promise<{ message: string; data: unknown }> => {
  try {
    await world.connect(ann, auth)
  } catch (error) {
    const { message, data } = error as Error & { data: unknown }
    return { message, data }
  }
  throw new Error('it was let in')
}

describe('a handshake that is refused', () => {
  it.each<readonly [string, () => Record<string, unknown>, string, string]>([
    ['no token', () => ({ token: undefined }), 'TOKEN_MISSING', 'Authentication token missing'],
    ['an empty token', () => ({ token: '' }), 'TOKEN_MISSING', 'Authentication token missing'],
    ['a token that is no text', () => ({ token: 7 }), 'TOKEN_MISSING', 'Authentication token missing'],
    ['a token nobody signed', () => ({ token: 'x' }), 'TOKEN_INVALID', 'Invalid token'],
    ['another user', () => ({ userId: bob.id }), 'USER_MISMATCH', 'The token belongs to another user'],
    [
      'a user that is no text',
      () => ({ userId: { id: ann.id } }),
      'USER_MISMATCH',
      'The token belongs to another user',
    ],
    ['an account that is gone', () => ({ token: 'nobody' }), 'USER_NOT_FOUND', 'User not found'],
    [
      'no user and no token',
      () => ({ userId: null, token: null }),
      'TOKEN_MISSING',
      'Authentication token missing',
    ],
  ])('CHANNELS-15 for %s is Unauthorized, with a code that says why', async (_, auth, code, message) => {
    expect(await refusalOf(auth())).toEqual({ message: 'Unauthorized', data: { code, message } })
    expect(world.rooms).toBe(0)
    expect(world.core.presence.online().totalOnline).toBe(0)
  })

  it('CHANNELS-15 with the store away says so, and may be tried again', async () => {
    world.store.setAway(true)
    expect(await refusalOf({})).toMatchObject({ message: 'Unauthorized', data: { code: 'UNAVAILABLE' } })
    world.store.setAway(false)
    expect((await world.connect(ann)).socket.connected).toBe(true)
  })

  it('CHANNELS-15 a user of null, and of the token’s whatever the case, are let in; a sessionID is ignored', async () => {
    for (const auth of [
      { userId: null },
      { userId: ann.id.toUpperCase() },
      { sessionID: 'x' },
      { sessionID: { constructor: 1 } },
    ]) {
      const client = await world.connect(ann, auth)
      expect(await client.ask('sync')).toMatchObject({ ok: true, channels: [] })
      client.close()
    }
  })
})
