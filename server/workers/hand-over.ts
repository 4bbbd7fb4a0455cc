import { rmSync } from 'node:fs'
import {
  Agent,
  request as ask,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { UpgradeHandler } from '../http/upgrade-router.ts'
import { queryOf } from '../http/upgrade-router.ts'
import type { Place } from './wire.ts'

/** Who serves what was handed over. */
export interface HandOverTarget {
  handleRequest(request: IncomingMessage, response: ServerResponse): void
  readonly handleUpgrade: UpgradeHandler
}

const PREFIX = /^(\d{1,2})\./
/** Connections to the other workers that are kept for the next request. */
const MAX_IDLE = 64
/** Headers that are about one connection. */
const OF_A_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'proxy-connection']
/** What engine.io says of a session that is gone: the client begins a new one. */
const UNKNOWN_SESSION = '{"code":1,"message":"Session ID unknown"}'

/**
 * Socket.IO without stickiness: any worker may get a request of a session, whose id says which worker has it. What belongs to
 * another one is passed on over a socket that only this user's processes can open. Who passes it on has
 * checked origin and limits.
 */
export class HandOver {
  /** What the ids of this worker's sessions begin with. */
  readonly prefix: string
  readonly #place: Pick<Place, 'slot' | 'folder'>
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE })

  constructor(place: Pick<Place, 'slot' | 'folder'>) {
    this.#place = place
    this.prefix = `${place.slot}.`
  }

  /** The worker that has the request's session; null: this one, or nobody. */
  ownerOf(request: IncomingMessage): number | null {
    const slot = Number(PREFIX.exec(queryOf(request.url).get('sid') ?? '')?.[1] ?? this.#place.slot)
    return slot === this.#place.slot ? null : slot
  }

  /** Resolves when others can hand over to this worker. */
  listen(target: HandOverTarget): Promise<void> {
    const path = this.#pathOf(this.#place.slot)
    // The one before, if it was killed, left its own behind.
    rmSync(path, { force: true })
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 })
    server.on('request', (request, response) => target.handleRequest(request, response))
    server.on('upgrade', (request, socket, head) => target.handleUpgrade(request, socket, head))
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      // `exclusive`: else the primary would listen, and deal the connections out.
      server.listen({ path, exclusive: true }, resolve)
    })
  }

  request(owner: number, request: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = request
    const passed = ask({
      ...{ socketPath: this.#pathOf(owner), agent: this.#agent },
      ...{ method, path: url, headers: withoutHop(headers) },
    })
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, withoutHop(answer.headers))
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    passed.on('error', () => {
      if (response.headersSent) response.destroy()
      else response.writeHead(400, { 'Content-Type': 'application/json' }).end(UNKNOWN_SESSION)
    })
    // A client that goes away ends its session, wherever that is.
    response.on('close', () => {
      if (!response.writableFinished) passed.destroy()
    })
    request.on('error', () => passed.destroy())
    request.pipe(passed)
  }

  upgrade(owner: number, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const passed = connect(this.#pathOf(owner))
    const lines = [`${request.method} ${request.url} HTTP/1.1`]
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`)
    }
    passed.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
    if (head.length > 0) passed.write(head)
    const end = (): void => {
      passed.destroy()
      socket.destroy()
    }
    for (const each of [passed, socket]) each.on('error', end).on('close', end)
    passed.pipe(socket).pipe(passed)
  }

  #pathOf(slot: number): string {
    return join(this.#place.folder, `${slot}.sock`)
  }
}

const withoutHop = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_A_HOP.includes(name)))
