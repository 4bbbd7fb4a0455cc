import type { Core } from '@parley/core'
import { SocketIoServer } from '@parley/socketio'
import type { Config } from './config.ts'
import { connectRefusal } from './http/connect-refusal.ts'
import { sendProblem } from './http/problem.ts'
import { queryOf } from './http/upgrade-router.ts'
import type { Http } from './http.ts'
import type { Seat } from './workers/seat.ts'

/** The path of Socket.IO, polling and WebSocket (wire, the table at its top). */
const PATH = '/socket.io'

/** Puts Socket.IO beside the other protocols on the one port: same origins, limits and addresses. */
export const createSocketIo = ({
  config,
  core,
  http,
  seat = null,
}: {
  readonly config: Config
  readonly core: Core
  readonly http: Http
  /** This process is one of several behind the port. */
  readonly seat?: Seat | null
}): SocketIoServer => {
  const sockets = new SocketIoServer({
    core,
    maxPayload: config.maxPayload,
    maxBuffered: config.maxBuffered,
    deflate: config.wsDeflate,
    ...(seat === null ? {} : { sessionPrefix: seat.handOver.prefix }),
    // The front lets any page read; only a handshake from an origin of ours may go on.
    allowRequest: (request) => http.origins.allows(request.headers.origin, request.headers.host),
    addressOf: (request) => http.addresses.subjectOf(request),
    onRefused: (address) => void core.limits.hit('connect', address),
  })
  http.before.push({
    prefix: PATH,
    handler: (request, response) => {
      const owner = seat?.handOver.ownerOf(request) ?? null
      if (owner !== null) return seat?.handOver.request(owner, request, response)
      // The upgrade router asks the same of WebSockets.
      const isHandshake = !queryOf(request.url).has('sid')
      const refusal = isHandshake ? connectRefusal(core.limits, http.addresses.subjectOf(request)) : null
      if (refusal === null) return sockets.handleRequest(request, response)
      response.setHeader('Retry-After', refusal.headers['Retry-After'])
      sendProblem(response, refusal.body)
    },
  })
  http.upgrades.set(`${PATH}/`, (request, socket, head) => {
    const owner = seat?.handOver.ownerOf(request) ?? null
    if (owner === null) sockets.handleUpgrade(request, socket, head)
    else seat?.handOver.upgrade(owner, request, socket, head)
  })
  return sockets
}
