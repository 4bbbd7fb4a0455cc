import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { type Core, createCore, DEFAULT_LIMITS, silentObserver, systemClock } from '@parley/core'
import type { SocketIoServer } from '@parley/socketio'
import { MemoryStore, plainAccount, userIdAuthenticator } from '@parley/testkit'
import { type ServedSocketIo, serveSocketIo } from '@parley/testkit/serve-socket-io'
import { SocketClient } from '@parley/testkit/socket-client'
import { WhisperDialect } from '../index.ts'

/** The dialect behind a real Socket.IO server. Tokens are user ids; names are the same in capitals. */
export class SocketWorld {
  readonly core: Core
  readonly leases: MemoryLeases
  readonly store: MemoryStore
  readonly url: string
  readonly server: SocketIoServer
  readonly #served: ServedSocketIo
  readonly #clients: SocketClient[] = []

  private constructor(
    parts: Pick<SocketWorld, 'core' | 'leases' | 'store'> & { readonly served: ServedSocketIo },
  ) {
    this.core = parts.core
    this.leases = parts.leases
    this.store = parts.store
    this.#served = parts.served
    this.server = parts.served.server
    this.url = parts.served.url
  }

  static async start(users: readonly string[]): Promise<SocketWorld> {
    const store = new MemoryStore()
    for (const id of users) store.addUser(plainAccount({ id, username: id.toUpperCase() }))
    const leases = new MemoryLeases(systemClock)
    const core = await createCore({
      nodeId: 'node-1',
      store,
      bus: new MemoryBus({
        onError: (error) => {
          throw error
        },
      }),
      leases,
      authenticator: userIdAuthenticator(store.directory, 'removed'),
      clock: systemClock,
      observer: silentObserver,
      limits: DEFAULT_LIMITS,
      presence: { interval: 250, listMax: 500 },
      roomGrace: 30_000,
    })
    const served = await serveSocketIo(core, (rooms) => [new WhisperDialect({ core, rooms })])
    return new SocketWorld({ core, leases, store, served })
  }

  async connect(token: string): Promise<SocketClient> {
    const client = await SocketClient.connect(this.url, { token })
    this.#clients.push(client)
    return client
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.#served.stop()
    await this.leases.close()
  }
}
