import type { Core, Observer } from '@parley/core'
import { Fault } from '@parley/model'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Asset, Assets } from '../http/assets.ts'
import { adminOf, type RestApp } from '../rest/context.ts'
import { type Overview, OverviewJson } from './overview.ts'

export interface AdminRouteOptions {
  readonly core: Pick<Core, 'ledger' | 'authenticator'>
  readonly overview: Pick<Overview, 'read'>
  readonly observer: Observer
  /** The operations page. */
  readonly page: Assets
  /** The Socket.IO admin UI. */
  readonly socketIoUi: () => Promise<Assets>
}

const tags = ['operations']

/** Nothing from elsewhere, nothing inline. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
/** Its component library writes style elements. */
const SOCKET_IO_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const LedgerJson = z.object({
  outcome: z.string(),
  verdict: z.string(),
  steps: z.array(z.object({ at: z.number().nullable(), what: z.string(), detail: z.string() })),
})

export const addAdminRoutes = (app: RestApp, options: AdminRouteOptions): void => {
  addApi(app, options)
  addPage(app, options)
  addSocketIoUi(app, options)
}

const addApi = (app: RestApp, { core, overview, observer }: AdminRouteOptions): void => {
  app.get(
    '/api/admin/overview',
    { schema: { tags, summary: 'How this node is doing (admins)', response: { 200: OverviewJson } } },
    async (request, reply) => {
      adminOf(request)
      reply.header('Cache-Control', 'no-store')
      return overview.read()
    },
  )
  app.get(
    '/api/admin/ledger',
    {
      schema: {
        tags,
        summary: 'Why a stored message did or did not reach a user: never its content (admins)',
        querystring: z.object({
          messageId: z.guid(),
          user: z.string().trim().min(1).max(64).describe('Id or username'),
        }),
        response: { 200: LedgerJson },
      },
    },
    async (request, reply) => {
      const { userId } = adminOf(request)
      const { messageId, user } = request.query
      const ledger = await core.ledger.explain({ messageId: messageId.toLowerCase(), user })
      observer.audit('ledger read', { userId, messageId, outcome: ledger.outcome })
      reply.header('Cache-Control', 'no-store')
      return { ...ledger, steps: [...ledger.steps] }
    },
  )
}

/** It holds nothing secret: what it shows comes from the routes above, and a form to sign in comes first. */
const addPage = (app: RestApp, { page }: AdminRouteOptions): void => {
  const serve = (path: string) => async (request: FastifyRequest, reply: FastifyReply) =>
    sendAsset(request, reply, page.get(path), { policy: PAGE_POLICY, caching: 'no-cache' })
  const hide = { schema: { hide: true } }
  app.get('/admin', hide, serve('index.html'))
  app.get('/admin/', hide, async (_request, reply) => reply.redirect('/admin'))
  for (const path of page.keys()) {
    if (path !== 'index.html') app.get(`/admin/${path}`, hide, serve(path))
  }
}

const addSocketIoUi = (app: RestApp, options: AdminRouteOptions): void => {
  const hide = { schema: { hide: true } }
  app.get('/admin/socket.io', hide, async (_request, reply) => reply.redirect('/admin/socket.io/'))
  app.get('/admin/socket.io/*', hide, async (request, reply) => {
    if (!(await isAdmin(request, options))) return reply.redirect('/admin')
    const path = (request.params as { readonly '*': string })['*']
    const asset = (await options.socketIoUi()).get(path === '' ? 'index.html' : path)
    // Names of its scripts and styles hold a hash of what is in them.
    const isHashed = /\.[0-9a-f]{8}\.\w+$/.test(path)
    const caching = isHashed ? 'private, max-age=31536000, immutable' : 'private, no-cache'
    return sendAsset(request, reply, asset, { policy: SOCKET_IO_POLICY, caching })
  })
}

/** False: a browser that is sent to the sign-in form. Throws for everybody else who is no admin. */
const isAdmin = async (
  { headers }: FastifyRequest,
  { core }: Pick<AdminRouteOptions, 'core'>,
): Promise<boolean> => {
  const { cookie, authorization, accept = '' } = headers
  const answer = await core.authenticator.byHeaders({
    ...(cookie === undefined ? {} : { cookie }),
    ...(authorization === undefined ? {} : { authorization }),
  })
  if (answer.ok && answer.identity.role === 'admin') return true
  if (!answer.ok && answer.reason === 'unavailable')
    throw new Fault('UNAVAILABLE', 'Accounts are out of reach for the moment. Try again.')
  if (accept.includes('text/html')) return false
  throw answer.ok
    ? new Fault('FORBIDDEN', 'Only an admin may do that')
    : new Fault('UNAUTHENTICATED', 'Sign in first')
}

const sendAsset = (
  request: FastifyRequest,
  reply: FastifyReply,
  asset: Asset | undefined,
  { policy, caching }: { policy: string; caching: string },
): FastifyReply => {
  if (asset === undefined) throw new Fault('NOT_FOUND', 'There is nothing here')
  reply.header('Content-Security-Policy', policy).header('Cache-Control', caching).header('ETag', asset.etag)
  if (request.headers['if-none-match'] === asset.etag) return reply.status(304).send()
  return reply.type(asset.type).send(asset.body)
}
