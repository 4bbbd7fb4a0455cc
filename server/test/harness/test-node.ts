import { RawClient } from '@parley/testkit'
import { SocketClient } from '@parley/testkit/socket-client'

export interface TestUser {
  readonly id: string
  readonly username: string
  readonly token: string
  readonly cookie: string
}

/** A server as clients know it: by its URL. */
export interface TestNode {
  readonly url: string
  /** Registers over REST, as any client would. */
  register(username: string): Promise<TestUser>
  /** A chat connection (`/ws?token=`). */
  chat(user: Pick<TestUser, 'token'>): Promise<RawClient>
  /** A Socket.IO connection; by default as document 003 prints it, `auth` adds to its handshake. */
  socket(
    user: Pick<TestUser, 'id' | 'token'>,
    auth?: Readonly<Record<string, unknown>>,
  ): Promise<SocketClient>
  /** A Socket.IO connection as document 004 prints it. */
  whisper(user: Pick<TestUser, 'token'>): Promise<SocketClient>
  /** Any WebSocket path. */
  open(path: string, headers?: Record<string, string>): Promise<RawClient>
  /** A REST call with the user's token; the answer's status and JSON. */
  call(
    user: Pick<TestUser, 'token'> | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>
}

interface Request {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

interface Answer {
  readonly status: number
  readonly headers: { readonly 'set-cookie'?: readonly string[] | undefined }
  readonly body: string
}

/** How to get there, where that is not plain HTTP to the node itself. */
export interface Way {
  /** What the certificate is checked by. */
  readonly ca: string
  readonly send: (path: string, request: Request) => Promise<Answer>
}

export const PASSWORD = 'correct horse battery'

/** The clients of a server, wherever it runs. */
export const nodeAt = (url: string, way: Way | null = null): TestNode => {
  const webSocketUrl = url.replace('http', 'ws')
  const send = way?.send ?? byFetch(url)
  const connection = way === null ? {} : { ca: way.ca }
  const call: TestNode['call'] = async (user, method, path, body) => {
    const { status, body: text } = await send(path, {
      method,
      headers: {
        ...(user === null ? {} : { authorization: `Bearer ${user.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
  }
  return {
    url,
    call,
    async register(username) {
      const { status, headers, body } = await send('/api/auth/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, email: `${username}@example.org`, password: PASSWORD }),
      })
      const made = JSON.parse(body) as { token: string; user: { id: string }; message: string }
      if (status !== 201) throw new Error(`register: ${status} ${made.message}`)
      const cookie = (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]!).join('; ')
      return { id: made.user.id, username, token: made.token, cookie }
    },
    chat: (user) => RawClient.open(`${webSocketUrl}/ws?token=${user.token}`, {}, connection),
    socket: (user, auth = {}) =>
      SocketClient.connect(url, { userId: user.id, token: user.token, ...auth }, connection),
    whisper: (user) => SocketClient.connect(url, { token: user.token }, connection),
    open: (path, headers) => RawClient.open(`${webSocketUrl}${path}`, headers, connection),
  }
}

const byFetch =
  (url: string): Way['send'] =>
  async (path, request) => {
    const response = await fetch(`${url}${path}`, request)
    const headers = { 'set-cookie': response.headers.getSetCookie() }
    return { status: response.status, headers, body: await response.text() }
  }
