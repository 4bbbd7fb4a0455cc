export { ChatMessageHandler } from './chat-message-handler.ts'
export type { Cancel, Clock } from './clock.ts'
export { Connection } from './connection.ts'
export type { ConnectionHandlers } from './connection-context.ts'
export { ConnectionLimitError, type RefusalCode, WebSocketError } from './errors.ts'
export { Frame, textFrame } from './frame.ts'
export type { ConnectedUsers, HandlerContext, MessageHandler, WebSocketInstances } from './message-handler.ts'
export { createDefaultHandlerRegistry, MessageHandlerRegistry } from './message-handler-registry.ts'
export { type JsonResult, parseJson } from './parse-json.ts'
export { parseMessage, type RawMessage } from './parse-message.ts'
export { PingHandler } from './ping-handler.ts'
export { Topics } from './topics.ts'
export type { Transport } from './transport.ts'
export { type Schema, typedHandler } from './typed-handler.ts'
export type {
  BroadcastScope,
  ClientMessage,
  ConnectedUser,
  ConnectionStats,
  Logger,
  MessageUser,
  RateLimit,
  ServerMessage,
  WebSocketConnection,
  WebSocketData,
  WebSocketManagerConfig,
  WebSocketMessage,
} from './types.ts'
export { TypingIndicatorHandler } from './typing-indicator-handler.ts'
export type { TypingTracker } from './typing-tracker.ts'
export { WebSocketManager } from './websocket-manager.ts'
export { createWebSocketManager, createWebSocketSystem, type WebSocketSystem } from './websocket-system.ts'
