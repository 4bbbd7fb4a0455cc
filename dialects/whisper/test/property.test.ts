import { turn } from '@parley/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FakeSocket } from './fake-sockets.ts'
import { GRACE, WhisperWorld } from './whisper-world.ts'

const USERS = ['ann', 'bob', 'cas', 'dan', 'eve']
const SOCKETS = USERS.flatMap((name) => [`${name}/1`, `${name}/2`])
const OPEN = 'OPEN'
/** Leases end within a second after their time. */
const SLACK = 1_500

type Place = 'open' | 'den'
type Step =
  | { readonly kind: 'join' | 'leave' | 'say' | 'type'; readonly socket: string; readonly place: Place }
  | { readonly kind: 'drop'; readonly socket: string; readonly order: 'after what came' | 'at once' }
  | { readonly kind: 'rest-leave'; readonly user: string; readonly place: Place }
  | { readonly kind: 'advance'; readonly ms: number }

const socketName = fc.constantFrom(...SOCKETS)
const place = fc.constantFrom<Place>('open', 'den')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('join', 'leave', 'say', 'type'),
      socket: socketName,
      place,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('drop'),
      socket: socketName,
      order: fc.constantFrom('after what came', 'at once'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('rest-leave'), user: fc.constantFrom(...USERS), place }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance'), ms: fc.constantFrom(1, 9_000, GRACE) }) },
)

/** Five users with two sockets each. A socket that is gone is connected again when it is needed. */
class Crowd {
  readonly world: WhisperWorld
  readonly den: string
  readonly #sockets = new Map<string, FakeSocket>()

  private constructor(world: WhisperWorld, den: string) {
    this.world = world
    this.den = den
  }

  /** Ann made the den; Bob and Cas gave its PIN. */
  static async gather(): Promise<Crowd> {
    const world = await WhisperWorld.create({ limits: 'off' })
    const code = 'THEDEN42'
    const at = world.clock.now()
    await world.store.commit([
      { kind: 'create-room', code, name: 'Den', creatorId: 'ann', pinHash: 'hash', at },
      { kind: 'admit-to-room', code, userId: 'bob', at },
      { kind: 'admit-to-room', code, userId: 'cas', at },
    ])
    return new Crowd(world, code)
  }

  codeOf(at: Place): string {
    return at === 'open' ? OPEN : this.den
  }

  perform(action: Step): Promise<unknown> {
    switch (action.kind) {
      case 'join':
        return this.#socket(action.socket).send('join_room', this.codeOf(action.place))
      case 'leave':
        return this.#socket(action.socket).send('leave_room', this.codeOf(action.place))
      case 'say':
        return this.#socket(action.socket).send('send_message', {
          content: 'hello',
          room: this.codeOf(action.place),
        })
      case 'type':
        return this.#socket(action.socket).send('typing_start', { room: this.codeOf(action.place) })
      case 'drop': {
        const socket = this.#sockets.get(action.socket)
        this.#sockets.delete(action.socket)
        return socket?.drop(action.order) ?? Promise.resolve()
      }
      case 'rest-leave':
        return this.world.core.rooms
          .leaveAll(this.world.user(action.user), this.codeOf(action.place))
          .catch(() => {})
      case 'advance':
        return this.world.clock.advance(action.ms)
    }
  }

  /** Users with a socket here that is in the room. */
  seated(at: Place): string[] {
    const room = `room:${this.codeOf(at)}`
    const names = [...this.#sockets.values()].filter((socket) => socket.isIn(room)).map(({ user }) => user.id)
    return [...new Set(names)].sort()
  }

  async present(at: Place): Promise<string[]> {
    return (await this.world.core.rooms.present(this.codeOf(at))).map(({ userId }) => userId).sort()
  }

  async members(at: Place): Promise<string[] | null> {
    return (await this.world.store.room(this.codeOf(at)))?.memberIds.toSorted() ?? null
  }

  async dropAll(): Promise<void> {
    await Promise.all(
      SOCKETS.map((socket) => this.perform({ kind: 'drop', socket, order: 'after what came' })),
    )
  }

  #socket(name: string): FakeSocket {
    const open = this.#sockets.get(name) ?? this.world.connect(name.split('/')[0]!)
    this.#sockets.set(name, open)
    return open
  }
}

/** What the rules say of one room, in the plainest way. */
class RoomModel {
  readonly #mayEnter: (user: string) => boolean
  readonly #reopens: boolean
  /** Sockets with a seat. */
  readonly seats = new Set<string>()
  /** User → when their grace ends. */
  readonly grace = new Map<string, number>()
  #wasEntered = false

  constructor(options: { mayEnter: (user: string) => boolean; reopens: boolean }) {
    this.#mayEnter = options.mayEnter
    this.#reopens = options.reopens
  }

