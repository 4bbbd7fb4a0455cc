import type { Identity, Observer, Sender } from '@parley/core'
import { Fault, type User } from '@parley/model'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Accounts } from '../accounts/accounts.ts'
import { answerOf } from '../http/front.ts'
import type { Http } from '../http.ts'
import type { IceServers } from '../ice/ice-servers.ts'
import type { Metrics } from '../metrics.ts'
import type { RestCore } from './ports.ts'

/** What routes are made of. */
export interface RestOptions {
  readonly http: Pick<Http, 'fastify' | 'addresses' | 'guard' | 'isDraining'>
  readonly accounts: Accounts
  readonly core: RestCore
  readonly ice: IceServers
  readonly metrics: Metrics
  readonly observer: Observer
  /** Bearer that may read /metrics from elsewhere than loopback; null: nobody may. */
  readonly metricsToken: string | null
  /** The AsyncAPI document of the dialects that are served. */
  readonly asyncapi: () => object
  readonly version: string
}

export type RestApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** Who asks. Throws `UNAUTHENTICATED`, or `UNAVAILABLE` while it cannot be known. */
export const identityOf = (request: FastifyRequest): Identity => {
  const answer = answerOf(request.raw)
  if (answer.ok) return answer.identity
  if (answer.reason === 'unavailable')
    throw new Fault('UNAVAILABLE', 'Accounts are out of reach for the moment. Try again.')
  throw new Fault('UNAUTHENTICATED', answer.reason === 'missing' ? 'Sign in first' : 'Invalid token')
}

/** For what guests may not use. */
export const memberOf = (request: FastifyRequest): Identity => {
  const identity = identityOf(request)
  if (identity.role === 'guest') throw new Fault('FORBIDDEN', 'Guests cannot do that. Sign up first.')
  return identity
}

export const adminOf = (request: FastifyRequest): Identity => {
  const identity = identityOf(request)
  if (identity.role !== 'admin') throw new Fault('FORBIDDEN', 'Only an admin may do that')
  return identity
}

/** Who sends, and what they may. */
export const senderOf = (identity: Identity): Sender => ({ ...userOf(identity), role: identity.role })

export const userOf = ({ userId, username, avatar }: Identity): User => ({ id: userId, username, avatar })
