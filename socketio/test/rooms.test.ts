import { turn } from '@parley/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { SocketSession } from '../index.ts'
import { RawSocket } from './raw-socket.ts'
import { until, World } from './world.ts'

let world: World

afterEach(() => world.stop())

/** A connected client, and what it heard up to a mark that the server sends it. */
const enter = async (user: string, ...rooms: string[]) => {
  const raw = await RawSocket.connect(world.port, user)
  await until('it is opened', () => [...world.whisper.sessions].some((one) => one.user.id === user))
  const session = world.server.sessionsOf(user).at(-1)!
  for (const room of rooms) session.join(room)
  let marks = 0
  const heard = async (): Promise<unknown[]> => {
    marks += 1
    session.emit('mark', marks)
    await raw.next(`42["mark",${marks}]`)
    return raw.frames
      .filter((frame) => frame.startsWith('42["news"'))
      .map((frame) => JSON.parse(frame.slice(2))[1])
  }
  return { raw, session, heard }
}

const emit = (rooms: string | readonly string[], what: unknown, except?: SocketSession): void =>
  world.server.rooms.emit(rooms, 'news', [what], except?.id)

describe('rooms', () => {
  it('SIO-18 reach every socket in at least one of them once, but for the excepted one', async () => {
    world = await World.start()
    const ann = await enter('ann', 'red', 'blue')
    const bob = await enter('bob', 'blue')
    const cas = await enter('cas')
    emit('red', 1)
    emit(['red', 'blue'], 2)
    emit(['red', 'blue'], 3, ann.session)
    emit(ann.session.id, 4)
    emit([], 5)
    emit('nobody is here', 6)
    expect([await ann.heard(), await bob.heard(), await cas.heard()]).toEqual([[1, 2, 4], [2, 3], []])
  })

  it('SIO-18 a socket that left hears nothing more', async () => {
    world = await World.start()
    const ann = await enter('ann', 'red')
    expect([ann.session.isIn('red'), world.server.rooms.sizeOf('red')]).toEqual([true, 1])
    ann.session.leave('red')
    expect([ann.session.isIn('red'), world.server.rooms.sizeOf('red')]).toEqual([false, 0])
    emit('red', 1)
    expect(await ann.heard()).toEqual([])
  })

  it('SIO-18 a session that is closed is in no room, joins none, and is told nothing', async () => {
    world = await World.start()
    const ann = await enter('ann', 'red')
    const seen: unknown[] = []
    world.channels.onClosed = (session) => void seen.push(session.isIn('red'), session.isOpen)
    ann.raw.socket.terminate()
    await until('it is closed', () => seen.length > 0)
    ann.session.join('red')
    ann.session.emit('news', 1)
    ann.session.leave('red')
    await turn()
    expect([seen, ann.session.isOpen, world.server.rooms.sizeOf('red')]).toEqual([[false, false], false, 0])
  })

  it('SIO-18 an event is encoded as often for twenty sockets as for one', async () => {
    world = await World.start()
    let encoded = 0
    const counted = {
      toJSON() {
        encoded += 1
        return 'counted'
      },
    }
    const clients = await Promise.all(Array.from({ length: 20 }, (_, index) => enter(`user-${index}`, 'all')))
    clients[0]!.session.join('one')
    emit('one', counted)
    const forOne = encoded
    emit('all', counted)
    expect(encoded).toBe(2 * forOne)
    for (const client of clients) expect(await client.heard()).toContain('counted')
  })

  it('SIO-18 the list of the sessions of a user does not change while somebody walks it', async () => {
    world = await World.start()
    await enter('ann')
    await enter('ann')
    const sessions = world.server.sessionsOf('ann')
    expect(sessions).toHaveLength(2)
    world.core.identities.end('ann', null)
    await until('they are gone', () => world.server.sessionsOf('ann').length === 0)
    expect(sessions).toHaveLength(2)
  })
})
