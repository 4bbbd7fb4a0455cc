import { createDefaultHandlerRegistry, type MessageHandlerRegistry } from './message-handler-registry.ts'
import type { RawMessage } from './parse-message.ts'
import type { WebSocketConnection, WebSocketManagerConfig } from './types.ts'
import { WebSocketManager } from './websocket-manager.ts'

/** The parts of a system, ready to be bound to a WebSocket server. */
export interface WebSocketSystem {
  readonly manager: WebSocketManager
  /** Register handlers of your own here. */
  readonly handlers: MessageHandlerRegistry
  /** `manager.handleMessage`, bound. */
  readonly processMessage: (ws: WebSocketConnection, message: RawMessage) => void | Promise<void>
}

/** A manager with its registry: the three built-in types unless you bring a registry of your own. */
export function createWebSocketSystem(
  config: WebSocketManagerConfig = {},
  handlers: MessageHandlerRegistry = defaultHandlers(config),
): WebSocketSystem {
  const manager = new WebSocketManager(config, handlers)
  return { manager, handlers, processMessage: (ws, message) => manager.handleMessage(ws, message) }
}

/** Only the manager. */
export function createWebSocketManager(
  config: WebSocketManagerConfig = {},
  handlers: MessageHandlerRegistry = defaultHandlers(config),
): WebSocketManager {
  return new WebSocketManager(config, handlers)
}

function defaultHandlers(config: WebSocketManagerConfig): MessageHandlerRegistry {
  return createDefaultHandlerRegistry({ echoToSender: config.echoToSender ?? true })
}
