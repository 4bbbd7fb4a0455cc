import { newConnectionId } from './connection-id.ts'
import { createHandlerContext } from './handler-context.ts'
import { loggerOf } from './logger.ts'
import type { HandlerContext, WebSocketInstances } from './message-handler.ts'
import { broadcast } from './socket-send.ts'
import type { WebSocketConnection } from './types.ts'

const TYPING_TIMEOUT = 30_000
const contexts = new WeakMap<WebSocketInstances, HandlerContext>()

/**
 * What a built-in handler works with when somebody calls it, or a registry, with maps of their own and
 * without a manager. One context belongs to one map of connections.
 */
export function standaloneContext(instances: WebSocketInstances): HandlerContext {
  const known = contexts.get(instances)
  if (known !== undefined) return known
  const logger = loggerOf(undefined, false)
  const ids = new WeakMap<WebSocketConnection, string>()
  const connectionId = (ws: WebSocketConnection): string => {
    const id = ids.get(ws) ?? newConnectionId()
    ids.set(ws, id)
    return id
  }
  const context = createHandlerContext({
    logger,
    showEmail: true,
    typingTimeout: TYPING_TIMEOUT,
    connectionId,
    broadcast: (message, scope) => {
      broadcast(instances, message, scope, connectionId, logger)
    },
  })
  contexts.set(instances, context)
  return context
}
