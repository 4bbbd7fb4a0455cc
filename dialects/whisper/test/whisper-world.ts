import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import {
  type Authenticator,
  type Core,
  createCore,
  DEFAULT_LIMITS,
  type DirectoryUser,
  type Observer,
  type Store,
  silentObserver,
} from '@parley/core'
import { FakeClock, MemoryStore, plainAccount, turn } from '@parley/testkit'
import { WhisperDialect } from '../index.ts'
import { type FakeSocket, FakeSockets } from './fake-sockets.ts'

export const GRACE = 30_000

const authenticator: Authenticator = {
  byToken: async () => ({ ok: false, reason: 'missing' }),
  byHeaders: async () => ({ ok: false, reason: 'missing' }),
  isValid: async () => true,
}

/** The dialect on the real core, over a store in memory and sockets that only remember. Users are named by one word. */
export class WhisperWorld {
  readonly clock: FakeClock
  readonly store: MemoryStore
  readonly leases: MemoryLeases
  readonly core: Core
  readonly sockets: FakeSockets
  readonly dialect: WhisperDialect
  /** Everything that went to logs, metrics and traces. */
  readonly told: string[]
  #connections = 0

  private constructor(parts: Pick<WhisperWorld, 'clock' | 'store' | 'leases' | 'core' | 'told'>) {
    this.clock = parts.clock
    this.store = parts.store
    this.leases = parts.leases
    this.core = parts.core
    this.told = parts.told
    this.sockets = new FakeSockets()
    this.dialect = new WhisperDialect({ core: this.core, rooms: this.sockets })
    this.sockets.dialect = this.dialect
  }

  static async create(
    options: { readonly limits?: 'off'; readonly spoilStore?: (store: Store) => Store } = {},
  ): Promise<WhisperWorld> {
    const clock = new FakeClock()
    const store = new MemoryStore()
    const leases = new MemoryLeases(clock)
    const told: string[] = []
    const tell =
      (kind: string) =>
      (...said: readonly unknown[]): void =>
        void told.push(
          `${kind} ${said.map((one) => (one instanceof Error ? String(one.stack) : JSON.stringify(one))).join(' ')}`,
        )
    const observer: Observer = {
      ...silentObserver,
      debug: tell('debug'),
      error: tell('error'),
      audit: tell('audit'),
      count: tell('count'),
      observe: tell('observe'),
    }
    const core = await createCore({
      nodeId: 'node-1',
      store: options.spoilStore?.(store) ?? store,
      bus: new MemoryBus({
        onError: (error) => {
          throw error
        },
      }),
      leases,
      authenticator,
      clock,
      observer,
      limits: options.limits ?? DEFAULT_LIMITS,
      presence: { interval: 250, listMax: 500 },
      roomGrace: GRACE,
    })
    return new WhisperWorld({ clock, store, leases, core, told })
  }

  user(name: string): DirectoryUser {
    const user = plainAccount({ id: name, username: name.toUpperCase() })
    this.store.addUser(user)
    return user
  }

  connect(name: string): FakeSocket {
    this.#connections += 1
    return this.sockets.connect(`${name}-${this.#connections}`, this.user(name))
  }

  /** One that sits in the room, and has heard its list. */
  async connectTo(room: string, name: string): Promise<FakeSocket> {
    const socket = this.connect(name)
    await socket.send('join_room', room)
    await this.settle()
    for (const other of this.sockets.all.values()) other.heard.length = 0
    return socket
  }

  /** Lets everything arrive, lists that wait included. */
  async settle(): Promise<void> {
    for (let round = 0; round < 4; round += 1) await turn()
    await this.clock.advance(200)
    for (let round = 0; round < 4; round += 1) await turn()
  }

  async exists(code: string): Promise<boolean> {
    return (await this.store.room(code)) !== null
  }
}
