import {
  type Bus,
  type Core,
  createCore,
  type Leases,
  type Observer,
  type Store,
  systemClock,
} from '@parley/core'
import { ChannelsDialect } from '@parley/dialect-channels'
import { ChatServer } from '@parley/dialect-chat'
import { HubServer } from '@parley/dialect-hub'
import { PeerjsServer } from '@parley/dialect-peerjs'
import { SignalServer } from '@parley/dialect-signal'
import { WhisperDialect } from '@parley/dialect-whisper'
import type { SocketIoServer } from '@parley/socketio'
import { createNodeAcceptor, type NodeAcceptor } from '@parley/sockets/node'
import { Accounts } from './accounts/accounts.ts'
import { ensureFirstAdmin } from './accounts/first-admin.ts'
import { Watch } from './admin/index.ts'
import { type Config, loadSecret, readConfig } from './config.ts'
import { startGuestSweeper } from './guest-sweeper.ts'
import { createHttp, type Http } from './http.ts'
import { createLog, createObserver, type Log } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { openNodes } from './nodes.ts'
import { mountPeerjs } from './peerjs.ts'
import { registerRoutes } from './routes.ts'
import { createStop } from './shutdown.ts'
import { mountSite } from './site/index.ts'
import { createSocketIo } from './socket-io.ts'
import { openStorage, type Storage } from './storage.ts'
import { routeWebSockets } from './web-sockets.ts'
import type { Seat } from './workers/seat.ts'

export interface RunningServer {
  /** `http://HOST:PORT` as it can be asked. */
  readonly url: string
  readonly core: Core
  /** Drains and closes everything within SHUTDOWN_TIMEOUT. Idempotent: a second call waits for the same end. */
  stop(): Promise<void>
}

/** All that a server is made of, for its routes and its end. */
export interface Parts {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly observer: Observer
  /** For the operations page. */
  readonly watch: Watch
  readonly storage: Storage
  readonly store: Store
  readonly bus: Bus
  readonly leases: Leases
  readonly accounts: Accounts
  readonly core: Core
  readonly acceptor: NodeAcceptor
  readonly chat: ChatServer
  readonly hub: HubServer
  readonly signal: SignalServer
  readonly peerjs: PeerjsServer
  /** Speaks channels and whisper. */
  readonly sockets: SocketIoServer
  readonly http: Http
}

/**
 * Puts a server together and starts it. Rejects with one line for a person when a setting is wrong or the database
 * must not be opened; what was opened by then is closed.
 */
export const startServer = async (
  env: Readonly<Record<string, string | undefined>>,
  /** What one of several processes of a machine has instead of its own; null: it is alone. */
  seat: Seat | null = null,
): Promise<RunningServer> => {
  const config = readConfig(env)
  const jwtSecret = config.jwtSecret ?? loadSecret(config.dataDir)
  const metrics = seat === null ? createMetrics() : seat.share(createMetrics())
  const log = createLog(config)
  const watch = new Watch(systemClock)
  const observer = watch.over(createObserver({ log, metrics }))
  if (config.limits === 'off') log.main.warn('LIMITS=off: no limit holds on this server')
  const storage = await openStorage(config.database, {
    isServing: true,
    onTrouble: (error) => observer.error('the store has trouble', error),
    ...(seat === null ? {} : { writer: seat.writer }),
  })
  const { store } = storage
  try {
    const parts = await assemble({
      ...{ config, jwtSecret, log, metrics, observer, watch, storage, store, seat },
    })
    const { url } = await parts.http.listen()
    const stopSweep = startGuestSweeper({
      accounts: parts.accounts,
      directory: store.directory,
      isOnline: (userId) => parts.core.presence.isOnline(userId),
      clock: systemClock,
      observer,
    })
    log.main.info({ url }, 'listening')
    return { url, core: parts.core, stop: createStop(parts, stopSweep) }
  } catch (error) {
    await storage.close()
    throw error
  }
}

type Foundations = Pick<Parts, 'config' | 'log' | 'metrics' | 'observer' | 'watch' | 'storage' | 'store'> & {
  readonly jwtSecret: string
  readonly seat: Seat | null
}

