import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { FakeClock, MemoryStore, turn as oneTurn, plainAccount } from '@parley/testkit'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Core,
  type CoreEvent,
  createCore,
  DEFAULT_LIMITS,
  type DirectoryUser,
  LEASE_TTL,
  type Observer,
  type Seat,
  silentObserver,
} from '../index.ts'
import { RETRY_INTERVAL, SWEEP_INTERVAL, UNENTERED_TTL } from '../rooms.ts'
import { FakeAuthenticator, typesOf } from './core-fixture.ts'

const GRACE = 30_000
/** Leases end within a second after their time. */
const SLACK = 1_001
const OPEN = 'LOBBY'

let clock: FakeClock
let store: MemoryStore
let leases: MemoryLeases
let bus: MemoryBus
let core: Core
let logged: string[]
let ann: DirectoryUser
let bob: DirectoryUser
let cas: DirectoryUser

const observer: Observer = {
  ...silentObserver,
  debug: (...said) => void logged.push(JSON.stringify(said)),
  error: (event, error, fields) => void logged.push(`${event} ${String(error)} ${JSON.stringify(fields)}`),
  audit: (...said) => void logged.push(JSON.stringify(said)),
}

const startNode = (nodeId: string, over: { leases?: MemoryLeases } = {}): Promise<Core> =>
  createCore({
    nodeId,
    store,
    bus,
    leases: over.leases ?? leases,
    authenticator: new FakeAuthenticator(),
    clock,
    observer,
    limits: DEFAULT_LIMITS,
    presence: { interval: 250, listMax: 500 },
    roomGrace: GRACE,
  })

beforeEach(async () => {
  logged = []
  clock = new FakeClock()
  store = new MemoryStore()
  leases = new MemoryLeases(clock)
  bus = new MemoryBus({ onError: (error) => expect.fail(String(error)) })
  ;[ann, bob, cas] = ['ann', 'bob', 'cas'].map((username) => {
    const user = plainAccount({ id: username, username })
    store.addUser(user)
    return user
  }) as [DirectoryUser, DirectoryUser, DirectoryUser]
  core = await startNode('node-1')
})

/** Lets what a change sets off run to its end. */
const turn = async (): Promise<void> => {
  for (let round = 0; round < 4; round += 1) await oneTurn()
}

const exists = async (code: string): Promise<boolean> => (await store.room(code)) !== null
const present = async (code: string): Promise<string[]> =>
  (await core.rooms.present(code)).map(({ userId }) => userId)
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: { code?: string }) => error.code ?? String(error),
  )
const enter = (user: DirectoryUser, code: string, connection = user.id): Promise<Seat> =>
  core.rooms.enter(user, code, connection)
const createWithPin = async (pin = '1234'): Promise<string> =>
  (await core.rooms.create(ann, { name: 'Den', pin })).code

