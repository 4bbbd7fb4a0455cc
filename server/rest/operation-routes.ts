import { createHash, timingSafeEqual } from 'node:crypto'
import { Fault, isStorableText, UNSTORABLE } from '@parley/model'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { wasForwarded } from '../client-address.ts'
import { isLoopback } from '../config/loopback.ts'
import { adminOf, type RestApp, type RestOptions } from './context.ts'

const tags = ['operations']

export const addOperationRoutes = (app: RestApp, options: RestOptions): void => {
  addHealth(app, options)
  addMetrics(app, options)
  app.post(
    '/api/admin/announce',
    {
      schema: {
        tags,
        summary: 'Say something to every hub connection (admins)',
        body: z.object({ message: z.string().trim().min(1).max(5_000).refine(isStorableText, UNSTORABLE) }),
        response: { 200: z.object({ message: z.string() }) },
      },
    },
    async (request) => {
      const { userId } = adminOf(request)
      options.core.announce(request.body.message)
      options.observer.audit('announced', { userId })
      return { message: 'Announced' }
    },
  )
}

const addHealth = (app: RestApp, { core, http }: RestOptions): void => {
  app.get(
    '/api/health',
    {
      schema: {
        tags,
        summary: 'Is the process alive?',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    async () => ({ status: 'ok' as const }),
  )
  app.get(
    '/api/ready',
    {
      schema: {
        tags,
        summary: 'Can it serve? 503 without the store and while it stops, degraded without the bus',
        response: {
          200: z.object({
            status: z.enum(['ok', 'degraded']),
            /** What is out of reach, when it is degraded. */
            away: z.array(z.enum(['bus'])).optional(),
          }),
        },
      },
    },
    async () => {
      if (http.isDraining) throw new Fault('UNAVAILABLE', 'The server is stopping')
      await core.pingStore().catch((cause: unknown) => {
        throw new Fault('UNAVAILABLE', 'The store is out of reach', { cause })
      })
      if (core.isBusUp()) return { status: 'ok' as const }
      return { status: 'degraded' as const, away: ['bus' as const] }
    },
  )
}

const addMetrics = (app: RestApp, { metrics, metricsToken }: RestOptions): void => {
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!isLocal(request) && !holds(request, metricsToken)) {
      throw new Fault('UNAUTHENTICATED', 'From here /metrics needs the bearer METRICS_TOKEN')
    }
    const { contentType, text } = await metrics.expose()
    return reply.type(contentType).send(text)
  })
}

/** The bare peer counts, not the forwarded address: a proxy on this machine speaks for the world. */
const isLocal = (request: FastifyRequest): boolean =>
  isLoopback(request.raw.socket.remoteAddress ?? '') && !wasForwarded(request.raw)

const holds = (request: FastifyRequest, token: string | null): boolean => {
  const given = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === null || given === undefined) return false
  return timingSafeEqual(digest(given), digest(token))
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
