import { encode, timestamp } from './frames.ts'
import type { ConnectedUsers, HandlerContext, MessageHandler, WebSocketInstances } from './message-handler.ts'
import { isObject } from './parse-message.ts'
import { standaloneContext } from './standalone-context.ts'
import type { WebSocketConnection } from './types.ts'

/** `ping`: answered with `pong` on the same connection. */
export class PingHandler implements MessageHandler {
  readonly messageType = 'ping'

  validate(data: unknown): boolean {
    return isObject(data) && data['type'] === this.messageType
  }

  handle(
    ws: WebSocketConnection,
    _data: unknown,
    _connectedUsers: ConnectedUsers,
    wsInstances: WebSocketInstances,
    context: HandlerContext = standaloneContext(wsInstances),
  ): void {
    context.send(ws, encode({ type: 'pong', timestamp: timestamp() }))
  }
}