describe('coming in', () => {
  it('ROOM-1 a room made has a code of eight, and its maker is in without a PIN', async () => {
    const room = await core.rooms.create(ann, { name: 'Den', pin: '1234' })
    expect(room).toMatchObject({ name: 'Den', creatorId: 'ann', wasEntered: false })
    expect(room.code).toMatch(/^[A-Z0-9]{8}$/)
    expect(JSON.stringify(room)).not.toContain('1234')
    await enter(ann, room.code)
    expect(await present(room.code)).toEqual(['ann'])
    expect(logged.join()).not.toContain('1234')
  })

  it('ROOM-1 a user makes at most 60 rooms an hour', async () => {
    for (let index = 0; index < 60; index += 1) core.limits.hit('room', ann.id)
    await expect(core.rooms.create(ann, { name: 'one more', pin: '1234' })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    })
    expect((await core.rooms.create(bob, { name: 'his', pin: '1234' })).name).toBe('his')
    await clock.advance(3_600_000)
    expect((await core.rooms.create(ann, { name: 'later', pin: '1234' })).name).toBe('later')
  })

  it('ROOM-1 a code that is taken is not given again', async () => {
    const first = await createWithPin()
    const random = vi.spyOn(store, 'commit')
    // The store says once that the code is taken.
    random.mockResolvedValueOnce([{ kind: 'taken' }] as never)
    const second = await createWithPin()
    expect(second).not.toBe(first)
    expect(random).toHaveBeenCalledTimes(2)
  })

  it('ROOM-2 a code nobody registered opens a room for everybody', async () => {
    await enter(ann, OPEN)
    await enter(bob, OPEN)
    expect(await present(OPEN)).toEqual(['ann', 'bob'])
    expect(await core.rooms.get('bob', OPEN)).toMatchObject({
      room: { name: OPEN, creatorId: 'ann', pinHash: null },
      memberIds: ['ann', 'bob'],
      seating: { emptySince: null },
    })
  })

  it('ROOM-2 a room with a PIN lets in who gave it, also again after leaving', async () => {
    const code = await createWithPin()
    const seat = await enter(ann, code)
    expect(await codeOf(enter(bob, code))).toBe('PIN_REQUIRED')
    expect(await codeOf(core.rooms.admit(bob, code, '9999'))).toBe('WRONG_PIN')
    expect(await codeOf(enter(bob, code))).toBe('PIN_REQUIRED')
    expect(await core.rooms.admit(bob, code, '1234')).toMatchObject({ code })
    const bobs = await enter(bob, code)
    await core.rooms.leave(bob, bobs)
    expect(await codeOf(enter(bob, code))).toBe('ok')
    await core.rooms.leave(ann, seat)
    expect(await codeOf(enter(ann, code))).toBe('ok')
  })

  it('ROOM-2 only members see a room, and a room that is not there is nowhere', async () => {
    const code = await createWithPin()
    expect(await codeOf(core.rooms.get('bob', code))).toBe('FORBIDDEN')
    expect(await codeOf(core.rooms.get('bob', 'NOWHERE1'))).toBe('NOT_FOUND')
    expect(await codeOf(core.rooms.admit(bob, 'NOWHERE1', '1234'))).toBe('NOT_FOUND')
    expect(await codeOf(core.rooms.leaveAll(bob, code))).toBe('FORBIDDEN')
    expect(await codeOf(core.rooms.leaveAll(bob, 'NOWHERE1'))).toBe('NOT_FOUND')
  })

  it('ROOM-8 wrong PINs are counted over the room, not over the attempts to be in', async () => {
    const code = await createWithPin()
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => codeOf(core.rooms.admit(bob, code, '0000'))),
    )
    expect(answers.filter((answer) => answer === 'WRONG_PIN')).toHaveLength(5)
    expect(await codeOf(core.rooms.admit(bob, code, '1234'))).toBe('RATE_LIMITED')
    expect(await codeOf(core.rooms.admit(cas, code, '1234'))).toBe('ok')
  })

  it('ROOM-11 who is refused is never seen, not even for a moment', async () => {
    const code = await createWithPin()
    await enter(ann, code)
    const seen = new Set<string>()
    const commit = store.commit.bind(store)
    vi.spyOn(store, 'commit').mockImplementation(async (ops) => {
      for (const userId of await present(code)) seen.add(userId)
      return commit(ops)
    })
    expect(await codeOf(enter(bob, code))).toBe('PIN_REQUIRED')
    expect([...seen]).toEqual(['ann'])
    expect(await leases.holders('seat', code)).toHaveLength(1)
  })
})

