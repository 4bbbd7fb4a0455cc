import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Parts } from './compose.ts'
import { problem, sendProblem } from './http/problem.ts'
import { queryOf } from './http/upgrade-router.ts'

/** The client puts its key behind its `path`: with the path `/` it asks for the first, with `/peerjs` for the second. */
const SOCKET_PATHS = ['/peerjs', '/peerjs/peerjs']

/** With any key, as at the PeerJS server: a wrong one is named when the client connects. */
const ROUTE = /^\/peerjs(?:\/[^/]+)?\/(?<name>id|peers)$/

/** Serves the PeerJS broker (wire, "signal"). */
export const mountPeerjs = ({
  http,
  acceptor,
  peerjs,
}: Pick<Parts, 'http' | 'acceptor' | 'peerjs'>): void => {
  for (const path of SOCKET_PATHS) {
    http.upgrades.set(path, (request, socket, head) => {
      // Nobody has an identity here: how often an address may come is bounded by LIMIT_CONNECT.
      http.reportAnonymousUpgrade(request)
      acceptor.accept(request, socket, head, peerjs.handlers, peerjs.session(queryOf(request.url)))
    })
  }
  http.before.push({ prefix: '/peerjs', handler: answer })
}

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const name = ROUTE.exec((request.url ?? '').split('?', 1)[0] ?? '')?.groups?.['name']
  if (name === undefined) {
    sendProblem(response, problem(404, 'NOT_FOUND', 'The PeerJS broker has no such route'))
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    sendProblem(response, problem(405, 'METHOD_NOT_ALLOWED', 'This route is read with GET'))
  } else if (name === 'peers') {
    sendProblem(response, problem(401, 'UNAUTHENTICATED', 'Who is connected is not listed'))
  } else {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
    response.end(randomUUID())
  }
}
