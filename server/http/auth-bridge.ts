import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Observer } from '@parley/core'
import type { Accounts } from '../accounts/accounts.ts'
import { AUTH_BASE_URL, CLIENT_ADDRESS_HEADER } from '../accounts/auth.ts'
import type { ClientAddresses } from '../client-address.ts'
import { guardSignIn, type SignInGuard } from '../rest/sign-in-guard.ts'
import { problem, retryAfter, sendProblem } from './problem.ts'
import { readBody } from './read-body.ts'

export interface AuthBridgeDependencies {
  readonly accounts: Accounts
  readonly addresses: ClientAddresses
  readonly guard: SignInGuard
  /** Largest body in bytes. */
  readonly maxBody: number
  readonly observer: Observer
}

/** Better Auth's routes behind our server: same body size, same limits on sign-in and sign-up, `Secure` behind https. */
export const createAuthBridge = (dependencies: AuthBridgeDependencies) => {
  const { accounts, addresses, guard, maxBody, observer } = dependencies
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    try {
      const body = await readBody(request, maxBody)
      if (body === null) {
        response.setHeader('Connection', 'close')
        return sendProblem(response, problem(413, 'TOO_LARGE', `A body may have at most ${maxBody} bytes`))
      }
      const asked = await toRequest(dependencies, request, body)
      const answer = await guardSignIn(guard, { path, body, request }, () => accounts.handler(asked))
      if (answer instanceof Response) return await send(answer, response, addresses.isSecure(request))
      response.setHeader('Retry-After', retryAfter(answer.retryAfterMs))
      sendProblem(response, problem(429, 'RATE_LIMITED', 'Too many attempts. Try again later.'))
    } catch (error) {
      if (request.destroyed && !response.writable) return
      observer.error('account route failed', error, { path })
      sendProblem(
        response,
        problem(503, 'UNAVAILABLE', 'Accounts are out of reach for the moment. Try again.'),
      )
    }
  }
}

const toRequest = async (
  { accounts, addresses }: AuthBridgeDependencies,
  request: IncomingMessage,
  body: Buffer,
): Promise<Request> => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith('x-forwarded')) headers.set(name, String(value))
  }
  headers.set(CLIENT_ADDRESS_HEADER, addresses.of(request))
  const jwt = /^bearer +(\S+\.\S+\.\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const bearer = jwt === undefined ? null : await accounts.toSessionBearer(jwt)
  if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`)
  const method = request.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD' && body.length > 0
  return new Request(new URL(request.url ?? '/', AUTH_BASE_URL), {
    method,
    headers,
    ...(hasBody ? { body: new Uint8Array(body) } : {}),
  })
}

/** Better Auth's own CORS headers would contradict ours. */
const send = async (answer: Response, response: ServerResponse, isSecure: boolean): Promise<void> => {
  for (const [name, value] of answer.headers) {
    if (name !== 'set-cookie' && !name.startsWith('access-control-')) response.setHeader(name, value)
  }
  const cookies = answer.headers.getSetCookie()
  if (cookies.length > 0)
    response.setHeader('Set-Cookie', isSecure ? cookies.map((cookie) => `${cookie}; Secure`) : cookies)
  response.writeHead(answer.status)
  response.end(Buffer.from(await answer.arrayBuffer()))
}
