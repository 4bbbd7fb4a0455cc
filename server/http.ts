import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Authenticator, Observer } from '@parley/core'
import { type FastifyInstance, fastify } from 'fastify'
import type { Accounts } from './accounts/accounts.ts'
import { type ClientAddresses, createClientAddresses } from './client-address.ts'
import { createAuthBridge } from './http/auth-bridge.ts'
import { createFront, setSecurityHeaders } from './http/front.ts'
import { problem, sendProblem } from './http/problem.ts'
import { createUpgradeRouter, pathOf, type UpgradeHandler } from './http/upgrade-router.ts'
import { createOriginPolicy, type OriginPolicy } from './origin-policy.ts'
import type { RestLimits } from './rest/ports.ts'
import { SignInGuard } from './rest/sign-in-guard.ts'

export type { UpgradeHandler } from './http/upgrade-router.ts'

/** Answers every path that begins with `prefix`, ahead of fastify; it reads its own body. */
export interface BeforeHandler {
  readonly prefix: string
  readonly handler: RequestListener
}

/**
 * Answers a path that no handler of `before` takes, ahead of fastify. False, with nothing written: the path is not of
 * the site.
 */
export type SiteHandler = (request: IncomingMessage, response: ServerResponse, path: string) => boolean

export interface HttpOptions {
  readonly settings: {
    readonly host: string
    readonly port: number
    readonly allowedOrigins: readonly string[] | null
    readonly trustProxy: readonly string[]
    /** Largest body in bytes. */
    readonly maxPayload: number
  }
  readonly accounts: Accounts
  readonly authenticator: Authenticator
  readonly limits: RestLimits
  readonly observer: Observer
}

/** One server and port for everything that Parley speaks. */
export interface Http {
  readonly server: Server
  /** Routes are registered here before `listen`. */
  readonly fastify: FastifyInstance
  /** Path → who takes the socket over. May be added to at any time. */
  readonly upgrades: Map<string, UpgradeHandler>
  readonly before: BeforeHandler[]
  /** Pages for people and their files. */
  setSite(handler: SiteHandler): void
  readonly addresses: ClientAddresses
  readonly origins: OriginPolicy
  readonly guard: SignInGuard
  /** A dialect found no valid identity behind an upgrade: counts for LIMIT_CONNECT. */
  reportAnonymousUpgrade(request: IncomingMessage): void
  /** Resolves to the address listened on, once requests are served. */
  listen(): Promise<{ readonly host: string; readonly port: number; readonly url: string }>
  /**
   * From now on `isDraining`, which makes `/api/ready` 503: balancers look for another node. All else is served as
   * before, but every answer ends its connection, so that no proxy keeps one on which a later request would be lost.
   */
  drain(): void
  readonly isDraining: boolean
  /** Accepts nothing more, lets requests under way end (2 s at most), then closes. Close the WebSockets first. Idempotent. */
  close(): Promise<void>
}

/** These exact paths under /api/auth/ are ours; every other one is Better Auth's (wire, "REST common to all"). */
const OUR_AUTH_PATHS = new Set(
  ['register', 'login', 'guest', 'logout', 'profile', 'token'].map((name) => `/api/auth/${name}`),
)

const SERVER_OPTIONS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 10_000,
  maxHeaderSize: 8_192,
}
const MAX_CONNECTIONS = 50_000
/** How long requests under way may take to end once the server closes (ms). */
const CLOSE_GRACE = 2_000

