import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Connection, ConnectionHandlers } from '../index.ts'
import { type AcceptorOptions, createNodeAcceptor, type NodeAcceptor } from '../node.ts'

/** A real HTTP server in front of an acceptor. */
export interface TestServer {
  readonly port: number
  readonly url: string
  readonly acceptor: NodeAcceptor
  /** Network sockets on the server's side, in the order of their coming. */
  readonly sockets: Socket[]
  readonly opened: Connection[]
  readonly closed: { readonly id: string; readonly code: number }[]
  stop(): Promise<void>
}

/** Starts one on a free port; counts what opens and closes. */
export async function startNode(
  handlers: Partial<ConnectionHandlers<unknown>> = {},
  options: AcceptorOptions = {},
): Promise<TestServer> {
  const acceptor = createNodeAcceptor(options)
  const opened: Connection[] = []
  const closed: { id: string; code: number }[] = []
  const sockets: Socket[] = []
  const all: ConnectionHandlers<unknown> = {
    open(connection) {
      opened.push(connection)
      handlers.open?.(connection)
    },
    message: (connection, text) => handlers.message?.(connection, text),
    close(connection, code) {
      closed.push({ id: connection.id, code })
      handlers.close?.(connection, code)
    },
  }
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    sockets.push(socket as Socket)
    acceptor.accept(request, socket, head, all, undefined)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `ws://127.0.0.1:${port}/`,
    acceptor,
    sockets,
    opened,
    closed,
    async stop() {
      acceptor.stop()
      for (const connection of acceptor.connections()) connection.terminate()
      server.closeAllConnections()
      await new Promise((end) => server.close(end))
    },
  }
}

/** Connects so many, one after the other. Answers the texts that each of them gets. */
export async function openInboxes({ url }: TestServer, count: number): Promise<string[][]> {
  const inboxes: string[][] = []
  for (let index = 0; index < count; index++) {
    const texts: string[] = []
    const client = new WebSocket(url)
    client.on('message', (data) => texts.push(String(data)))
    await new Promise((resolve) => client.once('open', resolve))
    inboxes.push(texts)
  }
  return inboxes
}
