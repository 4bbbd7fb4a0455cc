import { WebSocketError } from './errors.ts'
import type { HandlerContext } from './message-handler.ts'
import { type MessageHandlerRegistry, refuse } from './message-handler-registry.ts'
import { RateLimiter } from './rate-limiter.ts'
import { closeSocket } from './socket-send.ts'
import type { ClientMessage, WebSocketConnection, WebSocketManagerConfig } from './types.ts'
import type { UserDirectory } from './user-directory.ts'

const MAX_PENDING = 256

/** Gives the message when its turn comes; what it throws is answered to the sender. */
type ReadMessage = () => ClientMessage

interface Line {
  tail: Promise<void>
  length: number
}

/**
 * The way of a message through the manager: read, rate limit, authorize, handle. Messages of one connection
 * go one after the other, also while a check or a handler waits; other connections do not wait for it.
 */
export class MessagePipeline {
  readonly #config: WebSocketManagerConfig
  readonly #registry: MessageHandlerRegistry
  readonly #directory: UserDirectory
  readonly #context: HandlerContext
  readonly #limiter: RateLimiter | undefined
  /** Only connections for which something is under way. */
  readonly #lines = new Map<WebSocketConnection, Line>()

  constructor(
    config: WebSocketManagerConfig,
    registry: MessageHandlerRegistry,
    directory: UserDirectory,
    context: HandlerContext,
  ) {
    this.#config = config
    this.#registry = registry
    this.#directory = directory
    this.#context = context
    this.#limiter = config.rateLimit && new RateLimiter(config.rateLimit)
  }

  /** Returns a promise exactly when something has to wait. Never throws, never rejects. */
  take(ws: WebSocketConnection, read: ReadMessage): void | Promise<void> {
    const line = this.#lines.get(ws)
    if (line !== undefined) return this.#queue(ws, read, line)
    const working = this.#process(ws, read)
    if (working === undefined) return
    const started: Line = { tail: working, length: 1 }
    this.#lines.set(ws, started)
    return this.#leaveAfter(ws, started, working)
  }

  /** Forgets what waits; it no longer takes effect, because the connection is not in the directory. */
  forget(ws: WebSocketConnection): void {
    this.#lines.delete(ws)
  }

  #queue(ws: WebSocketConnection, read: ReadMessage, line: Line): Promise<void> | undefined {
    if (line.length >= (this.#config.maxPending ?? MAX_PENDING)) {
      const error = new WebSocketError('OVERLOADED', 'Too many messages wait; send this one again later')
      refuse(ws, error, this.#context.logger)
      return
    }
    line.length++
    const working = line.tail.then(() => this.#process(ws, read))
    line.tail = working
    return this.#leaveAfter(ws, line, working)
  }

  async #leaveAfter(ws: WebSocketConnection, line: Line, working: Promise<void>): Promise<void> {
    await working
    line.length--
    if (line.length === 0 && this.#lines.get(ws) === line) this.#lines.delete(ws)
  }

  #process(ws: WebSocketConnection, read: ReadMessage): void | Promise<void> {
    // A connection that was refused, or has closed in the meantime, has no say.
    if (!this.#directory.has(ws)) return
    try {
      const message = read()
      this.#checkRate(ws, message)
      const allowed = this.#config.authorize?.(ws, message.type) ?? true
      if (allowed instanceof Promise) return this.#handleWhenAllowed(ws, message, allowed)
      return this.#handle(ws, message, allowed)
    } catch (error) {
      if (error instanceof TypeError && isEncodingError(error))
        closeSocket(ws, 1007, 'Invalid UTF-8', this.#context.logger)
      else refuse(ws, error, this.#context.logger)
    }
  }

  #checkRate(ws: WebSocketConnection, message: ClientMessage): void {
    // A stop is never limited, and costs nothing when the connection does not type.
    if (message.type === 'typing_indicator' && message['isTyping'] === false) return
    if (this.#limiter?.take(ws.data.userId) ?? true) return
    this.#context.logger.info(`Rate limit: ${ws.data.userId}`)
    throw new WebSocketError('RATE_LIMITED', 'You are sending too fast; wait a moment')
  }

  async #handleWhenAllowed(
    ws: WebSocketConnection,
    message: ClientMessage,
    allowed: Promise<boolean>,
  ): Promise<void> {
    try {
      const isAllowed = await allowed
      if (this.#directory.has(ws)) await this.#handle(ws, message, isAllowed)
    } catch (error) {
      refuse(ws, error, this.#context.logger)
    }
  }

  #handle(ws: WebSocketConnection, message: ClientMessage, allowed: boolean): void | Promise<void> {
    if (!allowed) {
      this.#context.logger.warn(`Forbidden: ${ws.data.userId} may not send ${JSON.stringify(message.type)}`)
      throw new WebSocketError('FORBIDDEN', 'You may not send messages of this type')
    }
    const { users, instances } = this.#directory
    const handled = this.#registry.processMessage(ws, message, users, instances, this.#context)
    if (handled instanceof Promise) return handled.then(() => undefined)
  }
}

function isEncodingError(error: TypeError): boolean {
  return (error as { code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
}
