import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RawClient } from '@parley/testkit'
import { SocketClient } from '@parley/testkit/socket-client'
import { type RunningServer, startServer } from '../../index.ts'

export interface TestUser {
  readonly id: string
  readonly username: string
  readonly token: string
  readonly cookie: string
}

export interface TestServer {
  readonly url: string
  readonly running: RunningServer
  /** Registers over REST, as any client would. */
  register(username: string): Promise<TestUser>
  /** A chat connection (`/ws?token=`). */
  chat(user: TestUser): Promise<RawClient>
  /** A Socket.IO connection; by default as document 003 prints it, `auth` adds to its handshake. */
  socket(user: TestUser, auth?: Readonly<Record<string, unknown>>): Promise<SocketClient>
  /** A Socket.IO connection as document 004 prints it. */
  whisper(user: TestUser): Promise<SocketClient>
  /** Any WebSocket path. */
  open(path: string, headers?: Record<string, string>): Promise<RawClient>
  /** A REST call with the user's token; the answer's status and JSON. */
  call(
    user: TestUser | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>
  stop(): Promise<void>
}

export const PASSWORD = 'correct horse battery'

/** A whole server on a free port of loopback with a database of its own. `env` overrides its settings. */
export const startTestServer = async (env: Record<string, string> = {}): Promise<TestServer> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'))
  const running = await startServer({
    PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    ...env,
  })
  const { url } = running
  const webSocketUrl = url.replace('http', 'ws')
  const call: TestServer['call'] = async (user, method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(user === null ? {} : { authorization: `Bearer ${user.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
  }
  return {
    url,
    running,
    call,
    async register(username) {
      const response = await fetch(`${url}/api/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, email: `${username}@example.org`, password: PASSWORD }),
      })
      const body = (await response.json()) as { token: string; user: { id: string }; message: string }
      if (response.status !== 201) throw new Error(`register: ${response.status} ${body.message}`)
      const cookie = response.headers
        .getSetCookie()
        .map((line) => line.split(';')[0]!)
        .join('; ')
      return { id: body.user.id, username, token: body.token, cookie }
    },
    chat: (user) => RawClient.open(`${webSocketUrl}/ws?token=${user.token}`),
    socket: (user, auth = {}) => SocketClient.connect(url, { userId: user.id, token: user.token, ...auth }),
    whisper: (user) => SocketClient.connect(url, { token: user.token }),
    open: (path, headers) => RawClient.open(`${webSocketUrl}${path}`, headers),
    async stop() {
      await running.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