describe('the end of a room', () => {
  it('ROOM-3 the last explicit leave ends it at once', async () => {
    const seats = [await enter(ann, OPEN), await enter(bob, OPEN)] as const
    await core.rooms.leave(ann, seats[0])
    await turn()
    expect(await exists(OPEN)).toBe(true)
    await core.rooms.leave(bob, seats[1])
    await turn()
    expect(await exists(OPEN)).toBe(false)
    expect(await leases.count('seat')).toBe(0)
  })

  it('ROOM-3 a user stays while another connection of theirs is in', async () => {
    const [one] = [await enter(ann, OPEN, 'a1'), await enter(ann, OPEN, 'a2')]
    await core.rooms.leave(ann, one)
    await turn()
    expect(await present(OPEN)).toEqual(['ann'])
    expect((await store.room(OPEN))?.memberIds).toEqual(['ann'])
  })

  it('ROOM-3 a reload destroys nothing', async () => {
    const code = await createWithPin()
    await core.rooms.disconnect(ann, await enter(ann, code, 'a1'))
    expect(await present(code)).toEqual([])
    await clock.advance(GRACE - 1)
    expect(await exists(code)).toBe(true)
    await enter(ann, code, 'a2')
    await clock.advance(GRACE * 3)
    expect(await present(code)).toEqual(['ann'])
    expect((await store.room(code))?.memberIds).toEqual(['ann'])
  })

  it('ROOM-3 it goes with the last grace', async () => {
    await core.rooms.disconnect(ann, await enter(ann, OPEN))
    const bobs = await enter(bob, OPEN)
    await clock.advance(GRACE - 5_000)
    await core.rooms.disconnect(bob, bobs)
    await clock.advance(5_000 + SLACK)
    await turn()
    expect((await store.room(OPEN))?.memberIds).toEqual(['bob'])
    await clock.advance(GRACE - 5_000 - SLACK - 1)
    expect(await exists(OPEN)).toBe(true)
    await clock.advance(SLACK)
    await turn()
    expect(await exists(OPEN)).toBe(false)
  })

  it('ROOM-3 an explicit leave leaves it to those in their grace', async () => {
    const [anns, bobs] = [await enter(ann, OPEN), await enter(bob, OPEN)]
    await core.rooms.disconnect(ann, anns)
    await core.rooms.leave(bob, bobs)
    await turn()
    const { seating, memberIds } = await core.rooms.get('ann', OPEN)
    expect([seating.emptySince, memberIds]).toEqual([clock.now(), ['ann']])
    await clock.advance(GRACE + SLACK)
    await turn()
    expect(await exists(OPEN)).toBe(false)
  })

  it('ROOM-3 two tabs that close in the same moment leave a grace', async () => {
    const [one, two] = [await enter(ann, OPEN, 'a1'), await enter(ann, OPEN, 'a2')]
    await Promise.all([core.rooms.disconnect(ann, one), core.rooms.disconnect(ann, two)])
    await turn()
    expect(await exists(OPEN)).toBe(true)
    await clock.advance(GRACE + SLACK)
    await turn()
    expect(await exists(OPEN)).toBe(false)
  })

  it('ROOM-3 who came back after a break and leaves without having entered again is gone at once', async () => {
    await core.rooms.disconnect(ann, await enter(ann, OPEN))
    await core.rooms.leaveUnseated(bob, OPEN)
    await turn()
    expect(await exists(OPEN)).toBe(true)
    await core.rooms.leaveUnseated(ann, OPEN)
    await turn()
    expect(await exists(OPEN)).toBe(false)
  })

  it('ROOM-4 a code that had a PIN never opens again, one without does', async () => {
    const code = await createWithPin()
    await core.rooms.leave(ann, await enter(ann, code))
    await core.rooms.leave(ann, await enter(ann, OPEN))
    await turn()
    expect(await codeOf(enter(ann, code))).toBe('NOT_FOUND')
    expect(await codeOf(core.rooms.admit(bob, code, '1234'))).toBe('NOT_FOUND')
    expect(await codeOf(enter(bob, OPEN))).toBe('ok')
    expect(await leases.holders('seat', code)).toEqual([])
  })

  it('ROOM-5 one that nobody entered waits a day, whoever knocks meanwhile', async () => {
    const code = await createWithPin()
    await core.rooms.admit(bob, code, '1234')
    expect(await codeOf(enter(cas, code))).toBe('PIN_REQUIRED')
    await clock.advance(UNENTERED_TTL - SWEEP_INTERVAL)
    expect(await exists(code)).toBe(true)
    await clock.advance(2 * SWEEP_INTERVAL)
    expect(await exists(code)).toBe(false)
    expect(await codeOf(enter(ann, code))).toBe('NOT_FOUND')
  })

  it('ROOM-6 what a crash left behind goes when those in it had time to come back', async () => {
    const code = await createWithPin()
    await enter(ann, code)
    await enter(bob, OPEN)
    await core.stop()
    leases = new MemoryLeases(clock)
    core = await startNode('node-2')
    await clock.advance(GRACE - 1)
    await enter(ann, code, 'again')
    expect(await exists(OPEN)).toBe(true)
    await clock.advance(1)
    await turn()
    expect([await exists(code), await exists(OPEN)]).toEqual([true, false])
  })

  it('ROOM-6 a room that could not be closed is closed when the store is back', async () => {
    const seat = await enter(ann, OPEN)
    await clock.advance(GRACE)
    store.setAway(true)
    await core.rooms.leave(ann, seat)
    await turn()
    store.setAway(false)
    expect(await exists(OPEN)).toBe(true)
    await clock.advance(Math.max(RETRY_INTERVAL, GRACE))
    await turn()
    expect(await exists(OPEN)).toBe(false)
  })

  it('ROOM-6 stops with the core', async () => {
    await core.rooms.disconnect(ann, await enter(ann, OPEN))
    await core.stop()
    await clock.advance(SWEEP_INTERVAL * 2)
    expect(await exists(OPEN)).toBe(true)
  })
})

