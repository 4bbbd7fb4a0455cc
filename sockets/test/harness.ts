import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { WebSocketServer } from 'ws'
import type { RawMessage, WebSocketConnection } from '../index.ts'
import { createNodeAcceptor } from '../node.ts'
import { type RunningSystem, runScenario, type Scenario, userOf } from './scenarios.ts'
import { startBun } from './server-process.ts'

/** A server under test, reached only through the network. */
export interface ServerUnderTest {
  readonly port: number
  stop(): void | Promise<void>
}

export type StartServer = (scenario: Scenario) => Promise<ServerUnderTest>

type BindUpgrades = (server: ReturnType<typeof createServer>, running: RunningSystem) => void

/** Node with the sockets of `ws`, as the README shows it. */
export const startNodeWs: StartServer = (scenario) =>
  startNodeServer(scenario, (server, { system }) => {
    const wss = new WebSocketServer({ noServer: true, maxPayload: 65_536 })
    server.on('upgrade', (request, socket, head) => {
      wss.handleUpgrade(request, socket, head, (raw) => {
        const ws: WebSocketConnection = Object.assign(raw, { data: userOf(request.url ?? '/') })
        system.manager.handleOpen(ws)
        raw.on('message', (message) => system.processMessage(ws, message as RawMessage))
        raw.on('close', () => system.manager.handleClose(ws))
        raw.on('error', () => undefined)
      })
    })
  })

/** Node with the connections of this package. */
export const startNodeAcceptor: StartServer = (scenario) =>
  startNodeServer(scenario, (server, { system }) => {
    const acceptor = createNodeAcceptor()
    server.on('close', () => acceptor.stop())
    server.on('upgrade', (request, socket, head) => {
      const handlers = {
        open: (ws: WebSocketConnection) => void system.manager.handleOpen(ws),
        message: system.processMessage,
        close: (ws: WebSocketConnection) => system.manager.handleClose(ws),
      }
      acceptor.accept(request, socket, head, handlers, userOf(request.url ?? '/'))
    })
  })

/** Bun with `Bun.serve`. */
export const startBunServe: StartServer = async (scenario) => {
  const script = fileURLToPath(new URL('bun-server.ts', import.meta.url))
  const { port, child } = await startBun(script, scenario)
  return { port, stop: () => void child.kill('SIGKILL') }
}

async function startNodeServer(scenario: Scenario, bind: BindUpgrades): Promise<ServerUnderTest> {
  const running = runScenario(scenario)
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams
    response.end(JSON.stringify(running.control(query.get('action') ?? '', query.get('argument') ?? '')))
  })
  bind(server, running)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const stop = () => {
    running.system.manager.stop()
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, stop }
}
