import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AuthAnswer } from '@parley/core'
import type { Parts } from './compose.ts'
import { problem, refuseUpgrade } from './http/problem.ts'
import { queryOf } from './http/upgrade-router.ts'

type Routed = Pick<Parts, 'acceptor' | 'chat' | 'hub' | 'signal' | 'core' | 'http' | 'observer'>

/** Which WebSocket path speaks which dialect (wire, the table at its top). */
export const routeWebSockets = (parts: Routed): void => {
  const { acceptor, chat, signal, http } = parts
  const toChat = (request: IncomingMessage, socket: Duplex, head: Buffer, token: string): void =>
    acceptor.accept(request, socket, head, chat.handlers, chat.session(token))

  // Document 000 names no path: its clients come to the bare address too.
  for (const path of ['/signal', '/']) {
    http.upgrades.set(path, (request, socket, head) => {
      const token = tokenOf(request)
      if (token === null) http.reportAnonymousUpgrade(request)
      acceptor.accept(request, socket, head, signal.handlers, signal.session(token))
    })
  }
  http.upgrades.set('/ws', (request, socket, head) => {
    const token = tokenOf(request)
    if (token !== null) return toChat(request, socket, head, token)
    // No token: a session cookie means hub; without one it is a chat client that forgot its token.
    enterHub(parts, request, socket, head, byCookie(parts, request), () => toChat(request, socket, head, ''))
  })
  http.upgrades.set('/ws/hub', (request, socket, head) => {
    const token = tokenOf(request)
    const answer = token === null ? byHeaders(parts, request) : parts.core.authenticator.byToken(token)
    enterHub(parts, request, socket, head, answer, (reason) => {
      http.reportAnonymousUpgrade(request)
      parts.observer.audit('connection refused', { dialect: 'hub', reason })
      refuseUpgrade(
        socket,
        reason === 'unavailable'
          ? problem(503, 'UNAVAILABLE', 'The server cannot check identities now. Try again.')
          : problem(401, 'UNAUTHENTICATED', 'Sign in first: this path needs a session or a token.'),
      )
    })
  })
}

const enterHub = (
  { acceptor, hub, observer }: Routed,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  answer: Promise<AuthAnswer>,
  otherwise: (reason: string) => void,
): void => {
  answer.then(
    (identity) => {
      if (socket.destroyed) return
      const session = hub.session(identity)
      if (session !== null) acceptor.accept(request, socket, head, hub.handlers, session)
      else otherwise(identity.ok ? 'guest' : identity.reason)
    },
    (error: unknown) => {
      observer.error('identity not checked', error)
      otherwise('unavailable')
    },
  )
}

const byCookie = ({ core }: Routed, { headers }: IncomingMessage): Promise<AuthAnswer> =>
  core.authenticator.byHeaders(headers.cookie === undefined ? {} : { cookie: headers.cookie })

const byHeaders = ({ core }: Routed, { headers }: IncomingMessage): Promise<AuthAnswer> =>
  core.authenticator.byHeaders({
    ...(headers.cookie === undefined ? {} : { cookie: headers.cookie }),
    ...(headers.authorization === undefined ? {} : { authorization: headers.authorization }),
  })

/** The first `token` of the query; null when there is none, '' when it is empty. */
const tokenOf = (request: IncomingMessage): string | null => queryOf(request.url).get('token')