  get isHeld(): boolean {
    return this.seats.size > 0 || this.grace.size > 0
  }

  get isGone(): boolean {
    return !this.isHeld && (this.#wasEntered || this.#reopens)
  }

  users(): string[] {
    return [...new Set([...this.seats].map(userOf))].sort()
  }

  members(): string[] {
    return [...new Set([...this.users(), ...this.grace.keys()])].sort()
  }

  enter(socket: string): void {
    if (!this.#mayEnter(userOf(socket)) || (this.isGone && !this.#reopens)) return
    // Only who takes a seat comes back: one who sits there already has another that is in its grace.
    if (!this.seats.has(socket)) this.grace.delete(userOf(socket))
    this.seats.add(socket)
    this.#wasEntered = true
  }

  leave(socket: string): void {
    if (!this.seats.delete(socket)) this.grace.delete(userOf(socket))
  }

  drop(socket: string, now: number): void {
    if (this.seats.delete(socket)) this.grace.set(userOf(socket), now + GRACE)
  }

  restLeave(user: string): void {
    for (const socket of this.seats) if (userOf(socket) === user) this.seats.delete(socket)
    this.grace.delete(user)
  }

  expire(now: number): void {
    for (const [user, at] of this.grace) if (at <= now) this.grace.delete(user)
  }

  /** Is a grace just ending? Then nobody can say whether it has ended. */
  isUnsure(now: number): boolean {
    return [...this.grace.values()].some((at) => at <= now && now < at + SLACK)
  }
}

const userOf = (socket: string): string => socket.split('/')[0]!

const applyTo = (model: RoomModel, at: Place, action: Step, now: number): void => {
  if (action.kind === 'drop') model.drop(action.socket, now)
  if (!('place' in action) || action.place !== at) return
  if (action.kind === 'rest-leave') {
    if (model.members().includes(action.user)) model.restLeave(action.user)
  } else if (action.kind === 'leave') model.leave(action.socket)
  else model.enter(action.socket)
}

describe('whisper, in any order', () => {
  it('ROOM-16 rooms, seats and members are what the rules say after every step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const crowd = await Crowd.gather()
        const { clock } = crowd.world
        const models = {
          open: new RoomModel({ mayEnter: () => true, reopens: true }),
          den: new RoomModel({ mayEnter: (user) => ['ann', 'bob', 'cas'].includes(user), reopens: false }),
        }
        for (const action of steps) {
          // Nobody who was never in leaves over REST here: that is another rule.
          if (action.kind === 'rest-leave' && !models[action.place].members().includes(action.user)) continue
          for (const at of ['open', 'den'] as const) applyTo(models[at], at, action, clock.now())
          await crowd.perform(action)
          await crowd.world.settle()
          while (models.open.isUnsure(clock.now()) || models.den.isUnsure(clock.now())) {
            await clock.advance(SLACK)
            await crowd.world.settle()
          }
          for (const at of ['open', 'den'] as const) {
            const model = models[at]
            model.expire(clock.now())
            expect(await crowd.present(at)).toEqual(model.users())
            expect(crowd.seated(at)).toEqual(model.users())
            expect((await crowd.members(at)) === null).toBe(model.isGone)
            if (at === 'open' && !model.isGone) expect(await crowd.members(at)).toEqual(model.members())
          }
        }
      }),
      { numRuns: 150 },
    )
  })

  it('ROOM-16 whatever overlaps, seats are those of sockets, a held room is there, and nothing stays at the end', async () => {
    const action = fc.record({ step, turns: fc.integer({ min: 0, max: 2 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 40 }), async (actions) => {
        const crowd = await Crowd.gather()
        const { core, leases, store } = crowd.world
        const work: Promise<unknown>[] = []
        for (const one of actions) {
          work.push(crowd.perform(one.step))
          for (let index = 0; index < one.turns; index += 1) await turn()
        }
        // Who comes while a room is being closed waits by the clock.
        await Promise.all([Promise.all(work), crowd.world.settle()])
        await crowd.world.settle()
        for (const at of ['open', 'den'] as const) {
          expect(await crowd.present(at)).toEqual(crowd.seated(at))
          const members = await crowd.members(at)
          if (crowd.seated(at).length > 0) expect(members).toEqual(expect.arrayContaining(crowd.seated(at)))
        }
        await crowd.dropAll()
        await crowd.world.clock.advance(GRACE + SLACK)
        await crowd.world.settle()
        // What is left is the topic of the live identities.
        expect([core.hub.topics, await leases.count('seat')]).toEqual([1, 0])
        expect(await store.room(OPEN)).toBeNull()
        expect((await store.room(crowd.den))?.room.wasEntered).not.toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
