import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { newId } from '@parley/model'
import { FakeClock, MemoryStore, plainAccount } from '@parley/testkit'
import { expect } from 'vitest'
import {
  type AuthAnswer,
  type Core,
  type CoreEvent,
  type CoreOptions,
  createCore,
  DEFAULT_LIMITS,
  type DirectoryUser,
  type Identity,
  silentObserver,
  type Topic,
} from '../index.ts'

const refused: AuthAnswer = { ok: false, reason: 'missing' }

/** Whose identity is still good: the test's to change. */
export class FakeAuthenticator {
  readonly ended = new Set<string>()
  isAway = false
  asked = 0

  async byToken(): Promise<AuthAnswer> {
    return refused
  }

  async byHeaders(): Promise<AuthAnswer> {
    return refused
  }

  async isValid(identity: Identity): Promise<boolean> {
    this.asked += 1
    if (this.isAway) throw new Error('the database is away')
    return !this.ended.has(identity.userId)
  }
}

/** A core over memory, with a clock that the test moves, and three users. */
export interface CoreScene {
  readonly core: Core
  readonly store: MemoryStore
  readonly clock: FakeClock
  readonly leases: MemoryLeases
  readonly authenticator: FakeAuthenticator
  readonly ann: DirectoryUser
  readonly bob: DirectoryUser
  readonly cas: DirectoryUser
  addUser(more?: Partial<DirectoryUser>): DirectoryUser
  /** Every event of the topic from now on, as a dialect would be told of it. */
  hear(topic: Topic): Promise<CoreEvent[]>
}

let users = 0

const newUser = (more: Partial<DirectoryUser> = {}): DirectoryUser => {
  users += 1
  return plainAccount({ id: newId(), username: `user-${users}`, ...more })
}

export const createScene = async (
  more: Partial<Pick<CoreOptions, 'presence' | 'limits'>> & {
    makeLeases?: (clock: FakeClock) => MemoryLeases
  } = {},
): Promise<CoreScene> => {
  const store = new MemoryStore()
  const clock = new FakeClock()
  const leases = more.makeLeases?.(clock) ?? new MemoryLeases(clock)
  const authenticator = new FakeAuthenticator()
  const core = await createCore({
    nodeId: 'node-1',
    store,
    bus: new MemoryBus({ onError: (error) => expect.fail(String(error)) }),
    leases,
    authenticator,
    clock,
    observer: silentObserver,
    limits: more.limits ?? DEFAULT_LIMITS,
    presence: more.presence ?? { interval: 250, listMax: 500 },
    roomGrace: 30_000,
    groupGrace: 60_000,
  })
  const addUser: CoreScene['addUser'] = (fields) => {
    const user = newUser(fields)
    store.addUser(user)
    return user
  }
  const [ann, bob, cas] = [addUser(), addUser(), addUser()]
  const hear: CoreScene['hear'] = async (topic) => {
    const events: CoreEvent[] = []
    await core.hub.retain(topic, {
      dialect: `test-${topic}`,
      deliver: (_topic, event) => void events.push(event),
    })
    return events
  }
  return { core, store, clock, leases, authenticator, ann, bob, cas, addUser, hear }
}

/** A plain message to somebody. */
export const textTo = (to: DirectoryUser, content = 'hello') => ({
  receiverId: to.id,
  content,
  messageType: 'text' as const,
})

export const typesOf = (events: readonly CoreEvent[]): string[] => events.map(({ type }) => type)