describe('who owns it', () => {
  it('ROOM-7 the oldest member, when its creator leaves', async () => {
    const anns = await enter(ann, OPEN)
    await enter(bob, OPEN)
    await enter(cas, OPEN)
    await core.rooms.leave(ann, anns)
    expect(await core.rooms.get('bob', OPEN)).toMatchObject({
      room: { creatorId: 'bob' },
      memberIds: ['bob', 'cas'],
    })
    await enter(ann, OPEN)
    expect((await store.room(OPEN))?.room.creatorId).toBe('bob')
  })

  it('ROOM-7 a creator who leaves with one of two connections owns it still', async () => {
    const first = await enter(ann, OPEN, 'a1')
    await enter(ann, OPEN, 'a2')
    await enter(bob, OPEN)
    await core.rooms.leave(ann, first)
    await turn()
    expect((await store.room(OPEN))?.room.creatorId).toBe('ann')
  })

  it('ROOM-7 a creator in the grace owns it still', async () => {
    const anns = await enter(ann, OPEN)
    await enter(bob, OPEN)
    await core.rooms.disconnect(ann, anns)
    await clock.advance(GRACE - 1)
    expect((await store.room(OPEN))?.room.creatorId).toBe('ann')
    await clock.advance(SLACK + 1)
    await turn()
    expect((await store.room(OPEN))?.room.creatorId).toBe('bob')
  })
})

describe('leaving with every connection', () => {
  it('ROOM-13 ends all seats, says so before what is said next, and closes what is empty', async () => {
    await enter(ann, OPEN, 'a1')
    await enter(ann, OPEN, 'a2')
    const bobs = await enter(bob, OPEN)
    const events: CoreEvent[] = []
    await core.hub.retain(`room:${OPEN}`, {
      dialect: 'test',
      deliver: (_topic, event) => void events.push(event),
    })
    await core.rooms.leaveAll(ann, OPEN)
    core.rooms.say(bob, bobs, 'alone at last')
    await turn()
    expect(typesOf(events)).toEqual(['room.left', 'room.changed', 'room.whispered'])
    expect(await present(OPEN)).toEqual(['bob'])
    expect(await codeOf(core.rooms.get('ann', OPEN))).toBe('FORBIDDEN')
    await core.rooms.leaveAll(bob, OPEN)
    expect(await exists(OPEN)).toBe(false)
    expect(await leases.count('seat')).toBe(0)
  })

  it('ROOM-13 a room nobody entered goes with its last member, not before', async () => {
    const code = await createWithPin()
    await core.rooms.admit(bob, code, '1234')
    await core.rooms.leaveAll(ann, code)
    expect((await store.room(code))?.room.creatorId).toBe('bob')
    await core.rooms.leaveAll(bob, code)
    expect(await exists(code)).toBe(false)
  })
})

