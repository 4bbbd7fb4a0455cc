import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import {
  type Authenticator,
  type Core,
  createCore,
  DEFAULT_LIMITS,
  silentObserver,
  systemClock,
} from '@parley/core'
import { SocketIoServer } from '@parley/socketio'
import { MemoryStore, plainAccount } from '@parley/testkit'
import { SocketClient } from '@parley/testkit/socket-client'
import { WhisperDialect } from '../index.ts'

/** The dialect behind a real Socket.IO server. Tokens are user ids; names are the same in capitals. */
export class SocketWorld {
  readonly core: Core
  readonly leases: MemoryLeases
  readonly store: MemoryStore
  readonly url: string
  readonly server: SocketIoServer
  readonly #http: HttpServer
  readonly #clients: SocketClient[] = []

  private constructor(
    parts: Pick<SocketWorld, 'core' | 'leases' | 'store' | 'server'> & { readonly http: HttpServer },
  ) {
    this.core = parts.core
    this.leases = parts.leases
    this.store = parts.store
    this.server = parts.server
    this.#http = parts.http
    this.url = `http://127.0.0.1:${(parts.http.address() as AddressInfo).port}`
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
      authenticator: authenticatorOf(store),
      clock: systemClock,
      observer: silentObserver,
      limits: DEFAULT_LIMITS,
      presence: { interval: 250, listMax: 500 },
      roomGrace: 30_000,
    })
    const server = new SocketIoServer({
      core,
      maxPayload: 65_536,
      maxBuffered: 1_048_576,
      deflate: false,
      allowRequest: () => true,
    })
    server.add(new WhisperDialect({ core, rooms: server.rooms }))
    const http = createServer(server.handleRequest)
    http.on('upgrade', server.handleUpgrade)
    await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
    return new SocketWorld({ core, leases, store, server, http })
  }

  async connect(token: string): Promise<SocketClient> {
    const client = await SocketClient.connect(this.url, { token })
    this.#clients.push(client)
    return client
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.server.closeAll()
    this.server.stop()
    await this.core.stop()
    await this.leases.close()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }
}

const authenticatorOf = (store: MemoryStore): Authenticator => ({
  byToken: async (token) => {
    if (token === null) return { ok: false, reason: 'missing' }
    const user = await store.directory.find(token)
    if (user === null) return { ok: false, reason: token === 'removed' ? 'user-not-found' : 'invalid' }
    const { id: userId, username, avatar, email, role } = user
    return { ok: true, identity: { userId, username, avatar, email, role, sessionId: null, expiresAt: null } }
  },
  byHeaders: async () => ({ ok: false, reason: 'missing' }),
  isValid: async () => true,
})