const assemble = async (foundations: Foundations): Promise<Parts> => {
  const { config, observer, storage, store, metrics, jwtSecret, seat } = foundations
  // Accounts tell the core of sessions that end; the core asks accounts who somebody is.
  let core: Core | null = null
  const accounts = await Accounts.open({
    database: storage.accountsDatabase,
    jwtSecret,
    clock: systemClock,
    observer,
    onIdentityEnded: (userId, sessionId) => core?.identities.end(userId, sessionId),
    onAccountChanged: (userId) => core?.users.forget(userId),
    onAccountRemoved: (userId) => {
      core?.channels
        .leaveAll(userId)
        .catch((error: unknown) =>
          observer.error('channels not left by a removed account', error, { userId }),
        )
    },
  })
  if (config.firstAdmin !== null) await ensureFirstAdmin(accounts, config.firstAdmin, observer)
  const { bus, leases, counts, busStats } = await openNodes({ config, jwtSecret, observer, seat })
  core = await createCore({
    nodeId: config.nodeId,
    store,
    bus,
    leases,
    authenticator: accounts.authenticator,
    clock: systemClock,
    observer,
    limits: config.limits,
    ...(counts === null ? {} : { sharedCounts: counts }),
    presence: { interval: config.presenceInterval, listMax: config.presenceListMax },
    roomGrace: config.roomGrace,
    groupGrace: config.groupGrace,
  })
  // Sign-outs on other nodes: what is remembered of the session here is void.
  await core.hub.retain('nodes', {
    dialect: 'accounts',
    deliver: (_topic, event) => {
      if (event.type === 'identity.ended') accounts.invalidate(event.userId, event.sessionId)
    },
  })
  const dialects = createDialects(config, core)
  const http = createHttp({
    settings: config,
    accounts,
    authenticator: accounts.authenticator,
    limits: core.limits,
    observer,
  })
  const acceptor = createAcceptor(config, observer, http)
  const sockets = createSocketIo({ config, core, http, seat })
  sockets.add(new ChannelsDialect({ core, rooms: sockets.rooms }))
  sockets.add(new WhisperDialect({ core, rooms: sockets.rooms }))
  const parts: Parts = { ...foundations, bus, leases, accounts, core, ...dialects, sockets, http, acceptor }
  await seat?.handOver.listen(sockets)
  routeWebSockets(parts)
  mountPeerjs(parts)
  await registerRoutes(parts)
  await mountSite(parts)
  metrics.setSources({
    connections: () => connectionsOf(parts),
    onlineUsers: () => parts.core.presence.online().totalOnline,
    storeQueries: () => ({ messages: storage.queries(), accounts: accounts.reader.asked }),
    bus: () => {
      const stats = busStats()
      return stats === null ? null : { isUp: bus.isUp, ...stats }
    },
  })
  return parts
}

const createDialects = (config: Config, core: Core): Pick<Parts, 'chat' | 'hub' | 'signal' | 'peerjs'> => ({
  chat: new ChatServer({
    core,
    maxBuffered: config.maxBuffered,
    onRefused: (address) => void core.limits.hit('connect', address),
  }),
  hub: new HubServer({
    core,
    maxConnectionsPerUser: config.hubMaxConnections,
    listMax: config.presenceListMax,
    exposeEmail: config.hubExposeEmail,
  }),
  signal: new SignalServer({
    core,
    onRefused: (address) => void core.limits.hit('connect', address),
  }),
  peerjs: new PeerjsServer({ core }),
})

const createAcceptor = (config: Config, observer: Observer, http: Http): NodeAcceptor =>
  createNodeAcceptor({
    maxPayload: config.maxPayload,
    maxBuffered: config.maxBuffered,
    heartbeatInterval: config.heartbeatInterval,
    // Above this, compression is worth its time; without context takeover it keeps no memory for a connection.
    deflate: config.wsDeflate
      ? { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1_024 }
      : false,
    addressOf: (request) => http.addresses.subjectOf(request),
    onSlow: (connection) => {
      observer.count('parley_slow_consumers_total')
      observer.audit('slow consumer closed', { connectionId: connection.id })
    },
    onError: (error) => observer.error('a message handler failed', error),
  })

/** Open connections of this node by dialect. */
export const connectionsOf = ({
  chat,
  hub,
  signal,
  peerjs,
  sockets,
}: Pick<Parts, 'chat' | 'hub' | 'signal' | 'peerjs' | 'sockets'>): Readonly<Record<string, number>> => ({
  chat: chat.size,
  hub: hub.size,
  signal: signal.size,
  peerjs: peerjs.size,
  ...sockets.sizes(),
})
