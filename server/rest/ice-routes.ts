import { IceServersJson } from '@parley/dialect-rest'
import { answerOf } from '../http/front.ts'
import { identityOf, type RestApp, type RestOptions } from './context.ts'

/** Where calls find a way through networks. Open to all who may call, and so to people without an account. */
export const addIceRoutes = (app: RestApp, { http, ice }: RestOptions): void => {
  app.get(
    '/api/ice-servers',
    {
      schema: {
        tags: ['calls'],
        summary: 'STUN and TURN servers for calls',
        response: { 200: IceServersJson },
      },
    },
    async (request, reply) => {
      // Credentials are somebody's, and end.
      reply.header('Cache-Control', 'no-store')
      // A session that ended makes nobody less welcome than no session; a bearer that is bad is said to be.
      const isAnonymous = request.headers.authorization === undefined && !answerOf(request.raw).ok
      if (isAnonymous) return ice.forAddress(http.addresses.subjectOf(request.raw))
      return ice.forAccount(identityOf(request).userId)
    },
  )
}
