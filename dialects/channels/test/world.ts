import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import {
  type Authenticator,
  type Core,
  createCore,
  DEFAULT_LIMITS,
  type DirectoryUser,
  type LimitSettings,
  silentObserver,
  systemClock,
} from '@parley/core'
import { newId } from '@parley/model'
import { SocketIoServer } from '@parley/socketio'
import { MemoryStore, plainAccount } from '@parley/testkit'
import { SocketClient } from '@parley/testkit/socket-client'
import { ChannelsDialect } from '../index.ts'

/** The dialect behind a real Socket.IO server, over a real core on a store in memory. Tokens are user ids. */
export class ChannelsWorld {
  readonly core: Core
  readonly store: MemoryStore
  readonly url: string
  readonly #http: HttpServer
  readonly #server: SocketIoServer
  readonly #clients: SocketClient[] = []

  private constructor(parts: { core: Core; store: MemoryStore; http: HttpServer; server: SocketIoServer }) {
    this.core = parts.core
    this.store = parts.store
    this.#http = parts.http
    this.#server = parts.server
    this.url = `http://127.0.0.1:${(parts.http.address() as AddressInfo).port}`
  }

  static async start(limits: Partial<LimitSettings> | 'off' = 'off'): Promise<ChannelsWorld> {
    const store = new MemoryStore()
    const authenticator: Authenticator = {
      byToken: async (token) => {
        if (token === null) return { ok: false, reason: 'missing' }
        const user = await store.directory.find(token)
        if (user === null) return { ok: false, reason: token === 'nobody' ? 'user-not-found' : 'invalid' }
        const { id: userId, username, avatar, email, role } = user
        return {
          ok: true,
          identity: { userId, username, avatar, email, role, sessionId: null, expiresAt: null },
        }
      },
      byHeaders: async () => ({ ok: false, reason: 'missing' }),
      isValid: async () => true,
    }
    const core = await createCore({
      nodeId: 'node-1',
      store,
      bus: new MemoryBus({
        onError: (error) => {
          throw error
        },
      }),
      leases: new MemoryLeases(systemClock),
      authenticator,
      clock: systemClock,
      observer: silentObserver,
      limits: limits === 'off' ? 'off' : { ...DEFAULT_LIMITS, ...limits },
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
    server.add(new ChannelsDialect({ core, rooms: server.rooms }))
    const http = createServer(server.handleRequest)
    http.on('upgrade', server.handleUpgrade)
    await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
    return new ChannelsWorld({ core, store, http, server })
  }

  addUser(username: string, more: Partial<DirectoryUser> = {}): DirectoryUser {
    const user = plainAccount({ id: newId(), username, ...more })
    this.store.addUser(user)
    return user
  }

  /** How many rooms and sockets the server still has. */
  get rooms(): number {
    return this.#server.io.of('/').adapter.rooms.size
  }

  async connect(user: { readonly id: string }, auth: Record<string, unknown> = {}): Promise<SocketClient> {
    const client = await SocketClient.connect(this.url, { userId: user.id, token: user.id, ...auth })
    this.#clients.push(client)
    return client
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.#server.closeAll()
    this.#server.stop()
    await this.core.stop()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
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
