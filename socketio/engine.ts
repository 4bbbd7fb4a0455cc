import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import { type TurnWebSocket, TurnWebSocketServer } from '@parley/sockets/node'
import { Server as Engine, type Socket as EngineSocket } from 'engine.io'
import type { Socket } from 'socket.io'

export interface EngineSettings {
  /** Largest message, and largest body of a polling request, in bytes. */
  readonly maxPayload: number
  /** ms. */
  readonly pingInterval: number
  /** ms. */
  readonly pingTimeout: number
  readonly deflate: boolean
  /** What the id of every session begins with. */
  readonly sessionPrefix: string
  allowRequest(request: IncomingMessage): boolean
}

/** A packet on its way out, as engine.io tells of it. */
export interface OutgoingPacket {
  readonly data?: string | Buffer
  readonly options?: { readonly wsPreEncodedFrame?: readonly Buffer[] }
}

/** A peer that sends empty fragments, tiny chunks or pings without end must not fill the memory. */
const WEB_SOCKET_LIMITS = {
  maxFragments: 256,
  maxBufferedChunks: 4_096,
  maxPendingAutoPongs: 16,
  closeTimeout: 5_000,
}

/** What engine.io makes of the class that it is given: it passes no limits on. */
class WebSocketEngine extends TurnWebSocketServer {
  constructor(options: ConstructorParameters<typeof TurnWebSocketServer>[0]) {
    super({ ...options, ...WEB_SOCKET_LIMITS })
  }
}

/** engine.io on its own: it listens nowhere, requests and upgrades are handed to it. */
export const createEngine = (settings: EngineSettings): Engine => {
  const engine = new Engine({
    transports: ['polling', 'websocket'],
    allowEIO3: true,
    wsEngine: WebSocketEngine,
    maxHttpBufferSize: settings.maxPayload,
    pingInterval: settings.pingInterval,
    pingTimeout: settings.pingTimeout,
    allowRequest: (request, answer) =>
      settings.allowRequest(request) ? answer(null, true) : answer('Forbidden', false),
    // Above this, compression is worth its time; without context takeover it keeps no memory for a connection.
    perMessageDeflate: settings.deflate
      ? { threshold: 1_024, serverNoContextTakeover: true, clientNoContextTakeover: true }
      : false,
  })
  // As its documentation has it: the way to ids of one's own.
  const generateId = engine.generateId.bind(engine)
  if (settings.sessionPrefix !== '') {
    engine.generateId = (request) => `${settings.sessionPrefix}${String(generateId(request))}`
  }
  return engine
}

// The rest of this file is the one place that reaches past what engine.io declares.

/** The WebSocket under a connection; null while it polls. */
export const webSocketOf = ({ transport }: EngineSocket): TurnWebSocket | null =>
  transport.name === 'websocket' ? (transport as unknown as { socket: TurnWebSocket }).socket : null

/** The network socket under that. */
export const netSocketOf = (connection: EngineSocket): NetSocket | null =>
  (webSocketOf(connection)?._socket as NetSocket | undefined) ?? null

/** Nothing waits in engine.io: what is written past it comes behind all that went through it. */
export const isDrained = (connection: EngineSocket): boolean =>
  (connection.transport as unknown as { writable: boolean }).writable &&
  (connection as unknown as { writeBuffer: readonly unknown[] }).writeBuffer.length === 0

/** The poll that waits for an answer. */
export const pollOf = ({ transport }: EngineSocket): ServerResponse | null =>
  (transport as unknown as { res?: ServerResponse | null }).res ?? null

const NOTHING = Object.freeze({})

/**
 * Lets go of the first request of a connection: engine.io keeps it, with its headers, as long as the connection, and
 * Socket.IO what it read of it.
 */
export const forgetHandshake = ({ conn, handshake }: Socket): void => {
  ;(conn as { request: IncomingMessage | null }).request = null
  // They would add headers to answers, and a WebSocket has had its only one.
  if (conn.transport.name === 'websocket') conn.transport.removeAllListeners('headers')
  Object.assign(handshake, { headers: NOTHING, query: NOTHING, url: '', time: '' })
}

/** How many bytes a packet costs on the wire, framing aside. A broadcast was measured when it was encoded. */
export const bytesOf = ({ data, options }: OutgoingPacket): number => {
  let bytes = 0
  const frame = options?.wsPreEncodedFrame
  if (frame !== undefined) for (const part of frame) bytes += part.length
  else if (typeof data === 'string') bytes = Buffer.byteLength(data) + 1
  else if (data !== undefined) bytes = data.length + 1
  else bytes = 1
  return bytes
}

/** Counters that Node keeps on the handle of a socket. They are not documented: any of them may be missing. */
interface CountingHandle {
  readonly bytesWritten?: unknown
  readonly writeQueueSize?: unknown
}

/** Bytes that the kernel took, partial writes included: what was given to libuv less what libuv still holds. */
export const bytesTaken = (socket: NetSocket | null | undefined): number => {
  if (socket === null || socket === undefined) return 0
  const handle = (socket as unknown as { _handle?: CountingHandle | null })._handle
  const given = handle?.bytesWritten
  const held = handle?.writeQueueSize
  if (typeof given === 'number' && typeof held === 'number') return given - held
  return socket.bytesWritten - socket.writableLength
}
