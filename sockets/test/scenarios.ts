import {
  type ConnectedUser,
  createWebSocketSystem,
  type MessageHandler,
  typedHandler,
  type WebSocketData,
  type WebSocketManagerConfig,
  type WebSocketSystem,
} from '../index.ts'

/** Systems that the suite runs against. They are code and not data because hooks are. */
export type Scenario =
  | 'plain'
  | 'noEcho'
  | 'limit'
  | 'onLimit'
  | 'rate'
  | 'roles'
  | 'sessions'
  | 'custom'
  | 'small'

/** What a server does when the suite asks it to, over HTTP. */
export type Control = (action: string, argument: string) => unknown

export interface RunningSystem {
  readonly system: WebSocketSystem
  readonly control: Control
}

const schema = {
  '~standard': {
    validate(value: unknown) {
      const { count } = value as { count?: unknown }
      return typeof count === 'number' ? { value: { count } } : { issues: ['count must be a number'] }
    },
  },
}

const failing: MessageHandler = {
  messageType: 'fail',
  validate: () => true,
  handle(_ws, data) {
    if (data.how === 'throw') throw new Error('a secret detail')
    return Promise.reject(new Error('a secret detail'))
  },
}

const greedy: MessageHandler = {
  messageType: 'greedy',
  validate: () => true,
  handle(ws, _data, connectedUsers, wsInstances) {
    const attempts: unknown[] = []
    for (const target of [connectedUsers, wsInstances, wsInstances.get(ws.data.userId)]) {
      attempts.push(typeof Reflect.get(Object(target), 'clear'))
    }
    const ids = [...connectedUsers.keys()].sort()
    const sockets = [...wsInstances].reduce((sum, [, set]) => sum + [...set].length, 0)
    ws.send(JSON.stringify({ type: 'greedy', attempts, ids, sockets }))
  },
}

const slow: MessageHandler = {
  messageType: 'slow',
  validate: () => true,
  handle: (ws, data) =>
    new Promise((done) => {
      setTimeout(() => {
        ws.send(JSON.stringify({ type: 'slow', step: data.step }))
        done()
      }, data.wait)
    }),
}

/** Builds a system and the levers to it. */
export function runScenario(scenario: Scenario): RunningSystem {
  const revoked = new Set<string>()
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const configs: Record<Scenario, WebSocketManagerConfig> = {
    plain: {},
    noEcho: { echoToSender: false },
    limit: { maxConnectionsPerUser: 2 },
    onLimit: {
      maxConnectionsPerUser: 1,
      onLimit: (_ws, error) => ({ code: 4100, reason: `${error.code} ${error.userId} ${error.limit}` }),
    },
    rate: { rateLimit: { messages: 3, interval: 60_000 } },
    roles: {
      async authorize(ws, type) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        if (type === 'slow') throw new Error('the store is down')
        return type !== 'chat_message' || ws.data.role === 'admin'
      },
    },
    sessions: {
      revalidateInterval: 40,
      revalidate(ws) {
        if (revoked.has(`broken ${ws.data.userId}`)) throw new Error('the store is down')
        return !revoked.has(ws.data.userId)
      },
    },
    custom: {},
    small: { listMax: 2, showEmail: false, typingTimeout: 80, maxPending: 4 },
  }
  const system = createWebSocketSystem({ ...configs[scenario], logger })
  const { handlers, manager } = system
  const counter = typedHandler('count', schema, (ws, data, context) => {
    context.send(ws, JSON.stringify({ type: 'counted', next: data.count + 1 }))
  })
  for (const handler of [failing, greedy, slow, counter]) handlers.register(handler)
  const levers: Record<string, (argument: string) => unknown> = {
    stats: () => manager.getConnectionStats(),
    users: () => manager.getConnectedUsers().map((user: ConnectedUser) => user.userId),
    isConnected: (id) => [manager.isUserConnected(id), manager.getUserConnectionCount(id)],
    broadcast: (message) => manager.broadcastMessage(message),
    sendToUser: (id) => manager.sendToUser(id, '{"type":"direct"}'),
    revoke: (id) => void revoked.add(id),
    types: () => handlers.getRegisteredTypes(),
    unregister: (type) => handlers.unregister(type),
  }
  return { system, control: (action, argument) => levers[action]?.(argument) ?? null }
}

/** The user that a test asks for: `/?user=alice&role=admin`. */
export function userOf(url: string): WebSocketData {
  const query = new URL(url, 'http://localhost').searchParams
  const userId = query.get('user') ?? 'nobody'
  const role = query.get('role') ?? 'member'
  return { userId, email: `${userId}@example.org`, name: userId.toUpperCase(), role }
}
