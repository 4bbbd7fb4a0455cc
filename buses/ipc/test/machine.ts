import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryLeases } from '@parley/bus-memory'
import { FakeClock } from '@parley/testkit'
import { IpcHub, Link } from '../index.ts'

/** Two ends of a real pipe. */
export const openPipe = async (): Promise<readonly [Socket, Socket]> => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-pipe-'))
  const path = join(folder, 'pipe')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const socket = connect(path)
  const other = await accepted
  server.close()
  rmSync(folder, { recursive: true, force: true })
  return [socket, other]
}

/** A hub in the middle, and a link to it for each process. */
export class Machine {
  readonly clock = new FakeClock()
  readonly errors: unknown[] = []
  readonly leases = new MemoryLeases(this.clock)
  readonly hub = new IpcHub(this.leases)
  readonly #links: Link[] = []

  /** Joins a process; answers its side, and the hub's. */
  async join(maxBacklog = 64 * 1_048_576): Promise<{ link: Link; served: Link; socket: Socket }> {
    const [socket, other] = await openPipe()
    const options = { maxBacklog, onError: (error: unknown) => this.errors.push(error) }
    const [link, served] = [new Link(socket, options), new Link(other, options)]
    served.handle('ping', () => 'pong')
    this.hub.join(served)
    this.#links.push(link, served)
    return { link, served, socket }
  }

  /** Moves the clock; resolves when all heard what that changed. */
  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms)
    for (const link of this.#links) if (!link.hasEnded) await link.call('ping', null).catch(() => {})
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.cut()
    await this.leases.close()
  }
}
