import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Core } from '@parley/core'
import { type SocketDialect, SocketIoServer, type SocketRooms } from '@parley/socketio'

export interface ServedSocketIo {
  readonly server: SocketIoServer
  readonly url: string
  /** Ends its connections, then the core, then itself. */
  stop(): Promise<void>
}

/** Dialects behind a real Socket.IO server, and nothing else, on a free port of loopback. */
export const serveSocketIo = async (
  core: Core,
  dialectsOf: (rooms: SocketRooms) => readonly SocketDialect[],
): Promise<ServedSocketIo> => {
  const server = new SocketIoServer({
    core,
    maxPayload: 65_536,
    maxBuffered: 1_048_576,
    deflate: false,
    allowRequest: () => true,
  })
  for (const dialect of dialectsOf(server.rooms)) server.add(dialect)
  const http = createServer(server.handleRequest)
  http.on('upgrade', server.handleUpgrade)
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
  return {
    server,
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      await server.closeAll()
      server.stop()
      await core.stop()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
