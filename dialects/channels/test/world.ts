import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import {
  type Core,
  createCore,
  DEFAULT_LIMITS,
  type DirectoryUser,
  type LimitSettings,
  silentObserver,
  systemClock,
} from '@parley/core'
import { newId } from '@parley/model'
import { MemoryStore, plainAccount, userIdAuthenticator } from '@parley/testkit'
import { type ServedSocketIo, serveSocketIo } from '@parley/testkit/serve-socket-io'
import { SocketClient } from '@parley/testkit/socket-client'
import { ChannelsDialect } from '../index.ts'

/** The dialect behind a real Socket.IO server, over a real core on a store in memory. Tokens are user ids. */
export class ChannelsWorld {
  readonly core: Core
  readonly store: MemoryStore
  readonly url: string
  readonly #served: ServedSocketIo
  readonly #clients: SocketClient[] = []

  private constructor(core: Core, store: MemoryStore, served: ServedSocketIo) {
    this.core = core
    this.store = store
    this.#served = served
    this.url = served.url
  }

  static async start(limits: Partial<LimitSettings> | 'off' = 'off'): Promise<ChannelsWorld> {
    const store = new MemoryStore()
    const core = await createCore({
      nodeId: 'node-1',
      store,
      bus: new MemoryBus({
        onError: (error) => {
          throw error
        },
      }),
      leases: new MemoryLeases(systemClock),
      authenticator: userIdAuthenticator(store.directory, 'nobody'),
      clock: systemClock,
      observer: silentObserver,
      limits: limits === 'off' ? 'off' : { ...DEFAULT_LIMITS, ...limits },
      presence: { interval: 250, listMax: 500 },
      roomGrace: 30_000,
    })
    const served = await serveSocketIo(core, (rooms) => [new ChannelsDialect({ core, rooms })])
    return new ChannelsWorld(core, store, served)
  }

  addUser(username: string, more: Partial<DirectoryUser> = {}): DirectoryUser {
    const user = plainAccount({ id: newId(), username, ...more })
    this.store.addUser(user)
    return user
  }

  /** How many rooms and sockets the server still has. */
  get rooms(): number {
    return this.#served.server.io.of('/').adapter.rooms.size
  }

  async connect(user: { readonly id: string }, auth: Record<string, unknown> = {}): Promise<SocketClient> {
    const client = await SocketClient.connect(this.url, { userId: user.id, token: user.id, ...auth })
    this.#clients.push(client)
    return client
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.#served.stop()
  }
}

/** A user as the core knows senders. */
export const senderOf = ({ id, username, avatar, role }: DirectoryUser) => ({ id, username, avatar, role })

/** Resolves once it is so; fails after 10 s. */
export const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (let waited = 0; waited < 10_000; waited += 5) {
    if (isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`not so after 10 s: ${what}`)
}
