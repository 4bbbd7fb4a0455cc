import { ProfileJson, SessionJson } from '@parley/dialect-rest'
import { type Account, Fault, isStorableText, UNSTORABLE } from '@parley/model'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ClientInfo, SignedIn } from '../accounts/accounts.ts'
import { Avatar, Username } from '../accounts/names.ts'
import { serializeSessionCookie } from '../accounts/session-cookie.ts'
import { identityOf, type RestApp, type RestOptions } from './context.ts'
import { toOwnUserJson } from './views.ts'

const Email = z.email().max(254)
const Password = z.string().min(8).max(128).refine(isStorableText, UNSTORABLE)
const tags = ['accounts']

/** Our six paths under /api/auth/. */
export const addAuthRoutes = (app: RestApp, options: RestOptions): void => {
  addSignUps(app, options)
  addLogin(app, options)
  addSessionRoutes(app, options)
  addProfile(app, options)
}

const addSignUps = (app: RestApp, options: RestOptions): void => {
  const { accounts, http } = options
  const Registration = z.object({
    username: Username,
    email: Email,
    password: Password,
    avatar: Avatar.optional(),
  })
  const limit = (request: FastifyRequest) => {
    const answer = http.guard.register(request.raw)
    if (!answer.ok) throw new Fault('RATE_LIMITED', 'Too many registrations. Try again later.', answer)
  }
  app.post(
    '/api/auth/register',
    { schema: { tags, summary: 'Make an account', body: Registration, response: { 201: SessionJson } } },
    async (request, reply) => {
      limit(request)
      const signedIn = await accounts.register(request.body, clientOf(request, options))
      return reply.status(201).send(await answer(reply, options, signedIn, 'User registered successfully'))
    },
  )
  app.post(
    '/api/auth/guest',
    {
      schema: {
        tags,
        summary: 'Come in as a guest, removed after 24 h idle',
        body: z.object({ username: Username }),
        response: { 201: SessionJson },
      },
    },
    async (request, reply) => {
      limit(request)
      const signedIn = await accounts.guest(request.body.username, clientOf(request, options))
      return reply.status(201).send(await answer(reply, options, signedIn, 'Welcome, guest'))
    },
  )
}

const addLogin = (app: RestApp, options: RestOptions): void => {
  const { accounts, http } = options
  const Login = z
    .object({
      email: z.string().min(1).max(320).optional(),
      username: z.string().min(1).max(320).optional(),
      password: z.string().min(1).max(128),
    })
    .refine(
      ({ email, username }) => (email === undefined) !== (username === undefined),
      'Give email or username',
    )
  app.post(
    '/api/auth/login',
    { schema: { tags, summary: 'Sign in', body: Login, response: { 200: SessionJson } } },
    async (request, reply) => {
      const { password, ...login } = request.body
      const client = clientOf(request, options)
      const signedIn = await http.guard.attempt(request.raw, login, (account) =>
        accounts.login(account, password, client),
      )
      if ('ok' in signedIn)
        throw new Fault('RATE_LIMITED', 'Too many failed attempts. Try again later.', signedIn)
      return answer(reply, options, signedIn, 'Login successful')
    },
  )
}

const addSessionRoutes = (app: RestApp, options: RestOptions): void => {
  const { accounts, http } = options
  app.post(
    '/api/auth/logout',
    { schema: { tags, summary: 'End this session', response: { 200: z.object({ message: z.string() }) } } },
    async (request, reply) => {
      await accounts.logout(identityOf(request))
      reply.header('Set-Cookie', serializeSessionCookie(null, http.addresses.isSecure(request.raw)))
      return { message: 'Logged out' }
    },
  )
  app.post(
    '/api/auth/token',
    { schema: { tags, summary: 'A fresh token for this session', response: { 200: SessionJson } } },
    async (request, reply) => {
      const signedIn = await accounts.renewToken(identityOf(request), clientOf(request, options))
      return answer(reply, options, signedIn, 'Token renewed')
    },
  )
}

const addProfile = (app: RestApp, options: RestOptions): void => {
  const { accounts } = options
  const Change = z.object({ username: Username.optional(), avatar: Avatar.nullable().optional() })
  app.get(
    '/api/auth/profile',
    { schema: { tags, summary: 'Oneself', response: { 200: ProfileJson } } },
    async (request) => {
      const account = await accounts.profile(identityOf(request).userId)
      if (account === null) throw new Fault('UNAUTHENTICATED', 'Invalid token')
      return { user: await own(options, account) }
    },
  )
  app.put(
    '/api/auth/profile',
    { schema: { tags, summary: 'Change name or avatar', body: Change, response: { 200: ProfileJson } } },
    async (request) => {
      const account = await accounts.updateProfile(identityOf(request).userId, request.body)
      return { user: await own(options, account) }
    },
  )
}

const clientOf = (request: FastifyRequest, { http }: RestOptions): ClientInfo => ({
  address: http.addresses.of(request.raw),
  userAgent: request.headers['user-agent'] ?? '',
})

const answer = async (reply: FastifyReply, options: RestOptions, signedIn: SignedIn, message: string) => {
  const isSecure = options.http.addresses.isSecure(reply.request.raw)
  reply
    .header('Set-Cookie', serializeSessionCookie(signedIn.cookie, isSecure))
    .header('Cache-Control', 'no-store')
  return { message, token: signedIn.token, user: await own(options, signedIn.account) }
}

const own = async ({ core }: RestOptions, account: Account) => {
  const lastSeen = (await core.directory.find(account.id))?.lastSeen ?? null
  return toOwnUserJson(account, core.presence.isOnline(account.id), lastSeen)
}
