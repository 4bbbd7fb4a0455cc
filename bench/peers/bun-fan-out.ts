/** A hub over `Bun.serve`: everybody subscribes to one topic, and what one says is published in it. Run by Bun. */

interface User {
  readonly userId: string
  readonly email: string
  readonly name: string
}

interface Client {
  readonly data: User
  subscribe(topic: string): void
  send(text: string): void
}

interface Upgrading {
  upgrade(request: Request, options: { readonly data: User }): boolean
}

interface Options {
  readonly port: number
  readonly hostname: string
  fetch(request: Request, server: Upgrading): Response | undefined
  readonly websocket: {
    open(client: Client): void
    message(client: Client, text: string): void
  }
}

const { Bun } = globalThis as unknown as {
  readonly Bun: {
    serve(options: Options): { readonly port: number; publish(topic: string, text: string): void }
  }
}

const ROOM = 'room'
let arrivals = 0
const server = Bun.serve({
  ...{ port: 0, hostname: '127.0.0.1' },
  fetch(request, self) {
    arrivals += 1
    const data: User = { userId: String(arrivals), email: '', name: `user ${arrivals}` }
    return self.upgrade(request, { data })
      ? undefined
      : new Response('A WebSocket is needed.', { status: 426 })
  },
  websocket: {
    open(client) {
      client.subscribe(ROOM)
      client.send(JSON.stringify({ type: 'welcome' }))
    },
    message({ data: user }, text) {
      const { message } = JSON.parse(text) as { message: string }
      const timestamp = new Date().toISOString()
      server.publish(ROOM, JSON.stringify({ type: 'chat_message', user, message, timestamp }))
    },
  },
})
process.stdout.write(`listening on ${server.port}\n`)
process.on('SIGINT', () => {})
process.stdin.on('end', () => process.exit(0)).resume()

export {}
