/// <reference path="./bun-types.d.ts" />
// Runs under Bun: `bun bun-server.ts SCENARIO`. Prints its port and serves until it is ended.
import type { RawMessage, WebSocketConnection } from '../index.ts'
import { runScenario, type Scenario, userOf } from './scenarios.ts'

interface Upgrading {
  upgrade(request: Request, options: { data: unknown }): boolean
}

const { system, control } = runScenario(process.argv[2] as Scenario)
const { manager, processMessage } = system

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request: Request, self: Upgrading) {
    const url = new URL(request.url)
    if (url.pathname === '/control') {
      const { action, argument } = Object.fromEntries(url.searchParams)
      return Response.json(control(action ?? '', argument ?? ''))
    }
    if (self.upgrade(request, { data: userOf(request.url) })) return undefined
    return new Response('Upgrade required', { status: 426 })
  },
  websocket: {
    open: (ws: WebSocketConnection) => manager.handleOpen(ws),
    message: (ws: WebSocketConnection, message: RawMessage) => processMessage(ws, message),
    close: (ws: WebSocketConnection) => manager.handleClose(ws),
  },
})

console.log(`PORT ${server.port}`)
