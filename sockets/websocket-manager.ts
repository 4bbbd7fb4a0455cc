import { Connection } from './connection.ts'
import { newConnectionId } from './connection-id.ts'
import { ConnectionLimitError } from './errors.ts'
import { encode } from './frames.ts'
import { createHandlerContext } from './handler-context.ts'
import { loggerOf } from './logger.ts'
import type { HandlerContext } from './message-handler.ts'
import type { MessageHandlerRegistry } from './message-handler-registry.ts'
import { MessagePipeline } from './message-pipeline.ts'
import { parseMessage, type RawMessage } from './parse-message.ts'
import { Revalidator } from './revalidator.ts'
import { broadcast, closeSocket, sendTo } from './socket-send.ts'
import type {
  BroadcastScope,
  ClientMessage,
  ConnectedUser,
  ConnectionStats,
  Logger,
  WebSocketConnection,
  WebSocketManagerConfig,
} from './types.ts'
import { UserDirectory } from './user-directory.ts'

const LIMIT_EXCEEDED = { code: 4008, reason: 'Connection limit exceeded' } as const
const SESSION_ENDED = { code: 4002, reason: 'Invalid token' } as const
const POLICY_VIOLATION = 1008
const TYPING_TIMEOUT = 30_000
const REVALIDATE_INTERVAL = 60_000
const LIST_MAX = 500

/**
 * Keeps who is connected, and tells them about each other. Give it the three events of a WebSocket server;
 * none of its methods throws because of a peer or a handler.
 */
export class WebSocketManager {
  readonly #config: WebSocketManagerConfig
  readonly #logger: Logger
  readonly #directory = new UserDirectory()
  readonly #context: HandlerContext
  readonly #pipeline: MessagePipeline
  readonly #revalidator: Revalidator | undefined
  readonly #ids = new WeakMap<WebSocketConnection, string>()

