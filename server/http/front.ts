import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuthAnswer, Authenticator, Observer } from '@parley/core'
import type { ClientAddresses } from '../client-address.ts'
import type { OriginPolicy } from '../origin-policy.ts'
import type { RestLimits } from '../rest/ports.ts'
import { problem, retryAfter, sendProblem } from './problem.ts'

export interface FrontDependencies {
  readonly origins: OriginPolicy
  readonly addresses: ClientAddresses
  readonly limits: RestLimits
  readonly authenticator: Authenticator
  readonly observer: Observer
}

/** Who sent a request, as found at the front; routes read it instead of asking again. */
const answers = new WeakMap<IncomingMessage, AuthAnswer>()

export const answerOf = (request: IncomingMessage): AuthAnswer =>
  answers.get(request) ?? { ok: false, reason: 'missing' }

const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-site'],
  ['X-DNS-Prefetch-Control', 'off'],
  [
    'Content-Security-Policy',
    "default-src 'self'; img-src 'self' https: data: blob:; media-src 'self' https: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  ],
]

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Asked often by machines that must not be refused. */
const UNLIMITED = new Set(['/api/health', '/api/ready'])

export const setSecurityHeaders = (response: ServerResponse): void => {
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value)
}

/**
 * What holds for every request, whoever answers it: security headers, CORS, the origin check of writes, LIMIT_REST.
 * Resolves to false when the request was answered here.
 */
export const createFront = (dependencies: FrontDependencies) => {
  const { origins, addresses, limits, authenticator, observer } = dependencies

  /** A foreign page may write only with a bearer, which it must have been given; cookies come by themselves. */
  const isForeignWrite = (request: IncomingMessage): boolean => {
    const { method = '', headers } = request
    if (SAFE.has(method) || (headers.authorization !== undefined && headers.cookie === undefined))
      return false
    if (headers.origin === undefined) return headers['sec-fetch-site'] === 'cross-site'
    return !origins.allows(headers.origin, headers.host)
  }

  const limitOf = async (request: IncomingMessage, path: string) => {
    if (!path.startsWith('/api/') || UNLIMITED.has(path)) return { ok: true } as const
    const { cookie, authorization } = request.headers
    const answer = await authenticator.byHeaders({
      ...(cookie === undefined ? {} : { cookie }),
      ...(authorization === undefined ? {} : { authorization }),
    })
    answers.set(request, answer)
    return limits.hit(
      'rest',
      answer.ok ? `user:${answer.identity.userId}` : `address:${addresses.subjectOf(request)}`,
    )
  }

  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> => {
    setSecurityHeaders(response)
    if (addresses.isSecure(request)) response.setHeader('Strict-Transport-Security', 'max-age=15552000')
    if (allowOrigin(request, response, origins) === 'answered') return false
    if (isForeignWrite(request)) {
      observer.audit('request refused', { reason: 'origin', address: addresses.of(request) })
      sendProblem(
        response,
        problem(403, 'ORIGIN_NOT_ALLOWED', 'This origin may not do that; see ALLOWED_ORIGINS'),
      )
      return false
    }
    const limit = await limitOf(request, path)
    if (limit.ok) return !response.destroyed
    if (limit.isFirst) observer.audit('limit reached', { limit: 'rest', address: addresses.of(request) })
    response.setHeader('Retry-After', retryAfter(limit.retryAfterMs))
    sendProblem(response, problem(429, 'RATE_LIMITED', 'Too many requests. Slow down.'))
    return false
  }
}

/** CORS with credentials for origins of the policy; answers preflights. */
const allowOrigin = (
  request: IncomingMessage,
  response: ServerResponse,
  origins: OriginPolicy,
): 'answered' | 'open' => {
  const { origin, host } = request.headers
  response.setHeader('Vary', 'Origin')
  const isAllowed = origin !== undefined && origins.allows(origin, host)
  if (isAllowed) {
    response.setHeader('Access-Control-Allow-Origin', origin)
    response.setHeader('Access-Control-Allow-Credentials', 'true')
    response.setHeader('Access-Control-Expose-Headers', 'Retry-After, set-auth-token')
  }
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
    return 'open'
  if (isAllowed) {
    response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type')
    response.setHeader('Access-Control-Max-Age', '600')
  }
  response.writeHead(204).end()
  return 'answered'
}
