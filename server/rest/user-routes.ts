import { UserJson, UsersJson } from '@parley/dialect-rest'
import { Fault, Id, isStorableText, UNSTORABLE } from '@parley/model'
import { z } from 'zod'
import { identityOf, type RestApp, type RestOptions } from './context.ts'
import { decodeCursor, encodeCursor, PageQuery } from './cursor.ts'
import { toUserJson } from './views.ts'

const tags = ['users']

export const addUserRoutes = (app: RestApp, { core }: RestOptions): void => {
  const { directory, presence } = core
  const Query = PageQuery.extend({
    search: z.string().trim().max(50).refine(isStorableText, UNSTORABLE).optional(),
  })
  app.get(
    '/api/users',
    {
      schema: {
        tags,
        summary: 'Accounts by the beginning of their name',
        querystring: Query,
        response: { 200: UsersJson },
      },
    },
    async (request) => {
      identityOf(request)
      const { search, limit, cursor } = request.query
      const after = decodeCursor('users', 'string', cursor)
      const page = await directory.list({
        limit,
        ...(search === undefined || search === '' ? {} : { search }),
        ...(after === undefined ? {} : { after }),
      })
      const users = page.items.map((user) => toUserJson(user, presence.isOnline(user.id), user.lastSeen))
      return { users, nextCursor: encodeCursor('users', page.next) }
    },
  )
  app.get(
    '/api/users/online',
    {
      schema: {
        tags,
        summary: 'Who is online; the list is cut at PRESENCE_LIST_MAX, the total is not',
        response: { 200: UsersJson.extend({ totalOnline: z.number().int() }) },
      },
    },
    async (request) => {
      identityOf(request)
      const { users, totalOnline } = presence.online()
      return { users: users.map((user) => toUserJson(user, true, null)), nextCursor: null, totalOnline }
    },
  )
  app.get(
    '/api/users/:id',
    {
      schema: {
        tags,
        summary: 'One user',
        params: z.object({ id: z.string() }),
        response: { 200: z.object({ user: UserJson }) },
      },
    },
    async (request) => {
      identityOf(request)
      const id = Id.safeParse(request.params.id)
      const user = id.success ? await directory.find(id.data) : null
      if (user === null || user.disabled) throw new Fault('NOT_FOUND', 'User not found')
      return { user: toUserJson(user, presence.isOnline(user.id), user.lastSeen) }
    },
  )
}
