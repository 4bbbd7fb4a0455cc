import type { AddressInfo, Socket } from 'node:net'
import * as ws from 'ws'

/**
 * A hub over ws and nothing else: `each` sends each message to each socket; `coalesced` puts the frames of a turn together once, and
 * writes them to each socket as one.
 */

/** Of ws, though not in its types. */
const { Sender } = ws as unknown as { readonly Sender: { frame(data: Buffer, options: object): Buffer[] } }
const { WebSocket, WebSocketServer } = ws

const coalesces = process.argv[2] === 'coalesced'
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
let frames: Buffer[] = []

const flush = (): void => {
  const together = Buffer.concat(frames)
  frames = []
  for (const client of server.clients) {
    const { _socket: socket } = client as unknown as { readonly _socket: Socket | null }
    if (client.readyState === WebSocket.OPEN) socket?.write(together)
  }
}

const tell = (text: string): void => {
  if (!coalesces) {
    for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(text)
    return
  }
  if (frames.length === 0) setImmediate(flush)
  frames.push(
    ...Sender.frame(Buffer.from(text), {
      fin: true,
      rsv1: false,
      opcode: 1,
      mask: false,
      readOnly: false,
    }),
  )
}

let arrivals = 0
server.on('connection', (client) => {
  arrivals += 1
  const user = { userId: String(arrivals), email: '', name: `user ${arrivals}` }
  client.on('message', (data) => {
    const { message } = JSON.parse(String(data)) as { message: string }
    tell(JSON.stringify({ type: 'chat_message', user, message, timestamp: new Date().toISOString() }))
  })
  client.on('error', () => client.terminate())
  client.send(JSON.stringify({ type: 'welcome' }))
})
server.on('listening', () => process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`))
process.on('SIGINT', () => {})
process.stdin.on('end', () => process.exit(0)).resume()
