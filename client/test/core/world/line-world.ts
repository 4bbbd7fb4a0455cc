import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { type Core, createCore, DEFAULT_LIMITS, silentObserver } from '@parley/core'
import { newId } from '@parley/model'
import { FakeClock, MemoryStore, plainAccount, turn, userIdAuthenticator } from '@parley/testkit'
import { claimsOf } from '../../../tokens.ts'
import type { Line, LineEnd } from './line.ts'
import { LineServer } from './line-server.ts'
import { TestClient } from './test-client.ts'

/** A user of the world, as the core knows senders. */
export interface TestUser {
  readonly id: string
  readonly username: string
  readonly avatar: null
  readonly role: 'user'
}

/** The same content under another epoch is what a server shows that came back from a copy. */
class RestartedStore extends MemoryStore {
  #epoch: string | null = null

  renewEpoch(): void {
    this.#epoch = newId()
  }

  override async epoch(): Promise<string> {
    const own = await super.epoch()
    return this.#epoch ?? own
  }
}

export interface WorldOptions {
  /** Default: off. */
  readonly limits?: boolean
  /** 0 ≤ x < 1; default 0.5 always. */
  readonly random?: () => number
}

/**
 * A real core with the channels dialect on a store in memory, and clients of it on lines that are flushed by hand. Time
 * stands still until it is moved.
 */
export class LineWorld {
  readonly store = new RestartedStore()
  readonly clock = new FakeClock()
  readonly clients: TestClient[] = []
  readonly random: () => number
  readonly #options: WorldOptions
  /** Lines whose client or server has not gone yet. */
  #lines: Line[] = []
  #server: LineServer | null = null

  private constructor(options: WorldOptions) {
    this.#options = options
    this.random = options.random ?? (() => 0.5)
  }

  static async start(options: WorldOptions = {}): Promise<LineWorld> {
    const world = new LineWorld(options)
    await world.startServer()
    return world
  }

  /** Null while the server is down. */
  get core(): Core | null {
    return this.#server?.core ?? null
  }

  get lines(): readonly Line[] {
    this.#lines = this.#lines.filter((line) => !line.isOver)
    return this.#lines
  }

  addUser(username: string): TestUser {
    const user = { id: newId(), username, avatar: null, role: 'user' as const }
    this.store.addUser(plainAccount(user))
    return user
  }

  async addChannel(name: string, owner: TestUser, members: readonly TestUser[]): Promise<string> {
    const memberIds = members.map(({ id }) => id)
    const view = await this.core!.channels.create(owner, { name, isPrivate: true, memberIds })
    return view.channel.id
  }

  async addDirect(one: TestUser, other: TestUser): Promise<string> {
    return (await this.core!.channels.openDirect(one, other.id)).view.channel.id
  }

  addClient(user: TestUser): TestClient {
    const client = new TestClient(this, user)
    this.clients.push(client)
    return client
  }

  /** A line from a client to the server that runs now. */
  readonly accept = (line: Line): LineEnd | null => {
    this.#lines.push(line)
    return this.#server?.accept(line) ?? null
  }

  async startServer(): Promise<void> {
    const { store, clock } = this
    const byId = userIdAuthenticator(store.directory, 'nobody')
    const core = await createCore({
      nodeId: newId(),
      store,
      bus: new MemoryBus({
        onError: (error) => {
          throw error
        },
      }),
      leases: new MemoryLeases(clock),
      authenticator: { ...byId, byToken: (token) => byId.byToken(claimsOf(token ?? '')?.user?.id ?? token) },
      clock,
      observer: silentObserver,
      limits: this.#options.limits === true ? DEFAULT_LIMITS : 'off',
      presence: { interval: 250, listMax: 500 },
      roomGrace: 30_000,
    })
    this.#server = new LineServer(core)
  }

  async stopServer(): Promise<void> {
    const server = this.#server
    this.#server = null
    await server?.stop()
    // Whoever was about to connect finds nobody.
    for (const line of this.lines) line.cut()
    await settled()
  }

  /** Hands everything on, in both directions, until nobody says anything more. Time stands still. */
  async flush(): Promise<void> {
    for (let isBusy = true; isBusy; ) {
      isBusy = false
      for (const line of this.lines) {
        if (this.#server === null) line.cut()
        while (line.flushToServer()) isBusy = true
        while (line.flushToClient()) isBusy = true
        if (line.isClientGone) line.breakForServer()
      }
      for (const { http } of this.clients) {
        for (const request of [...http.pending]) {
          isBusy = true
          await request.step()
        }
      }
      await settled()
    }
  }

  /** Moves time, handing on what is said meanwhile. */
  async pass(ms: number, step = 250): Promise<void> {
    await this.flush()
    for (let left = ms; left > 0; left -= step) {
      await this.clock.advance(Math.min(step, left))
      await this.flush()
    }
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.kill()
    await this.stopServer()
  }
}

/** Everything that is ready runs. */
export const settled = (): Promise<void> => turn()
