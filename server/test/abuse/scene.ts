import type { RawClient } from '@parley/testkit'
import { expect } from 'vitest'
import { clientFrame, RawTcp, TEXT } from '../harness/raw-tcp.ts'
import { startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'

/** The dialects that speak raw WebSocket. */
export const DIALECTS = ['chat', 'hub'] as const
export type Dialect = (typeof DIALECTS)[number]

/** A server with people on it to whom nothing must happen while somebody else misbehaves. */
export interface Scene {
  readonly server: TestServer
  newUser(): Promise<TestUser>
  /** A connection by hand that was greeted. */
  attacker(dialect: Dialect, user?: TestUser): Promise<RawTcp>
  /** The process is up, no promise is lost, `Object.prototype` is clean, and others still reach each other. */
  expectUnharmed(): Promise<void>
  stop(): Promise<void>
}

const UNLIMITED = {
  LIMIT_REGISTER: '100000',
  LIMIT_REST: '100000',
  LIMIT_CONNECT: '100000',
  LIMIT_CHAT: '100000',
  LIMIT_HUB: '100000',
}

export const pathOf = (dialect: Dialect, token: string): string =>
  dialect === 'chat' ? `/ws?token=${token}` : `/ws/hub?token=${token}`

const cleanPrototype = Reflect.ownKeys(Object.prototype).map(String).sort()

export const openScene = async (env: Record<string, string> = {}): Promise<Scene> => {
  const server = await startTestServer({ ...UNLIMITED, ...env })
  const rejections: unknown[] = []
  const onRejection = (reason: unknown): void => void rejections.push(reason)
  process.on('unhandledRejection', onRejection)
  let users = 0
  const newUser = (): Promise<TestUser> => {
    users += 1
    return server.register(`person${users}`)
  }
  const witnesses = await openWitnesses(server, await newUser(), await newUser())
  return {
    server,
    newUser,
    attacker: async (dialect, user) => {
      const peer = await RawTcp.webSocket(server.url, pathOf(dialect, (user ?? (await newUser())).token))
      const greeting = dialect === 'chat' ? 'online_users' : 'connected_users'
      await peer.json(({ type }) => type === greeting)
      return peer
    },
    expectUnharmed: async () => {
      await witnesses.exchange()
      const health = await server.call(null, 'GET', '/api/health')
      expect(health.status).toBe(200)
      expect(Reflect.ownKeys(Object.prototype).map(String).sort()).toEqual(cleanPrototype)
      expect(rejections).toEqual([])
    },
    stop: async () => {
      process.off('unhandledRejection', onRejection)
      await witnesses.close()
      await server.stop()
    },
  }
}

/** Two people, connected in both dialects for as long as the scene lasts. */
const openWitnesses = async (server: TestServer, ann: TestUser, bob: TestUser) => {
  const [chatA, chatB] = [await server.chat(ann), await server.chat(bob)]
  const [hubA, hubB] = [
    await server.open(pathOf('hub', ann.token)),
    await server.open(pathOf('hub', bob.token)),
  ]
  const clients: readonly RawClient[] = [chatA, chatB, hubA, hubB]
  let exchanges = 0
  return {
    exchange: async () => {
      exchanges += 1
      const text = `still here ${exchanges}`
      chatA.send({ type: 'chat_message', data: { receiverId: bob.id, content: text } })
      await chatA.next('message_sent')
      await chatB.next('new_message', ({ data }) => (data as { content: string }).content === text)
      hubA.send({ type: 'chat_message', message: text })
      await hubB.next('chat_message', ({ message }) => message === text)
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}

/** One text frame; an object is sent as JSON. */
export const textFrame = (frame: object | string): Buffer =>
  clientFrame(TEXT, typeof frame === 'string' ? frame : JSON.stringify(frame))

let probes = 0

/** The connection still works: it sends something proper and hears of it. */
export const expectUsable = async (peer: RawTcp, dialect: Dialect): Promise<void> => {
  probes += 1
  if (dialect === 'hub') {
    const message = `probe ${probes}`
    peer.write(textFrame({ type: 'chat_message', message }))
    await peer.json((frame) => frame['message'] === message)
    return
  }
  const type = `probe-${probes}`
  peer.write(textFrame({ type }))
  await peer.json(({ data }) => JSON.stringify(data ?? null).includes(type))
}

/** The `error` frames that came, oldest first: their codes, wherever the dialect puts them. */
export const errorCodes = (peer: RawTcp): readonly unknown[] =>
  peer.frames
    .filter(({ opcode }) => opcode === 1)
    .map(({ payload }) => JSON.parse(payload.toString()) as Record<string, unknown>)
    .filter(({ type }) => type === 'error')
    .map((frame) => frame['code'] ?? (frame['data'] as { code?: unknown }).code)
