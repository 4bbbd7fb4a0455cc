import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '@parley/server'
import { Manager } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Conversation } from '../../api/conversation.ts'
import type { Parley, ParleyOptions } from '../../api/parley.ts'
import type { RawSocket } from '../../connection.ts'
import { createParley } from '../../create-parley.ts'
import { realEnvironment } from '../../environment.ts'
import { createSessions } from '../../sessions.ts'
import { memoryStorage } from '../../storage/memory.ts'
import { claimsOf } from '../../tokens.ts'

const PATIENCE = { timeout: 30_000 }
const dataDir = mkdtempSync(join(tmpdir(), 'parley-client-core-'))
const clients: Parley[] = []
let server: Awaited<ReturnType<typeof startServer>>

const start = (port: string) =>
  startServer({ PORT: port, HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'silent', DRAIN_SPREAD: '200' })

beforeAll(async () => {
  server = await start('0')
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})
afterAll(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

let people = 0
/** Somebody new, signed in. */
const person = async () => {
  people += 1
  const username = `person-${people}`
  const password = 'a long enough password'
  return createSessions(server.url).register({ username, email: `${username}@example.org`, password })
}

const connected = async (options: Omit<ParleyOptions, 'url'>, open?: (url: string) => Manager) => {
  const world =
    open === undefined
      ? undefined
      : {
          environment: realEnvironment,
          openSocket: (url: string) => open(url).socket('/') as unknown as RawSocket,
        }
  const parley = createParley({ url: server.url, ...options }, world)
  clients.push(parley)
  await expect.poll(() => parley.connection.get().state, PATIENCE).toBe('connected')
  return parley
}

const shown = (conversation: Conversation): Conversation => {
  conversation.messages.subscribe(() => undefined)
  return conversation
}
const texts = (conversation: Conversation) => conversation.messages.get().items.map(({ source }) => source)
const statuses = (conversation: Conversation) => conversation.messages.get().items.map(({ status }) => status)

/** Two people and their direct conversation, as each of them has it. */
const pair = async () => {
  const [ann, bob] = await Promise.all([person(), person()])
  const [a, b] = [await connected({ token: ann.token }), await connected({ token: bob.token })]
  const atAnn = shown(await a.openDirect(bob.user.id))
  const atBob = shown(b.conversation(atAnn.id))
  // What is written before both have it is found as the past, and not told as news.
  for (const one of [atAnn, atBob]) {
    await expect
      .poll(() => [one.messages.get().state, one.summary.get() === null], PATIENCE)
      .toEqual(['ready', false])
  }
  return { ann, bob, a, b, atAnn, atBob }
}

describe('clients of a real server', () => {
  it('talk, and see who took and read what', async () => {
    const { a, b, atAnn, atBob, ann } = await pair()
    const heard: string[] = []
    b.on('message', ({ message }) => heard.push(message.source))
    const { stored } = atAnn.send('hello')
    expect(await stored).toMatchObject({ seq: 1, isOwn: true, contentHtml: '<p>hello</p>' })
    await expect.poll(() => texts(atBob), PATIENCE).toEqual(['hello'])
    await expect.poll(() => statuses(atAnn), PATIENCE).toEqual(['delivered'])
    expect([heard, b.unread.get().messages]).toEqual([['hello'], 1])
    const release = atBob.focus()
    await expect.poll(() => statuses(atAnn), PATIENCE).toEqual(['read'])
    // Over another socket than Ann's.
    await expect.poll(() => b.unread.get().messages, PATIENCE).toBe(0)
    release()
    atBob.keystroke()
    await expect.poll(() => atAnn.typing.get().length, PATIENCE).toBe(1)
    atBob.send('hello yourself')
    await expect.poll(() => texts(atAnn), PATIENCE).toEqual(['hello', 'hello yourself'])
    await expect.poll(() => atAnn.typing.get(), PATIENCE).toEqual([])
    await expect
      .poll(() => [a.waiting.get(), atBob.summary.get()?.peer?.id], PATIENCE)
      .toEqual([0, ann.user.id])
  })

  it('store each message once and in order while their transport is cut under them', async () => {
    const [ann, bob] = await Promise.all([person(), person()])
    const managers: Manager[] = []
    const a = await connected({ token: ann.token }, (url) => {
      const manager = new Manager(url, { autoConnect: false, reconnection: false, transports: ['websocket'] })
      managers.push(manager)
      return manager
    })
    const b = await connected({ token: bob.token })
    const atAnn = shown(await a.openDirect(bob.user.id))
    const atBob = shown(b.conversation(atAnn.id))
    const sent = Array.from({ length: 50 }, (_, index) => `number ${index}`)
    const all = sent.map((text) => atAnn.send(text).stored)
    // While the next one is on its way.
    const cuts = new Set([48, 41, 30, 22, 9])
    a.waiting.subscribe(() => {
      if (cuts.delete(a.waiting.get())) setImmediate(() => managers[0]?.engine?.close())
    })
    const stored = await Promise.all(all)
    expect(stored.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1))
    for (const conversation of [atAnn, atBob])
      await expect.poll(() => texts(conversation), PATIENCE).toEqual(sent)
    expect([managers.length, cuts.size]).toEqual([1, 0])
  }, 90_000)

  it('go on where they were when the server comes back', async () => {
    const { a, b, atAnn, atBob } = await pair()
    await atAnn.send('before').stored
    await expect.poll(() => texts(atBob), PATIENCE).toEqual(['before'])
    const { port } = new URL(server.url)
    await server.stop()
    await expect.poll(() => a.connection.get().state, PATIENCE).toBe('reconnecting')
    const [fromAnn, fromBob] = [atAnn.send('from ann, meanwhile'), atBob.send('from bob, meanwhile')]
    expect([a.waiting.get(), statuses(atAnn).at(-1)]).toEqual([1, 'sending'])
    server = await start(port)
    await Promise.all([fromAnn.stored, fromBob.stored])
    await expect.poll(() => texts(atAnn).length, PATIENCE).toBe(3)
    await expect.poll(() => texts(atBob), PATIENCE).toEqual(texts(atAnn))
    expect([...texts(atAnn)].sort()).toEqual(['before', 'from ann, meanwhile', 'from bob, meanwhile'])
    expect([a.connection.get().state, b.waiting.get()]).toEqual(['connected', 0])
  }, 90_000)

  it('outlive their token on the same socket', async () => {
    const ann = await person()
    const sessions = createSessions(server.url)
    const endsAt = (claimsOf(ann.token)?.expiresAt ?? 0) - 60_000
    const tokens = [ann.token]
    const getToken = async () => {
      if (tokens.length > 1 || asked++ > 0) tokens.push((await sessions.renew(ann.token)).token)
      return tokens.at(-1) as string
    }
    let asked = 0
    // A second before the token is to be renewed, at first.
    const shift = endsAt - Date.now() - 1_000
    const sockets: { connects: number }[] = []
    const renewals: boolean[] = []
    const parley = createParley(
      { url: server.url, getToken },
      {
        environment: { ...realEnvironment, now: () => Date.now() + shift },
        openSocket: (url) => {
          const socket = new Manager(url, { autoConnect: false, reconnection: false }).socket('/')
          const seen = { connects: 0 }
          sockets.push(seen)
          socket.on('connect', () => {
            seen.connects += 1
          })
          socket.onAnyOutgoing((event) => renewals.push(event === 'auth:renew'))
          return socket as unknown as RawSocket
        },
      },
    )
    clients.push(parley)
    await expect.poll(() => renewals.includes(true), PATIENCE).toBe(true)
    expect(tokens).toHaveLength(2)
    expect([sockets, parley.connection.get().state]).toEqual([[{ connects: 1 }], 'connected'])
  })

  it('agree when they are two of one user', async () => {
    const { ann, b, a, atAnn, atBob } = await pair()
    const other = await connected({ token: ann.token })
    const atOther = shown(other.conversation(atAnn.id))
    const { stored, key } = atAnn.send('from one')
    await stored
    await expect.poll(() => texts(atOther), PATIENCE).toEqual(['from one'])
    expect(atOther.messages.get().items[0]).toMatchObject({ key, isOwn: true })
    for (const text of ['one', 'two', 'three']) await atBob.send(text).stored
    for (const parley of [a, other]) await expect.poll(() => parley.unread.get().messages, PATIENCE).toBe(3)
    const message = atOther.messages.get().items.at(-1)
    await atOther.react(message?.id ?? '', '👍', true)
    await atOther.edit(atOther.messages.get().items[0]?.id ?? '', 'from one, edited')
    atOther.markRead()
    await expect.poll(() => [a.unread.get().messages, other.unread.get().messages], PATIENCE).toEqual([0, 0])
    const facts = (conversation: Conversation) =>
      conversation.messages.get().items.map(({ key: own, source, status, reactions }) => {
        return [own, source, status, reactions.map(({ emoji, count }) => `${emoji} ${count}`)]
      })
    await expect.poll(() => texts(atBob)[0], PATIENCE).toBe('from one, edited')
    await expect.poll(() => facts(atAnn), PATIENCE).toEqual(facts(atOther))
    expect([facts(atAnn).length, b.waiting.get()]).toEqual([4, 0])
  })

  it('are told when they were signed out elsewhere, and keep what waits', async () => {
    const ann = await person()
    const storage = memoryStorage()
    const parley = await connected({ token: ann.token, storage })
    await createSessions(server.url).signOut(ann.token)
    await expect
      .poll(() => parley.connection.get(), PATIENCE)
      .toMatchObject({ state: 'disconnected', error: { code: 'UNAUTHENTICATED' } })
    const { channel } = { channel: '0190a000-0000-7000-8000-000000000001' }
    parley
      .conversation(channel)
      .send('not lost')
      .stored.catch(() => undefined)
    await expect.poll(() => parley.waiting.get(), PATIENCE).toBe(1)
    await parley.close()
    const user = await storage.open({ url: server.url, userId: ann.user.id })
    expect((await user.outbox.all()).map(({ content }) => content)).toEqual(['not lost'])
  })
})