describe('several nodes', () => {
  it('ROOM-9 nobody gets into a room that another node is closing', async () => {
    const other = await startNode('node-2')
    const code = await createWithPin()
    const seat = await enter(ann, code)
    await core.rooms.admit(bob, code, '1234')
    // The closing takes its time in the store.
    const commit = store.commit.bind(store)
    let go = (): void => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    vi.spyOn(store, 'commit').mockImplementation(async (ops) => {
      if (ops.some(({ kind }) => kind === 'close-room')) await gate
      return commit(ops)
    })
    const leaving = core.rooms.leave(ann, seat)
    await turn()
    const entering = codeOf(other.rooms.enter(bob, code, 'b1'))
    await clock.advance(500)
    go()
    await clock.advance(500)
    expect(await entering).toBe('NOT_FOUND')
    await leaving
    expect(await leases.count('seat')).toBe(0)
  })

  it('ROOM-9 who leaves over one node while coming in over another is a member', async () => {
    const other = await startNode('node-2')
    const seat = await enter(ann, OPEN, 'a1')
    await enter(bob, OPEN)
    const commit = store.commit.bind(store)
    let isFirst = true
    vi.spyOn(store, 'commit').mockImplementation(async (ops) => {
      if (isFirst && ops.some(({ kind }) => kind === 'leave-room')) {
        isFirst = false
        await other.rooms.enter(ann, OPEN, 'a2')
      }
      return commit(ops)
    })
    await core.rooms.leave(ann, seat)
    await turn()
    expect(await present(OPEN)).toEqual(['bob', 'ann'])
    expect((await store.room(OPEN))?.memberIds).toEqual(['bob', 'ann'])
  })

  it('ROOM-9 rooms are closed by whom it may, and never under anybody, whatever the order', async () => {
    const other = await startNode('node-2')
    for (let round = 0; round < 20; round += 1) {
      const seat = await enter(ann, OPEN)
      const [, bobs] = await Promise.all([
        core.rooms.leave(ann, seat),
        turnsLater(round % 5).then(() => other.rooms.enter(bob, OPEN, `b${round}`)),
        clock.advance(1_000),
      ])
      expect(await present(OPEN)).toEqual(['bob'])
      expect((await store.room(OPEN))?.memberIds).toEqual(['bob'])
      await other.rooms.leave(bob, bobs)
      await turn()
      expect(await exists(OPEN)).toBe(false)
    }
  })

  it('ROOM-11 who sat at a node that died is gone within its leases, and the room with the last', async () => {
    const other = await startNode('node-2')
    await enter(ann, OPEN)
    await other.rooms.enter(bob, OPEN, 'b1')
    const events: CoreEvent[] = []
    await core.hub.retain(`room:${OPEN}`, {
      dialect: 'test',
      deliver: (_topic, event) => void events.push(event),
    })
    await other.stop()
    await clock.advance(LEASE_TTL + SLACK)
    await turn()
    expect(await present(OPEN)).toEqual(['ann'])
    expect((await store.room(OPEN))?.memberIds).toEqual(['ann'])
    expect(typesOf(events)).toEqual(['room.changed'])
  })
})

/** A few microtasks. */
const turnsLater = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) await Promise.resolve()
}

describe('what is said', () => {
  it('ROOM-14 is cleaned, told to the room, and ends typing there', async () => {
    const seat = await enter(ann, OPEN)
    const events: CoreEvent[] = []
    await core.hub.retain(`room:${OPEN}`, {
      dialect: 'test',
      deliver: (_topic, event) => void events.push(event),
    })
    core.typing.start(ann, { roomCode: OPEN }, 'ann')
    const { id } = core.rooms.say(ann, seat, 'a < b <script>alert(1)</script>')
    await turn()
    expect(typesOf(events)).toEqual(['typing.changed', 'typing.changed', 'room.whispered'])
    expect(events[2]).toMatchObject({
      id,
      code: OPEN,
      content: 'a < b ',
      sender: { id: 'ann', username: 'ann', avatar: null },
      createdAt: clock.now(),
    })
  })

  it('ROOM-14 leaving ends typing', async () => {
    const seat = await enter(ann, OPEN)
    core.typing.start(ann, { roomCode: OPEN }, 'ann')
    const events: CoreEvent[] = []
    await core.hub.retain(`room:${OPEN}`, {
      dialect: 'test',
      deliver: (_topic, event) => void events.push(event),
    })
    await core.rooms.leave(ann, seat)
    expect(events).toContainEqual(expect.objectContaining({ type: 'typing.changed', isTyping: false }))
  })

  it('ROOM-12 counts thirty a minute, from the first, for each user', async () => {
    const count = (user: DirectoryUser): string => {
      try {
        core.rooms.countMessage(user)
        return 'ok'
      } catch (error) {
        return (error as Error).message
      }
    }
    const answers = Array.from({ length: 31 }, () => count(ann))
    expect(answers.slice(0, 30).every((answer) => answer === 'ok')).toBe(true)
    expect(answers[30]).toBe('Too many messages. Slow down.')
    expect(count(bob)).toBe('ok')
    await clock.advance(60_000)
    expect(count(ann)).toBe('ok')
  })

  it('ROOM-15 is in no log, whatever fails', async () => {
    const secret = 'canary-4f1c'
    const seat = await enter(ann, OPEN)
    await core.hub.retain(`room:${OPEN}`, {
      dialect: 'test',
      deliver: () => {
        throw new Error('a dialect that fails')
      },
    })
    core.rooms.say(ann, seat, secret)
    for (let index = 0; index < 31; index += 1) {
      try {
        core.rooms.countMessage(ann)
      } catch {}
    }
    store.setAway(true)
    await codeOf(enter(bob, OPEN))
    await turn()
    expect(logged.length).toBeGreaterThan(2)
    expect(logged.join('\n')).not.toContain(secret)
  })
})