  constructor(config: WebSocketManagerConfig, registry: MessageHandlerRegistry) {
    this.#config = config
    this.#logger = loggerOf(config.logger, config.verboseLogging ?? false)
    this.#context = createHandlerContext({
      logger: this.#logger,
      showEmail: config.showEmail ?? true,
      typingTimeout: config.typingTimeout ?? TYPING_TIMEOUT,
      connectionId: (ws) => this.connectionId(ws),
      broadcast: (message, scope) => this.#publish(message, scope),
    })
    this.#pipeline = new MessagePipeline(config, registry, this.#directory, this.#context)
    this.#revalidator = this.#createRevalidator()
  }

  /**
   * A connection was opened. Greets it and announces the user. Returns whether it was let in: `false` when
   * the user has too many connections, and the socket is then closed and never counted.
   */
  handleOpen(ws: WebSocketConnection): boolean {
    if (typeof ws.data?.userId !== 'string') {
      this.#logger.error('A WebSocket has no data.userId; set it when you answer the upgrade')
      closeSocket(ws, POLICY_VIOLATION, 'Not authenticated', this.#logger)
      return false
    }
    if (this.#directory.has(ws)) return true
    const limit = this.#config.maxConnectionsPerUser ?? 0
    if (limit > 0 && this.#directory.count(ws.data.userId) >= limit) {
      this.#refuse(ws, limit)
      return false
    }
    const joined = this.#directory.add(ws)
    this.#logger.info(`User ${ws.data.userId} connected`)
    this.#greet(ws)
    if (joined !== undefined && this.#config.presence !== 'external') this.announceJoined(joined)
    return true
  }

  /** A connection was closed. Harmless when it comes twice, or for a connection that was refused. */
  handleClose(ws: WebSocketConnection): void {
    if (typeof ws.data?.userId !== 'string' || !this.#directory.has(ws)) return
    this.#pipeline.forget(ws)
    this.#context.typing.stop(ws)
    const left = this.#directory.remove(ws)
    this.#logger.info(`User ${ws.data.userId} disconnected`)
    if (left !== undefined && this.#config.presence !== 'external') this.announceLeft(left.userId, left.email)
  }

  /**
   * A message came in. Messages of one connection take effect in order. Returns a promise exactly when
   * something has to wait (an asynchronous `authorize` or handler); it never rejects.
   */
  handleMessage(ws: WebSocketConnection, message: RawMessage): void | Promise<void> {
    if (typeof ws.data?.userId === 'string') return this.#pipeline.take(ws, () => parseMessage(message))
  }

  /** The same for an owner who parsed it already (`parseMessage`), to look at it first. */
  handleParsed(ws: WebSocketConnection, message: ClientMessage): void | Promise<void> {
    if (typeof ws.data?.userId === 'string') return this.#pipeline.take(ws, () => message)
  }

  /** Sends a text to all connections of all users, on all processes, but one. */
  broadcastMessage(message: string, excludeWs?: WebSocketConnection): void {
    this.#publish(message, excludeWs === undefined ? {} : { exceptConnection: this.connectionId(excludeWs) })
  }

  /** Sends a text to the connections that this process has. Returns how many were open. */
  deliverLocal(message: string, scope: BroadcastScope = {}): number {
    const idOf = (ws: WebSocketConnection) => this.connectionId(ws)
    return broadcast(this.#directory.sockets, message, scope, idOf, this.#logger)
  }

  /** Sends a text to the connections that one user has on this process. Returns how many were open. */
  sendToUser(userId: string, message: string): number {
    let count = 0
    for (const ws of this.#directory.sockets.get(userId) ?? []) {
      if (sendTo(ws, message, this.#logger)) count++
    }
    return count
  }

  /** Tells the others on this process that a user came. Done by the manager unless `presence` is `external`. */
  announceJoined(user: ConnectedUser, exceptWs?: WebSocketConnection): void {
    const scope = exceptWs === undefined ? {} : { exceptConnection: this.connectionId(exceptWs) }
    const frame = encode({ type: 'user_joined', user: this.#shown(user) })
    this.deliverLocal(frame, { exceptUser: user.userId, ...scope })
  }

  /** Tells everybody on this process that a user is gone. */
  announceLeft(userId: string, email: string): void {
    this.deliverLocal(encode({ type: 'user_left', userId, email: this.#showEmail ? email : '' }))
  }

  getConnectionStats(): ConnectionStats {
    return this.#directory.stats()
  }

  /** The users of this process, in the order in which they came. */
  getConnectedUsers(): ConnectedUser[] {
    return [...this.#directory.users.values()]
  }

  isUserConnected(userId: string): boolean {
    return this.#directory.users.has(userId)
  }

  getUserConnectionCount(userId: string): number {
    return this.#directory.count(userId)
  }

  /** The id by which a scope can leave out a connection: its own (`Connection`), or one made for it. */
  connectionId(ws: WebSocketConnection): string {
    if (ws instanceof Connection) return ws.id
    const id = this.#ids.get(ws) ?? newConnectionId()
    this.#ids.set(ws, id)
    return id
  }

  /** Checks all sessions now. Resolves when the round is over. */
  async revalidateAll(): Promise<void> {
    await this.#revalidator?.run()
  }

  /** Ends the timers. Connections stay open. */
  stop(): void {
    this.#revalidator?.stop()
    this.#context.typing.clear()
  }

  get #showEmail(): boolean {
    return this.#config.showEmail ?? true
  }

  #publish(message: string, scope: BroadcastScope): void {
    if (this.#config.publish === undefined) this.deliverLocal(message, scope)
    else this.#config.publish(message, scope)
  }

  #greet(ws: WebSocketConnection): void {
    const { userId, name } = ws.data
    sendTo(ws, encode({ type: 'welcome', message: `Welcome ${name}`, userId }), this.#logger)
    const users: ConnectedUser[] = []
    const max = this.#config.listMax ?? LIST_MAX
    for (const user of this.#config.roster?.() ?? this.#directory.users.values()) {
      if (users.length >= max) break
      users.push(this.#shown(user))
    }
    sendTo(ws, encode({ type: 'connected_users', users }), this.#logger)
  }

  #shown({ userId, email, name, connectedAt }: ConnectedUser): ConnectedUser {
    return { userId, email: this.#showEmail ? email : '', name, connectedAt }
  }

  #refuse(ws: WebSocketConnection, limit: number): void {
    const error = new ConnectionLimitError(ws.data.userId, limit)
    this.#logger.warn(error.message)
    closeSocket(ws, ...this.#limitAnswer(ws, error), this.#logger)
  }

  #limitAnswer(ws: WebSocketConnection, error: ConnectionLimitError): [code: number, reason: string] {
    try {
      const { code, reason } = this.#config.onLimit?.(ws, error) ?? LIMIT_EXCEEDED
      return [code, reason]
    } catch (failure) {
      this.#logger.error('onLimit failed', failure)
      return [LIMIT_EXCEEDED.code, LIMIT_EXCEEDED.reason]
    }
  }

  #createRevalidator(): Revalidator | undefined {
    const { revalidate, revalidateInterval } = this.#config
    if (revalidate === undefined) return undefined
    const sockets = this.#directory.sockets
    return new Revalidator({
      interval: revalidateInterval ?? REVALIDATE_INTERVAL,
      logger: this.#logger,
      connections: () => [...sockets.values()].flatMap((set) => [...set]),
      check: (ws) => revalidate.call(this.#config, ws),
      ended: (ws) => {
        this.#logger.warn(`The session of ${ws.data.userId} has ended`)
        closeSocket(ws, SESSION_ENDED.code, SESSION_ENDED.reason, this.#logger)
        // From now on nothing it sent has effect, even if its close never comes.
        this.handleClose(ws)
      },
    })
  }
}
