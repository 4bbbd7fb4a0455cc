import {
  DEFAULT_LIMITS,
  type Directory,
  type DirectoryUser,
  type LimitSettings,
  Limits,
  type MessageView,
  silentObserver,
  systemClock,
} from '@parley/core'
import { Fault, newId, type SendDirect } from '@parley/model'
import SqliteDatabase from 'better-sqlite3'
import { SqliteDialect } from 'kysely'
import { Accounts } from '../../accounts/accounts.ts'
import { createHttp, type HttpOptions } from '../../http.ts'
import { IceServers } from '../../ice/ice-servers.ts'
import { createMetrics } from '../../metrics.ts'
import type { RestCore } from '../../rest/ports.ts'
import { addRest } from '../../rest/rest.ts'

export const JWT_SECRET = 'a-secret-for-tests-that-is-long-enough'

export interface AuditEntry {
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A real HTTP server with real accounts on SQLite in memory, over a core that only remembers. */
export const startRest = async (
  options: {
    settings?: Partial<HttpOptions['settings']>
    limits?: Partial<LimitSettings>
    metricsToken?: string
  } = {},
) => {
  const ended: [userId: string, sessionId: string | null][] = []
  const audits: AuditEntry[] = []
  const observer = {
    ...silentObserver,
    audit: (event: string, fields: AuditEntry['fields']) => void audits.push({ event, fields }),
  }
  const database = new SqliteDatabase(':memory:')
  const accounts = await Accounts.open({
    database: {
      ...{ dialect: new SqliteDialect({ database }), type: 'sqlite' },
      exclusively: (task) => task(),
    },
    jwtSecret: JWT_SECRET,
    clock: systemClock,
    observer,
    onIdentityEnded: (userId, sessionId) => void ended.push([userId, sessionId]),
  })
  const limits = new Limits(systemClock, { ...DEFAULT_LIMITS, ...options.limits })
  const core = fakeCore(accounts, limits)
  const settings = {
    host: '127.0.0.1',
    port: 0,
    allowedOrigins: null,
    trustProxy: [],
    maxPayload: 65_536,
    ...options.settings,
  }
  const http = createHttp({ settings, accounts, authenticator: accounts.authenticator, limits, observer })
  const metrics = createMetrics()
  await addRest({
    http,
    accounts,
    core,
    ice: new IceServers({ stunUrls: [], turn: null }, systemClock),
    metrics,
    observer,
    metricsToken: options.metricsToken ?? null,
    asyncapi: () => ({ asyncapi: '3.0.0' }),
    version: '0.0.0-test',
  })
  const { url, port } = await http.listen()
  return {
    url,
    port,
    http,
    accounts,
    core,
    limits,
    ended,
    audits,
    database,
    close: async () => {
      metrics.close()
      await http.close()
    },
  }
}
export type RestServer = Awaited<ReturnType<typeof startRest>>

export interface FakeCore extends RestCore {
  readonly announced: string[]
  storeIsUp: boolean
  busIsUp: boolean
}

/** What these tests do not use: any call of it fails. */
const absent = <T extends object>(): T =>
  new Proxy({} as T, {
    get: (_target, name) => () => {
      throw new Error(`${String(name)} is not part of this fake`)
    },
  })

const fakeCore = (accounts: Accounts, limits: Limits): FakeCore => {
  const messages: MessageView[] = []
  const core: FakeCore = {
    announced: [],
    storeIsUp: true,
    busIsUp: true,
    limits,
    directory: directoryOf(accounts),
    presence: { isOnline: () => false, online: () => ({ users: [], totalOnline: 0 }) },
    direct: {
      send: async (sender, command) => {
        const old = messages.find(
          ({ message }) =>
            message.clientMessageId !== null && message.clientMessageId === command.clientMessageId,
        )
        const { receiverId } = command
        if (old !== undefined) return { message: old.message, sender, receiverId, repeated: true }
        if (command.receiverId === sender.id)
          throw new Fault('SELF_MESSAGE', 'Cannot send message to yourself')
        const limit = limits.hit('chat', sender.id)
        if (!limit.ok) throw new Fault('RATE_LIMITED', 'Too many messages. Slow down.', limit)
        const view = toView(sender, command, messages.length + 1)
        messages.unshift(view)
        return { message: view.message, sender, receiverId, repeated: false }
      },
      history: async (_userId, _peerId, { before = Number.POSITIVE_INFINITY, limit }) => {
        const items = messages.filter(({ message }) => message.seq < before).slice(0, limit)
        const last = items.at(-1)?.message.seq ?? 1
        return { items, next: last > 1 ? last : null }
      },
      conversations: async () => ({ items: [], next: null }),
      search: async () => ({ items: messages.slice(0, 1), next: 'more' }),
      markRead: async () => ({ markedCount: 3 }),
    },
    channels: absent<FakeCore['channels']>(),
    channelMessages: absent<FakeCore['channelMessages']>(),
    rooms: absent<FakeCore['rooms']>(),
    groups: absent<FakeCore['groups']>(),
    announce: (text) => void core.announced.push(text),
    isBusUp: () => core.busIsUp,
    pingStore: async () => {
      if (!core.storeIsUp) throw new Fault('UNAVAILABLE', 'away')
    },
  }
  return core
}

const toView = (
  sender: { id: string; username: string; avatar: string | null },
  command: SendDirect,
  seq: number,
): MessageView => ({
  message: {
    id: newId(),
    conversationId: newId(),
    seq,
    rev: seq,
    senderId: sender.id,
    type: command.messageType,
    content: command.content,
    clientMessageId: command.clientMessageId ?? null,
    parentId: null,
    createdAt: Date.now(),
    editedAt: null,
    deletedAt: null,
  },
  sender,
  status: 'sent',
  receiverId: command.receiverId,
})

const directoryOf = (accounts: Accounts): Directory => {
  const find = async (id: string): Promise<DirectoryUser | null> => {
    const account = await accounts.reader.accountById(id)
    return account === null ? null : { ...account, lastSeen: null }
  }
  return {
    find,
    findMany: async (ids) => (await Promise.all(ids.map(find))).filter((user) => user !== null),
    findByName: async () => null,
    list: async ({ limit, after }) => {
      const items = (await accounts.reader.list({ limit, ...(after === undefined ? {} : { after }) })).map(
        (account) => ({ ...account, lastSeen: null }),
      )
      return { items, next: items.length === limit ? (items.at(-1)?.username ?? null) : null }
    },
  }
}

let serial = 0

/** Registers somebody new. */
export const register = async (server: RestServer, more: Record<string, unknown> = {}) => {
  serial += 1
  const body = {
    username: `user${serial}`,
    email: `user${serial}@example.com`,
    password: 'correct horse',
    ...more,
  }
  const response = await post(server, '/api/auth/register', body)
  const answer = (await response.json()) as {
    token: string
    user: { id: string; email: string; role: string }
  }
  return { response, ...body, ...answer, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
}

export const post = (
  server: RestServer,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

export const get = (server: RestServer, path: string, token?: string): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
