import { io, type Socket } from 'socket.io-client'
import { PASSWORD, startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'

export interface AdminWorld {
  readonly server: TestServer
  readonly admin: TestUser
  readonly user: TestUser
  readonly guest: TestUser
}

/** A whole server with an admin, a user and a guest. */
export const startAdminWorld = async (env: Record<string, string> = {}): Promise<AdminWorld> => {
  const server = await startTestServer({ ADMIN_USER: 'root', ADMIN_PASS: PASSWORD, ...env })
  const enter = async (path: string, body: object): Promise<TestUser> => {
    const response = await fetch(`${server.url}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as { token: string; user: { id: string; username: string } }
    const cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0]!)
      .join('; ')
    return { ...answer.user, token: answer.token, cookie }
  }
  return {
    server,
    admin: await enter('login', { username: 'root', password: PASSWORD }),
    guest: await enter('guest', { username: 'visitor' }),
    user: await server.register('somebody'),
  }
}

export interface SocketOptions {
  readonly auth?: Record<string, unknown>
  readonly headers?: Record<string, string>
  readonly query?: Record<string, string>
  readonly transports?: ('polling' | 'websocket')[]
  /** Gets every event and every packet, from the first on. */
  readonly heard?: { readonly events: unknown[][]; readonly packets: unknown[] }
}

/** A connected socket, or the sentence with which it was refused. */
export const connectTo = (
  { server }: AdminWorld,
  namespace: string,
  { auth = {}, headers = {}, query = {}, transports = ['websocket'], heard }: SocketOptions = {},
): Promise<Socket | string> => {
  const socket = io(`${server.url}${namespace}`, {
    ...{ auth, query, transports, forceNew: true, reconnection: false, upgrade: false },
    extraHeaders: headers,
  })
  socket.onAny((...event: unknown[]) => void heard?.events.push(event))
  socket.io.engine.on('packet', ({ data }) => void heard?.packets.push(data))
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket))
    socket.once('connect_error', (error) => {
      socket.disconnect()
      resolve(error.message)
    })
  })
}

export const connected = async (...args: Parameters<typeof connectTo>): Promise<Socket> => {
  const socket = await connectTo(...args)
  if (typeof socket === 'string') throw new Error(socket)
  return socket
}

/** Waits until something holds, 15 s at most. */
export const until = async (holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 15_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come to hold')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
