import type { Core } from '@parley/core'
import { SocketIoServer } from '@parley/socketio'
import type { Config } from './config.ts'
import { connectRefusal } from './http/connect-refusal.ts'
import { sendProblem } from './http/problem.ts'
import { queryOf } from './http/upgrade-router.ts'
import type { Http } from './http.ts'

/** The path of Socket.IO, polling and WebSocket (wire, the table at its top). */
const PATH = '/socket.io'

/** Puts Socket.IO beside the other protocols on the one port: same origins, limits and addresses. */
export const createSocketIo = ({
  config,
  core,
  http,
}: {
  readonly config: Config
  readonly core: Core
  readonly http: Http
}): SocketIoServer => {
  const sockets = new SocketIoServer({
    core,
    maxPayload: config.maxPayload,
    maxBuffered: config.maxBuffered,
    deflate: config.wsDeflate,
    // The front lets any page read; only a handshake from an origin of ours may go on.
    allowRequest: (request) => http.origins.allows(request.headers.origin, request.headers.host),
    addressOf: (request) => http.addresses.subjectOf(request),
    onRefused: (address) => void core.limits.hit('connect', address),
  })
  http.before.push({
    prefix: PATH,
    handler: (request, response) => {
      // The upgrade router asks the same of WebSockets.
      const isHandshake = !queryOf(request.url).has('sid')
      const refusal = isHandshake ? connectRefusal(core.limits, http.addresses.subjectOf(request)) : null
      if (refusal === null) return sockets.handleRequest(request, response)
      response.setHeader('Retry-After', refusal.headers['Retry-After'])
      sendProblem(response, refusal.body)
    },
  })
  http.upgrades.set(`${PATH}/`, sockets.handleUpgrade)
  return sockets
}
