import { ChatMessageHandler } from './chat-message-handler.ts'
import { WebSocketError } from './errors.ts'
import { errorFrame } from './frames.ts'
import { loggerOf } from './logger.ts'
import type { ConnectedUsers, HandlerContext, MessageHandler, WebSocketInstances } from './message-handler.ts'
import { parseMessage, type RawMessage } from './parse-message.ts'
import { PingHandler } from './ping-handler.ts'
import { sendTo } from './socket-send.ts'
import type { ClientMessage, Logger, WebSocketConnection } from './types.ts'
import { TypingIndicatorHandler } from './typing-indicator-handler.ts'

/** Finds the handler of a message by its `type`. Types may be added and removed at any time. */
export class MessageHandlerRegistry {
  readonly #handlers = new Map<string, MessageHandler>()

  /** Replaces a handler of the same type. */
  register(handler: MessageHandler): void {
    this.#handlers.set(handler.messageType, handler)
  }

  /** Returns whether there was one. */
  unregister(messageType: string): boolean {
    return this.#handlers.delete(messageType)
  }

  getRegisteredTypes(): string[] {
    return [...this.#handlers.keys()]
  }

  /**
   * Validates and handles a frame or a parsed message. `true` when a handler did it; `false` when the sender
   * was told why not. Returns a promise exactly when the handler does; never throws, never rejects.
   */
  processMessage(
    ws: WebSocketConnection,
    message: RawMessage | ClientMessage,
    connectedUsers: ConnectedUsers,
    wsInstances: WebSocketInstances,
    context?: HandlerContext,
  ): boolean | Promise<boolean> {
    const logger = context?.logger ?? loggerOf(undefined, false)
    try {
      const data = isParsed(message) ? message : parseMessage(message)
      const handling = this.#find(data).handle(ws, data, connectedUsers, wsInstances, context)
      if (!(handling instanceof Promise)) return true
      return handling.then(
        () => true,
        (error: unknown) => refuse(ws, error, logger),
      )
    } catch (error) {
      return refuse(ws, error, logger)
    }
  }

  #find(data: ClientMessage): MessageHandler {
    const handler = this.#handlers.get(data.type)
    if (handler === undefined) {
      const known = this.getRegisteredTypes().join(', ')
      throw new WebSocketError('UNKNOWN_TYPE', `No such message type; known are: ${known}`)
    }
    if (!handler.validate(data)) {
      throw new WebSocketError('INVALID_MESSAGE', `This is not a valid ${handler.messageType}`)
    }
    return handler
  }
}

/** A registry with `chat_message`, `typing_indicator` and `ping`. */
export function createDefaultHandlerRegistry(
  options: { readonly echoToSender?: boolean } = {},
): MessageHandlerRegistry {
  const registry = new MessageHandlerRegistry()
  registry.register(new ChatMessageHandler(options))
  registry.register(new TypingIndicatorHandler())
  registry.register(new PingHandler())
  return registry
}

/** Answers the sender alone. What is not the sender's fault is logged, and its details stay here. */
export function refuse(ws: WebSocketConnection, error: unknown, logger: Logger): false {
  if (error instanceof WebSocketError) {
    logger.debug(`Refused a message of ${ws.data.userId}: ${error.code}`)
    sendTo(ws, errorFrame(error.code, error.message), logger)
  } else {
    logger.error('A message handler failed', error)
    sendTo(ws, errorFrame('INTERNAL', 'The message could not be handled'), logger)
  }
  return false
}

function isParsed(message: RawMessage | ClientMessage): message is ClientMessage {
  return typeof message === 'object' && 'type' in message && typeof message.type === 'string'
}
