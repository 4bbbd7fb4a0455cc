import { RawClient } from '@parley/testkit'
import {
  type DataFolder,
  newDataFolder,
  type ServerProcess,
  startProcess,
} from '@parley/testkit/server-process'
import { SocketClient } from '@parley/testkit/socket-client'

/** Who registered. */
export interface Person {
  readonly id: string
  readonly username: string
  readonly token: string
}

/** A line of the log. */
interface LogLine {
  readonly msg?: string
  readonly nodeId?: string
  readonly pid?: number
  readonly dialect?: string
}

/** How long a request may take (ms). */
const ANSWER_PATIENCE = 5_000
/** How often a connection is tried until it lands on the worker that is wanted: they are dealt in turn, others come between. */
const TRIES = 200

interface Closable {
  close(): unknown
}

/** Two real worker processes behind one port, and what tells on which of them somebody is. */
export class Cluster {
  readonly server: ServerProcess
  readonly #data: DataFolder

  private constructor(server: ServerProcess, data: DataFolder) {
    this.server = server
    this.#data = data
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Cluster> {
    const data = newDataFolder()
    const settings = {
      WORKERS: '2',
      NODE_ID: 'box',
      LOG_LEVEL: 'debug',
      LIMITS: 'on',
      LIMIT_CHAT: '100000',
      LIMIT_CHANNEL: '100000',
    }
    return new Cluster(await startProcess(data.path, { env: { ...settings, ...env } }), data)
  }

  async stop(): Promise<number | null> {
    const code = await this.server.stop()
    this.#data.remove()
    return code
  }

  async register(username: string): Promise<Person> {
    const email = `${username}@example.org`
    const { status, body } = await this.call(null, 'POST', '/api/auth/register', {
      ...{ username, email, password: 'correct horse' },
    })
    if (status !== 201) throw new Error(`register: ${status} ${JSON.stringify(body)}`)
    return { id: (body['user'] as { id: string }).id, username, token: String(body['token']) }
  }

  async call(user: Person | null, method: string, path: string, body?: unknown) {
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      headers: {
        // A connection of its own, which any worker may get.
        connection: 'close',
        ...(user === null ? {} : { authorization: `Bearer ${user.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A connection that was dealt to a worker in the moment it died is answered by nobody.
      signal: AbortSignal.timeout(ANSWER_PATIENCE),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return {
      status: response.status,
      body: (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>,
    }
  }

  /** A chat connection on this worker. */
  chat(user: Person, worker: number): Promise<RawClient> {
    return this.#on(worker, async () => {
      const client = await RawClient.open(`${this.#webSockets}/ws?token=${user.token}`)
      await client.next('online_users')
      return client
    })
  }

  /** A connection of `/signal` on this worker. */
  signal(user: Person, worker: number): Promise<RawClient> {
    return this.#on(worker, () => RawClient.open(`${this.#webSockets}/signal?token=${user.token}`))
  }

  /** A Socket.IO connection on this worker. */
  socket(user: Person, worker: number): Promise<SocketClient> {
    return this.#on(worker, () => this.dial(user, ['websocket']))
  }

  /** A Socket.IO connection that speaks whisper, on this worker. */
  whisper({ token }: Person, worker: number): Promise<SocketClient> {
    return this.#on(worker, () => SocketClient.connect(this.server.url, { token }))
  }

  /** A Socket.IO connection wherever it lands. */
  dial(user: Person, transports: ('polling' | 'websocket')[]): Promise<SocketClient> {
    return SocketClient.connect(this.server.url, { token: user.token, userId: user.id }, { transports })
  }

  /** The process that is this worker now. */
  pidOf(worker: number): number {
    return (
      this.lines().findLast(({ nodeId, msg }) => nodeId === `box-${worker}` && msg === 'listening')?.pid ?? 0
    )
  }

  lines(): LogLine[] {
    return this.server
      .output()
      .split('\n')
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as LogLine]
        } catch {
          return []
        }
      })
  }

  get #webSockets(): string {
    return this.server.url.replace('http', 'ws')
  }

  async #on<C extends Closable>(worker: number, open: () => Promise<C>): Promise<C> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const before = this.#connected().length
      const client = await open()
      while (this.#connected().length === before) await new Promise((resolve) => setTimeout(resolve, 5))
      if (this.#connected().at(-1)?.nodeId === `box-${worker}`) return client
      await client.close()
    }
    throw new Error(`no connection came to worker ${worker}`)
  }

  #connected(): LogLine[] {
    return this.lines().filter(({ msg }) => msg === 'client connected')
  }
}
