import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a port of loopback that the test makes slow, or cuts. */
export interface TcpProxy {
  readonly port: number
  /** Ends every connection and lets nobody through until `heal`. */
  cut(): void
  heal(): void
  close(): void
}

/** Passes bytes on, in both directions, so many ms later; listens on loopback, or on the address of a test's own network. */
export const startTcpProxy = async (port: number, ms: number, host = '127.0.0.1'): Promise<TcpProxy> => {
  const sockets = new Set<Socket>()
  let isCut = false
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (chunk) => setTimeout(() => to.write(chunk), ms))
    from.on('close', () => {
      sockets.delete(from)
      setTimeout(() => to.destroy(), ms)
    })
    from.on('error', () => {})
  }
  const server = createServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    const upstream = connect(port, '127.0.0.1')
    pass(client, upstream)
    pass(upstream, client)
  }).listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut,
    heal: () => {
      isCut = false
    },
    close: () => {
      cut()
      server.close()
    },
  }
}
