import { describe, expect, it } from 'vitest'
import { ParleyError } from '../../api/error.ts'
import { Presences } from '../../presences.ts'
import { FakeEnvironment } from '../rooms/fake-environment.ts'
import { FakeSocket, settle } from '../rooms/fake-socket.ts'

const world = () => {
  const environment = new FakeEnvironment()
  const socket = new FakeSocket()
  const presences = new Presences(socket, environment)
  return {
    ...{ environment, socket, presences },
    listen: (userId: string) => presences.of(userId).subscribe(() => undefined),
    /** Those whom the server is asked to follow; it agrees. */
    async asked() {
      environment.pass(100)
      const ids = socket.asked.map(({ argument }) => (argument as { userIds: string[] }).userIds)
      for (const { resolve } of socket.asked.splice(0)) resolve({})
      await settle()
      return ids
    },
    dropped: () =>
      socket.emitted.splice(0).map(([, argument]) => (argument as { userIds: string[] }).userIds),
  }
}

const online = { status: 'online', lastSeen: null } as const

describe('Presences', () => {
  it('asks once for each user, however many listen, in one go', async () => {
    const { socket, listen, asked } = world()
    socket.connect()
    for (const userId of ['bob', 'cid', 'BOB', 'bob']) listen(userId)
    expect(await asked()).toEqual([['bob', 'cid']])
    listen('bob')
    expect(await asked()).toEqual([])
  })

  it('lets go of a user when nobody listens any more', async () => {
    const { environment, socket, listen, asked, dropped } = world()
    socket.connect()
    const [one, other] = [listen('bob'), listen('bob')]
    await asked()
    one()
    one()
    environment.pass(100)
    expect(dropped()).toEqual([])
    other()
    environment.pass(100)
    expect(dropped()).toEqual([['bob']])
  })

  it('costs nothing when interest comes and goes at once', async () => {
    const { socket, listen, asked, dropped } = world()
    socket.connect()
    listen('bob')()
    expect([await asked(), dropped()]).toEqual([[], []])
  })

  it('asks again for all after a break, and only after a while does not know any more', async () => {
    const { environment, socket, presences, listen, asked } = world()
    socket.connect()
    listen('bob')
    await asked()
    socket.hear('presence', { userId: 'bob', ...online })
    socket.disconnect()
    environment.pass(4_000)
    expect(presences.of('bob').get()).toEqual(online)
    socket.connect()
    expect(await asked()).toEqual([['bob']])
    environment.pass(60_000)
    expect(presences.of('bob').get()).toEqual(online)
    socket.disconnect()
    environment.pass(5_000)
    expect(presences.of('bob').get().status).toBe('unknown')
  })

  it('tells those who listen, and is the same object for them', () => {
    const { socket, presences } = world()
    const seen: string[] = []
    const bob = presences.of('bob')
    bob.subscribe(() => seen.push(bob.get().status))
    socket.connect()
    socket.hear('presence', { userId: 'bob', ...online })
    socket.hear('presence', { userId: 'cid', ...online })
    expect(presences.of('Bob')).toBe(bob)
    expect([bob.get(), seen]).toEqual([online, ['online']])
  })

  it('asks again later when it was refused', async () => {
    const { environment, socket, listen, asked } = world()
    socket.connect()
    listen('bob')
    environment.pass(100)
    socket.take('presence:subscribe').reject(new ParleyError('UNAVAILABLE', 'Away', { canRetry: true }))
    await settle()
    expect(await asked()).toEqual([])
    environment.pass(10_000)
    expect(await asked()).toEqual([['bob']])
  })

  it('follows a thousand, and more when some are let go', async () => {
    const { socket, listen, asked } = world()
    socket.connect()
    const ends = Array.from({ length: 1_010 }, (_, index) => listen(`u${index}`))
    expect((await asked())[0]).toHaveLength(1_000)
    for (const end of ends.slice(0, 4)) end()
    expect((await asked())[0]).toEqual(['u1000', 'u1001', 'u1002', 'u1003'])
  })

  it('forgets values that nobody listens to, and no others', () => {
    const { presences } = world()
    const bob = presences.of('bob')
    bob.subscribe(() => undefined)
    const first = presences.of('u0')
    for (let index = 0; index < 2_100; index += 1) presences.of(`u${index}`)
    expect(presences.of('bob')).toBe(bob)
    expect(presences.of('u0')).not.toBe(first)
  })
})
