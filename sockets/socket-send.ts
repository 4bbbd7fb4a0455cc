import { Connection } from './connection.ts'
import { type Frame, textFrame } from './frame.ts'
import type { BroadcastScope, Logger, WebSocketConnection } from './types.ts'

const OPEN = 1

/** Sends to a socket if it is open. Returns whether it was; never throws. */
export function sendTo(ws: WebSocketConnection, message: string, logger: Logger): boolean {
  return deliver(ws, message, undefined, logger)
}

/** Closes a socket; never throws. */
export function closeSocket(ws: WebSocketConnection, code: number, reason: string, logger: Logger): void {
  try {
    ws.close(code, reason)
  } catch (error) {
    logger.warn('A WebSocket could not be closed', error)
  }
}

/**
 * Sends one text to many sockets and returns how many were open. `Connection`s share one encoded frame; other
 * sockets get the text. A socket that throws harms no other.
 */
export function broadcast(
  instances: ReadonlyMap<string, ReadonlySet<WebSocketConnection>>,
  message: string,
  scope: BroadcastScope,
  idOf: (ws: WebSocketConnection) => string,
  logger: Logger,
): number {
  const frame = textFrame(message)
  let count = 0
  for (const [userId, sockets] of instances) {
    if (userId === scope.exceptUser) continue
    for (const ws of sockets) {
      if (scope.exceptConnection !== undefined && idOf(ws) === scope.exceptConnection) continue
      if (deliver(ws, message, frame, logger)) count++
    }
  }
  return count
}

function deliver(
  ws: WebSocketConnection,
  message: string,
  frame: Frame | undefined,
  logger: Logger,
): boolean {
  if (ws.readyState !== OPEN) return false
  try {
    if (frame !== undefined && ws instanceof Connection) ws.send(frame)
    else ws.send(message)
    return true
  } catch (error) {
    logger.warn('A WebSocket could not be written', error)
    return false
  }
}
