import { GroupJson } from '@parley/dialect-rest'
import { isoTime } from '@parley/model'
import { z } from 'zod'
import { PROBLEM_TYPE, problem } from '../http/problem.ts'
import type { RestApp, RestOptions } from './context.ts'

const Missing = z.object({ error: z.string(), code: z.literal('GROUP_NOT_FOUND') })

/** Groups of calls (document 000), for anybody who knows an id. */
export const addGroupRoutes = (app: RestApp, { core }: RestOptions): void => {
  app.get(
    '/api/groups/:id',
    {
      schema: {
        tags: ['groups'],
        summary: 'Is there such a group, and how many are in it?',
        security: [],
        params: z.object({ id: z.string().max(100) }),
        response: { 200: GroupJson, 404: Missing },
      },
    },
    async (request, reply) => {
      const group = await core.groups.find(request.params.id)
      if (group === null) {
        const missing = problem(404, 'GROUP_NOT_FOUND', 'Group not found')
        const body = { ...missing, error: missing.message, code: 'GROUP_NOT_FOUND' as const }
        return reply.status(404).type(PROBLEM_TYPE).send(body)
      }
      const { id, name, memberCount } = group
      return {
        id,
        name,
        createdAt: isoTime(group.createdAt),
        memberCount,
        exists: true as const,
      }
    },
  )
}
