import type { ConnectedUsers, HandlerContext, MessageHandler, WebSocketInstances } from './message-handler.ts'
import { isObject } from './parse-message.ts'
import { standaloneContext } from './standalone-context.ts'
import type { WebSocketConnection } from './types.ts'

/** `typing_indicator`: changes go to all other users, to none of the typist's own connections. */
export class TypingIndicatorHandler implements MessageHandler {
  readonly messageType = 'typing_indicator'

  validate(data: unknown): data is { isTyping: boolean } {
    return isObject(data) && data['type'] === this.messageType && typeof data['isTyping'] === 'boolean'
  }

  handle(
    ws: WebSocketConnection,
    data: { readonly isTyping: boolean },
    _connectedUsers: ConnectedUsers,
    wsInstances: WebSocketInstances,
    context: HandlerContext = standaloneContext(wsInstances),
  ): void {
    if (data.isTyping) context.typing.start(ws)
    else context.typing.stop(ws)
  }
}