export const createHttp = (options: HttpOptions): Http => {
  const { settings, accounts, authenticator, limits, observer } = options
  const origins = createOriginPolicy(settings)
  const addresses = createClientAddresses(settings.trustProxy)
  const guard = new SignInGuard({ accounts, limits, addresses, observer })
  const upgrades = new Map<string, UpgradeHandler>()
  const before: BeforeHandler[] = []
  const server = createServer(SERVER_OPTIONS)
  server.maxConnections = MAX_CONNECTIONS
  const { app, handle } = createFastify(server, settings.maxPayload)
  let isDraining = false
  let isClosing = false

  const front = createFront({ origins, addresses, limits, authenticator, observer })
  const bridge = createAuthBridge({ accounts, addresses, guard, maxBody: settings.maxPayload, observer })
  let site: SiteHandler = () => false
  const dispatch = createDispatcher({
    ...{ front, bridge, handle, before },
    site: (...args) => site(...args),
    maxBody: settings.maxPayload,
  })
  server.on('request', (request, response) => {
    if (isDraining || isClosing) response.setHeader('Connection', 'close')
    dispatch(request, response).catch((error: unknown) => {
      observer.error('request failed', error)
      sendProblem(response, problem(500, 'INTERNAL', 'Something went wrong on the server. Try again.'))
    })
  })
  const onRefused = (reason: string, address: string) =>
    observer.audit('upgrade refused', { reason, address })
  server.on(
    'upgrade',
    createUpgradeRouter({ upgrades, origins, addresses, limits, isClosing: () => isClosing, onRefused }),
  )
  return {
    server,
    fastify: app,
    upgrades,
    before,
    setSite: (handler) => {
      site = handler
    },
    addresses,
    origins,
    guard,
    reportAnonymousUpgrade: (request) => void limits.hit('connect', addresses.subjectOf(request)),
    listen: async () => {
      await app.ready()
      return listen(server, settings)
    },
    drain: () => {
      isDraining = true
    },
    get isDraining() {
      return isDraining
    },
    close: async () => {
      if (isClosing) return
      isClosing = true
      await closeServer(server)
      await app.close()
    },
  }
}

/** fastify only routes here: it neither listens nor closes, so that open sockets cannot hold its `close` up. */
const createFastify = (
  server: Server,
  bodyLimit: number,
): { app: FastifyInstance; handle: RequestListener } => {
  let handle: RequestListener = (_request, response) => {
    sendProblem(response as ServerResponse, problem(503, 'UNAVAILABLE', 'The server is starting. Try again.'))
  }
  const app = fastify({
    logger: false,
    bodyLimit,
    routerOptions: {
      maxParamLength: 200,
      querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)),
    },
    serverFactory: (handler) => {
      handle = handler as RequestListener
      return server
    },
    frameworkErrors: (_error, _request, reply) => {
      sendProblem(reply.raw, problem(400, 'INVALID', 'The address is malformed'))
    },
  })
  return { app, handle: (request, response) => handle(request, response) }
}

const createDispatcher =
  (to: {
    front: ReturnType<typeof createFront>
    bridge: ReturnType<typeof createAuthBridge>
    handle: RequestListener
    before: readonly BeforeHandler[]
    site: SiteHandler
    maxBody: number
  }) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on('error', () => response.destroy())
    const path = pathOf(request.url)
    if (path === null) {
      setSecurityHeaders(response)
      return sendProblem(response, problem(400, 'INVALID', 'The address is malformed'))
    }
    if (!(await to.front(request, response, path))) return
    if (path.startsWith('/api/auth/') && !OUR_AUTH_PATHS.has(path)) return to.bridge(request, response, path)
    const early = to.before.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
    if (early === undefined) {
      if (!to.site(request, response, path)) to.handle(request, response as never)
      return
    }
    if (Number(request.headers['content-length'] ?? 0) > to.maxBody) {
      response.setHeader('Connection', 'close')
      return sendProblem(response, problem(413, 'TOO_LARGE', `A body may have at most ${to.maxBody} bytes`))
    }
    early.handler(request, response as never)
  }

const listen = (server: Server, { host, port }: { host: string; port: number }) =>
  new Promise<{ host: string; port: number; url: string }>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 4_096 }, () => {
      server.off('error', reject)
      const bound = server.address() as AddressInfo
      const shown = host.includes(':') ? `[${host}]` : host
      resolve({ host, port: bound.port, url: `http://${shown}:${bound.port}` })
    })
  })

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    if (!server.listening) return resolve()
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
