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

export const PASSWORD = 'correct horse battery'

/** The clients of a server, wherever it runs. */
export const nodeAt = (url: string): TestNode => {
  const webSocketUrl = url.replace('http', 'ws')
  const call: TestNode['call'] = async (user, method, path, body) => {
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
  }
}
