import { newId } from '@parley/model'
import { PASSWORD, startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'

/** Who asks. `removed` was a member once; `admin` runs the server and is in no channel; `guest` has no account. */
export const ACTORS = [
  'anonymous',
  'owner',
  'moderator',
  'member',
  'stranger',
  'removed',
  'guest',
  'admin',
] as const
export type Actor = (typeof ACTORS)[number]

/** A public channel has the owner, the moderator and the member; a direct conversation the owner and the member. */
export const KINDS = ['public', 'private', 'direct', 'archived', 'unknown'] as const
export type Kind = (typeof KINDS)[number]

/** A channel, with a message of its member in it. */
export interface Stage {
  readonly id: string
  readonly messageId: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Cast {
  readonly server: TestServer
  readonly users: Readonly<Record<Exclude<Actor, 'anonymous'> | 'newcomer', TestUser>>
  /** A new channel of that kind. */
  stage(kind: Kind | 'archived private'): Promise<Stage>
  ask(actor: Actor, method: string, path: string, body?: unknown): Promise<Answer>
  /** The answer of a request that must succeed. */
  do(actor: Actor, method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
}

const NO_LIMIT = {
  LIMIT_REGISTER: '100000',
  LIMIT_REST: '1000000',
  LIMIT_CHANNEL: '1000000',
  LIMIT_CHAT: '1000000',
}
/** Differ from one answer to the next, whatever is asked for. */
const CHANGING_HEADERS = new Set(['date'])

export const openCast = async (env: Record<string, string> = {}): Promise<Cast> => {
  const server = await startTestServer({ ...NO_LIMIT, ADMIN_USER: 'admin', ADMIN_PASS: PASSWORD, ...env })
  const [owner, moderator, member, stranger, removed, newcomer] = (await Promise.all(
    ['owner', 'moderator', 'member', 'stranger', 'removed', 'newcomer'].map((name) => server.register(name)),
  )) as [TestUser, TestUser, TestUser, TestUser, TestUser, TestUser]
  const guest = await signIn(server, '/api/auth/guest', { username: 'guest' })
  const admin = await signIn(server, '/api/auth/login', { username: 'admin', password: PASSWORD })
  const users = { owner, moderator, member, stranger, removed, newcomer, guest, admin }

  const ask: Cast['ask'] = async (actor, method, path, body) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        ...(actor === 'anonymous' ? {} : { authorization: `Bearer ${users[actor].token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const headers = [...response.headers].filter(([name]) => !CHANGING_HEADERS.has(name))
    return { status: response.status, headers: Object.fromEntries(headers), text: await response.text() }
  }
  const act: Cast['do'] = async (actor, method, path, body) => {
    const { status, text } = await ask(actor, method, path, body)
    if (status >= 300) throw new Error(`${actor} ${method} ${path}: ${status} ${text}`)
    return JSON.parse(text) as Record<string, unknown>
  }
  return { server, users, ask, do: act, stage: (kind) => makeStage(kind, users, act) }
}

const signIn = async (server: TestServer, path: string, body: object): Promise<TestUser> => {
  const answer = await server.call(null, 'POST', path, body)
  const { token, user } = answer.body as { token: string; user: { id: string; username: string } }
  return { id: user.id, username: user.username, token, cookie: '' }
}

const makeStage = async (
  kind: Kind | 'archived private',
  { moderator, member, removed }: Cast['users'],
  act: Cast['do'],
): Promise<Stage> => {
  if (kind === 'unknown') return { id: newId(), messageId: newId() }
  const isDirect = kind === 'direct'
  const made = isDirect
    ? await act('owner', 'POST', '/api/channels/direct', { userId: member.id })
    : await act('owner', 'POST', '/api/channels', {
        name: 'walled',
        isPrivate: kind.includes('private'),
        memberIds: [moderator.id, member.id, removed.id],
      })
  const { id } = made['channel'] as { id: string }
  const path = `/api/channels/${id}`
  if (!isDirect) {
    await act('owner', 'PATCH', `${path}/members/${moderator.id}`, { role: 'moderator' })
    await act('owner', 'DELETE', `${path}/members/${removed.id}`)
  }
  const said = await act('member', 'POST', `${path}/messages`, { content: 'behind the wall' })
  if (kind.includes('archived')) await act('owner', 'DELETE', path)
  return { id, messageId: (said['message'] as { id: string }).id }
}
