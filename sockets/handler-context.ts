import { encode, timestamp } from './frames.ts'
import type { HandlerContext } from './message-handler.ts'
import { sendTo } from './socket-send.ts'
import type { BroadcastScope, Logger, MessageUser, WebSocketConnection } from './types.ts'
import { TypingTracker } from './typing-tracker.ts'

interface ContextOptions {
  readonly logger: Logger
  readonly showEmail: boolean
  readonly typingTimeout: number
  connectionId(ws: WebSocketConnection): string
  broadcast(message: string, scope: BroadcastScope): void
}

/** Builds what handlers work with. */
export function createHandlerContext(options: ContextOptions): HandlerContext {
  const userOf = (ws: WebSocketConnection): MessageUser => {
    const { userId, email, name } = ws.data
    return { userId, email: options.showEmail ? email : '', name }
  }
  return {
    logger: options.logger,
    userOf,
    connectionId: options.connectionId,
    broadcast: (message, scope = {}) => options.broadcast(message, scope),
    send: (ws, message) => {
      sendTo(ws, message, options.logger)
    },
    typing: new TypingTracker(options.typingTimeout, (ws, isTyping) => {
      const frame = encode({ type: 'typing_indicator', user: userOf(ws), isTyping, timestamp: timestamp() })
      options.broadcast(frame, { exceptUser: ws.data.userId })
    }),
  }
}
