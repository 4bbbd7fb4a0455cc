import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@parley/model'
import Database from 'better-sqlite3'
import { startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'

const JWT_SECRET = 'a secret of the presence storm, long enough'

/** A whole server, and accounts made without a password: hashing thousands of them would take minutes. */
export interface CrowdServer {
  readonly server: TestServer
  /** New accounts, in one transaction. */
  users(count: number): TestUser[]
  stop(): Promise<void>
}

export const startCrowdServer = async (env: Record<string, string>): Promise<CrowdServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-crowd-'))
  const server = await startTestServer({ DATA_DIR: folder, JWT_SECRET, ...env })
  return {
    server,
    users: (count) => addUsers(join(folder, 'parley.db'), count),
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const addUsers = (file: string, count: number): TestUser[] => {
  const db = new Database(file)
  const insert =
    db.prepare(`insert into "user" (id, name, email, emailVerified, createdAt, updatedAt, username)
    values (?, ?, ?, 0, ?, ?, ?)`)
  const now = new Date().toISOString()
  const users = Array.from({ length: count }, () => {
    const id = newId()
    return { id, username: `u-${id}`, token: sign(id), cookie: '' }
  })
  db.transaction(() => {
    for (const { id, username } of users) insert.run(id, username, `${id}@example.org`, now, now, username)
  })()
  db.close()
  return users
}

/** A token without a session, as another issuer with the same secret would make it. */
const sign = (userId: string): string => {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ userId })}`
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`
}

/** Chat connections that only count what they receive: no frame is parsed. */
export class Crowd {
  bytes = 0
  readonly #sockets: Socket[] = []
  readonly #port: number

  constructor(server: TestServer) {
    this.#port = Number(new URL(server.url).port)
  }

  /** Everybody connects, at most `atOnce` at a time; resolves when each has had its first frames. */
  async arrive(users: readonly TestUser[], atOnce: number): Promise<void> {
    const left = [...users]
    const worker = async (): Promise<void> => {
      for (let user = left.shift(); user !== undefined; user = left.shift()) await this.#connect(user)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }

  /** Resolves when nothing came for `ms`. */
  async quiet(ms: number): Promise<void> {
    for (let before = -1; before !== this.bytes; ) {
      before = this.bytes
      await new Promise((resolve) => setTimeout(resolve, ms))
    }
  }

  leave(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #connect(user: TestUser): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#port, '127.0.0.1')
      this.#sockets.push(socket)
      socket.write(
        `GET /ws?token=${user.token} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      )
      socket.on('error', reject)
      socket.once('data', (chunk: Buffer) => {
        if (!chunk.toString('latin1').startsWith('HTTP/1.1 101')) reject(new Error('not upgraded'))
        else socket.once('data', () => resolve())
      })
      socket.on('data', (chunk: Buffer) => {
        this.bytes += chunk.length
      })
    })
  }
}
